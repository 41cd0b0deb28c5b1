import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alice, balance, bankLogin, person, seesAccounts, seesRefusal, signInAtBank, signInAtTenant, tenantLogin, world } from './world.js';

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
  await page.getByText('What happened underneath').click();
  await page.getByText(/with: id_token/).waitFor();
  await page.getByText(/GET \/balance/).first().waitFor();
  assert.match(await page.locator('.journal').textContent(), /credential: bank session/);
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

test('a reload keeps the person signed in at the tenant, and the page says that the bank session is gone', async (t) => {
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

test('a callback that nobody asked for signs nobody in', async (t) => {
  const { page, stack } = await person(t, w);
  await page.goto(`${stack.web}/callback?code=stolen&state=forged`);
  await seesRefusal(page, 'sign_in_failed');
  assert.equal(page.url(), `${stack.web}/`);
});

test('a first visit asks nobody but its own host', async (t) => {
  const { page, stack } = await person(t, w);
  const hosts = new Set();
  page.on('request', (request) => hosts.add(new URL(request.url()).origin));
  await page.goto(stack.web, { waitUntil: 'networkidle' });
  assert.deepEqual([...hosts], [stack.web]);
});
