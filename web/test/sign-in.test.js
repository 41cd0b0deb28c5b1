import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  alice, balance, bankLogin, onThePhone, person, seesAccounts, seesDone, seesRefusal, sends, signInAtBank,
  signInAtTenant, tenantLogin, world,
} from './world.js';

const w = world();

test('alice signs in through the tenant and sees her balances', async (t) => {
  const { page, ...rest } = await person(t, w);
  await signInAtTenant({ page, ...rest });
  assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Hello, Alice Archer');
  assert.equal(await balance(page), '€2,500.00');
  assert.equal(await balance(page, alice.savings), '€800.00');
  assert.equal(new URL(page.url()).search, '', 'the code is gone from the address');
});

test('the bank opens a session for a sign-in at the tenant, and the page says where its code is', async (t) => {
  const visitor = await person(t, w);
  await signInAtTenant(visitor);
  const { page } = visitor;
  await page.getByText('Signed in with Auth0, bank session open').click();
  await page.getByText('The code is kept in this tab’s memory only').waitFor();
});

test('alice signs in with her bank username', async (t) => {
  const visitor = await person(t, w);
  await signInAtBank(visitor);
  assert.equal(await balance(visitor.page), '€2,500.00');
  await visitor.page.getByText('Bank session open', { exact: true }).waitFor();
});

test('a wrong password is refused in words that do not tell which was wrong', async (t) => {
  const { page, stack } = await person(t, w);
  await page.goto(stack.web);
  await bankLogin(page, { username: 'alice', bankPassword: 'not-it' });
  const notice = await seesRefusal(page, 'login_failed');
  assert.match(await notice.textContent(), /username or the password/);
  assert.equal(await page.getByLabel('Username', { exact: true }).inputValue(), 'alice');
  assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), '');
  await page.getByLabel('Password', { exact: true }).fill(alice.bankPassword);
  await page.keyboard.press('Enter');
  await seesAccounts(page);
});

test('a wrong password at the tenant stays at the tenant, and the right one goes on', async (t) => {
  const { page, stack } = await person(t, w);
  await page.goto(stack.web);
  await page.getByRole('button', { name: 'Continue with Auth0' }).click();
  await tenantLogin(page, { ...alice, tenantPassword: alice.bankPassword });
  await page.getByRole('alert').waitFor();
  await tenantLogin(page);
  await seesAccounts(page);
});

test('an empty form is not sent, and the first empty field has the focus', async (t) => {
  const { page, stack } = await person(t, w);
  const posts = [];
  page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
  await page.goto(stack.web);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText('Enter your username.').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'username');
  assert.deepEqual(posts, []);
});

test('a reload keeps the sign-in at the tenant, and the page says that the bank session is gone', async (t) => {
  const visitor = await person(t, w);
  await signInAtTenant(visitor);
  await visitor.page.reload();
  await seesAccounts(visitor.page);
  assert.equal(await balance(visitor.page), '€2,500.00');
  await visitor.page.getByText('Signed in with Auth0, no bank session').click();
  await visitor.page.getByRole('button', { name: 'Open a bank session' }).click();
  await visitor.page.getByText('Signed in with Auth0, bank session open').waitFor();
});

test('a reload forgets a session of the bank alone', async (t) => {
  const visitor = await person(t, w);
  await signInAtBank(visitor);
  await visitor.page.reload();
  await visitor.page.getByRole('heading', { name: 'Sign in to your bank' }).waitFor();
});

test('a clock that is off costs nobody the sign-in or the approval', async (t) => {
  const visitor = await person(t, w);
  const { page } = visitor;
  await page.clock.setFixedTime(Date.now() + 20 * 60_000);
  await signInAtTenant(visitor);
  await page.clock.setFixedTime(Date.now() - 40 * 60_000); // and is set while the page is open
  await sends(page, { amount: '1' });
  await onThePhone(visitor, 'approve');
  await seesDone(page);
});

test('a clock that nobody can put right is named', async (t) => {
  const { page, stack } = await person(t, w);
  await page.route(`${stack.web}/config.json`, async (route) => {
    const response = await route.fetch();
    const { date, ...headers } = response.headers();
    return route.fulfill({ response, headers });
  });
  await page.clock.setFixedTime(Date.now() + 20 * 60_000);
  await page.goto(stack.web);
  await page.getByRole('button', { name: 'Continue with Auth0' }).click();
  await tenantLogin(page);
  await seesRefusal(page, 'clock_off');
});

test('what the browser keeps back is named', async (t) => {
  const { page, stack } = await person(t, w);
  await page.addInitScript(() => {
    const refuse = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    Object.defineProperty(globalThis, 'sessionStorage', { get: refuse });
    Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });
  });
  await page.goto(stack.web);
  await page.getByRole('heading', { name: 'Your browser keeps something back' }).waitFor();
  assert.deepEqual(await page.getByRole('listitem').allInnerTexts(), [
    'a secure connection: this page’s address must begin with https',
    'session storage: allow this site to store data',
  ]);
});

test('a double click, and back from the login page, leave a way on', async (t) => {
  const { page, stack } = await person(t, w);
  await page.goto(stack.web);
  await page.getByRole('button', { name: 'Continue with Auth0' }).dblclick();
  await page.getByLabel('Email').waitFor();
  await page.goBack();
  await page.getByRole('button', { name: 'Continue with Auth0' }).click();
  await page.getByLabel('Email').fill(alice.email);
  await page.getByLabel('Password', { exact: true }).fill(alice.tenantPassword);
  await page.getByRole('button', { name: 'Continue' }).dblclick();
  // The second click may find a login that has done its work, as the back button does below.
  const back = page.getByRole('link', { name: 'Back to the app' });
  await page.locator('.accounts').or(back).first().waitFor();
  if (await back.isVisible()) {
    await back.click();
    await page.getByRole('button', { name: 'Continue with Auth0' }).click();
  }
  await seesAccounts(page);
  await page.goBack();
  await back.click();
  await seesAccounts(page);
});

test('a callback that nobody asked for signs nobody in', async (t) => {
  const { page, stack } = await person(t, w);
  await page.goto(`${stack.web}/callback?code=stolen&state=forged`);
  await seesRefusal(page, 'sign_in_not_ours');
  assert.equal(page.url(), `${stack.web}/`);
});

test('a first visit asks nobody but its own host', async (t) => {
  const { page, stack } = await person(t, w);
  const hosts = new Set();
  page.on('request', (request) => hosts.add(new URL(request.url()).origin));
  await page.goto(stack.web, { waitUntil: 'networkidle' });
  assert.deepEqual([...hosts], [stack.web]);
});
