import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alice, balance, fillTransfer, onThePhone, person, seesDone, sends, signInAtBank, signInAtTenant, world } from './world.js';

const w = world();

test('the form says what is wrong beside the field, and sends nothing', async (t) => {
  const visitor = await person(t, w);
  const { page } = visitor;
  await signInAtBank(visitor);
  const posts = [];
  page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
  const cases = [
    [{ to: '', amount: '' }, ['Enter the recipient’s account number.', 'Enter an amount.']],
    [{ to: '12', amount: 'ten' }, ['An account number has 12 digits', 'Write the amount in digits, like 1250.00.']],
    [{ to: alice.account, amount: '0' }, ['This is the account you are sending from.', 'Enter an amount above zero.']],
    [{ to: '1000000002-01', amount: '2500.01' }, ['There is €2,500.00 in this account.']],
    [{ to: '1000000002-01', amount: '1.234' }, ['EUR has 2 decimals.']],
  ];
  for (const [transfer, messages] of cases) {
    await sends(page, transfer);
    for (const message of messages) await page.locator('.field-error', { hasText: message }).waitFor();
    assert.equal(await page.locator('[aria-invalid="true"]').count(), messages.length);
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid')), 'true', 'the first wrong field has the focus');
  }
  assert.deepEqual(posts, []);
});

test('an error goes away as soon as it is mended', async (t) => {
  const visitor = await person(t, w);
  await signInAtBank(visitor);
  await fillTransfer(visitor.page, { to: '12', amount: '' });
  await visitor.page.locator('.field-error', { hasText: '12 digits' }).waitFor();
  await visitor.page.getByLabel('To account').fill('1000000002-01');
  assert.equal(await visitor.page.locator('[aria-invalid="true"]').count(), 0);
});

test('a German writes 1.250,50 and reads 1.250,50 €', async (t) => {
  const visitor = await person(t, w, { locale: 'de-DE' });
  await signInAtTenant(visitor);
  assert.match(await balance(visitor.page), /^2\.500,00\s€$/);
  await fillTransfer(visitor.page, { amount: '1.250,50' });
  await visitor.page.getByText(/You send 1\.250,50\s€/).waitFor();
  await visitor.page.getByRole('button', { name: 'Send money' }).click();
  await onThePhone(visitor, 'approve');
  await seesDone(visitor.page);
  await visitor.page.locator('.entries li').first().getByText(/−1\.250,50\s€/).waitFor();
});

test('the history is read page by page, and the reader goes on at the first new entry', async (t) => {
  const visitor = await person(t, w);
  const { page, stack } = visitor;
  // The seed opens two accounts; pages of one make two pages of them.
  await page.route(`${stack.api}/transfers?*`, (route) => {
    const url = new URL(route.request().url());
    url.searchParams.set('limit', '1');
    return route.continue({ url: url.href });
  });
  await signInAtBank(visitor);
  await page.locator('.entries li').first().waitFor();
  assert.equal(await page.locator('.entries li').count(), 1);
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.locator('.entries li').nth(1).waitFor();
  assert.equal(await page.evaluate(() => [...document.querySelectorAll('.entries li')].indexOf(document.activeElement)), 1);
});

test('a transfer can be made without a mouse', async (t) => {
  const visitor = await person(t, w);
  const { page, stack } = visitor;
  await page.goto(stack.web);
  await page.getByLabel('Username', { exact: true }).focus();
  await page.keyboard.type(alice.username);
  await page.keyboard.press('Tab');
  await page.keyboard.type(alice.bankPassword);
  await page.keyboard.press('Enter');
  await page.locator('.accounts').waitFor();
  await page.locator('[name=amount]').waitFor();
  while ((await page.evaluate(() => document.activeElement?.getAttribute('name'))) !== 'to') await page.keyboard.press('Tab');
  await page.keyboard.type('100000000201');
  await page.keyboard.press('Tab');
  await page.keyboard.type('11');
  const popup = page.waitForEvent('popup');
  await page.keyboard.press('Enter');
  const tenant = await popup;
  await tenant.getByLabel('Email').waitFor();
  await tenant.keyboard.type(alice.email); // the field has the focus
  await tenant.keyboard.press('Tab');
  await tenant.keyboard.type(alice.tenantPassword);
  await tenant.keyboard.press('Enter');
  await onThePhone(visitor, 'approve');
  await seesDone(page);
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Your money is there');
});
