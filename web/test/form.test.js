import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  alice, answers, balance, bob, fillTransfer, onThePhone, person, refuses, seesDone, seesRefusal, sends, signInAtBank,
  signInAtTenant, world,
} from './world.js';

const w = world();

test('the form says what is wrong beside the field, and sends nothing', async (t) => {
  const visitor = await person(t, w);
  const { page } = visitor;
  await signInAtBank(visitor);
  const posts = [];
  page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
  const cases = [
    [{ to: '', amount: '' }, ['Enter the recipient’s account number.', 'Enter an amount.']],
    [{ to: '12', amount: 'ten' }, ['An account number has 12 digits', 'Write the amount in digits, like €1,250.00.']],
    [{ to: alice.account, amount: '0' }, ['This is the account you are sending from.', 'Enter an amount above zero.']],
    [{ to: '1000000002-01', amount: '2500.01' }, ['There is €2,500.00 in this account.']],
    [{ to: '1000000002-01', amount: '1.234' }, ['EUR has 2 decimals.']],
  ];
  for (const [transfer, messages] of cases) {
    await sends(page, transfer);
    for (const message of messages) await page.locator('.field-error', { hasText: message }).waitFor();
    assert.equal(await page.locator('[aria-invalid="true"]').count(), messages.length);
    assert.equal(
      await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid')),
      'true',
      'the first wrong field has the focus',
    );
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
  await visitor.page
    .locator('.entries li')
    .first()
    .getByText(/−1\.250,50\s€/)
    .waitFor();
});

/** The bank answers with these accounts, and says no to what is sent, which is collected. */
async function hasAccounts({ page, stack }, ...accounts) {
  const sent = [];
  await page.route(`${stack.api}/balance`, (route) => route.fulfill(answers({ accounts })));
  await page.route(`${stack.api}/transfer`, (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    sent.push(route.request().postDataJSON());
    return route.fulfill(refuses(422, 'no_such_account'));
  });
  return sent;
}

test('an amount has the digits that the bank gives it, and a balance that is copied can be sent', async (t) => {
  const visitor = await person(t, w);
  const { page } = visitor;
  const sent = await hasAccounts(visitor, { account_id: '1000000001-03', currency: 'HUF', balance: '125000.50' });
  await signInAtBank(visitor);
  assert.equal((await balance(page, '1000000001-03')).replace(/\s/g, ' '), 'HUF 125,000.50');
  const copied = await page.locator('[data-account] .balance').evaluate((element) => {
    getSelection().selectAllChildren(element);
    return getSelection().toString();
  });
  await sends(page, { amount: copied });
  await seesRefusal(page, 'no_such_account');
  assert.deepEqual(sent, [{ from: '1000000001-03', to: bob.account, amount: '125000.50', currency: 'HUF' }]);
  assert.equal(await page.getByLabel('Amount').inputValue(), '125000.50');
});

test('an amount that can be read in two ways is asked about', async (t) => {
  const visitor = await person(t, w, { locale: 'en-DE' });
  const { page } = visitor;
  const sent = await hasAccounts(visitor, { account_id: '1000000001-04', currency: 'KWD', balance: '5000.000' });
  await signInAtBank(visitor);
  await sends(page, { amount: '1.250' });
  await page.getByText(/Is it KWD\s1\.250 or KWD\s1,250\.000\?/).waitFor();
  await page.getByRole('button', { name: /^KWD\s1\.250$/ }).click();
  await page.getByText(/You send KWD\s1\.250$/).waitFor();
  await page.getByRole('button', { name: 'Send money' }).click();
  await seesRefusal(page, 'no_such_account');
  assert.deepEqual(
    sent.map(({ amount }) => amount),
    ['1.250'],
  );
});

const entry = (entry_id, amount, counterparty) => ({
  entry_id,
  amount,
  counterparty,
  account_id: alice.account,
  currency: 'EUR',
  created_at: '2026-11-27T08:00:00Z',
});

test('the history says of each entry what it was', async (t) => {
  const visitor = await person(t, w);
  const { page, stack } = visitor;
  const entries = [
    entry('1', '-50.00'),
    entry('2', '50.00'),
    entry('3', '-7.00', bob.account),
    entry('4', '7.00', bob.account),
  ];
  await page.route(`${stack.api}/transfers?*`, (route) => route.fulfill(answers({ entries })));
  await signInAtBank(visitor);
  await page.locator('.entries').waitFor();
  assert.deepEqual(
    await page
      .locator('.entries li')
      .evaluateAll((rows) =>
        rows.map((row) => [...row.querySelectorAll('span')].map((span) => span.innerText.replace(/\u00a0/g, ' '))),
      ),
    [
      ['Paid out', '−€50.00', 'Taken from … 01'],
      ['Paid in', '+€50.00', 'Received in … 01'],
      ['1000 000 002‑01', '−€7.00', 'Sent from … 01'],
      ['1000 000 002‑01', '+€7.00', 'Received in … 01'],
    ],
  );
});

test('a page of the history that comes when the list has begun anew is no part of it', async (t) => {
  const visitor = await person(t, w);
  const { page, stack } = visitor;
  const first = [{ entries: [entry('1', '1.00')], next: 'old' }, { entries: [entry('2', '2.00')], next: 'new' }];
  let older;
  await page.route(`${stack.api}/transfers?*`, (route) => {
    if (new URL(route.request().url()).searchParams.has('next')) older = route;
    else void route.fulfill(answers(first.length > 1 ? first.shift() : first[0]));
  });
  await signInAtBank(visitor);
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.getByRole('link', { name: 'Logins' }).click();
  await page.getByRole('link', { name: 'Accounts' }).click();
  await page.locator('[data-entry="2"]').waitFor();
  const came = page.waitForResponse((response) => response.url().includes('next='));
  await older.fulfill(answers({ entries: [entry('0', '0.50')] }));
  await (await came).finished();
  await page.getByRole('button', { name: 'Show more' }).waitFor();
  assert.deepEqual(
    await page.locator('.entries li').evaluateAll((rows) => rows.map((row) => row.dataset.entry)),
    ['2'],
  );
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
  assert.equal(
    await page.evaluate(() => [...document.querySelectorAll('.entries li')].indexOf(document.activeElement)),
    1,
  );
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
  while ((await page.evaluate(() => document.activeElement?.getAttribute('name'))) !== 'to')
    await page.keyboard.press('Tab');
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
