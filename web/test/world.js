// What every test file shares: the stack, a browser, and the people of the demo world with what they do on a page.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { launchBrowser } from './browser.js';
import { startStack, until } from './stack.js';

export const alice = {
  email: 'alice@example.com',
  tenantPassword: 'alice-at-auth0',
  username: 'alice',
  bankPassword: 'alice-at-the-bank',
  account: '1000000001-01',
  savings: '1000000001-02',
};
export const bob = {
  email: 'bob@example.com',
  tenantPassword: 'bob-at-auth0',
  username: 'bob',
  bankPassword: 'bob-at-the-bank',
  account: '1000000002-01',
  yen: '1000000002-02',
};

/** The stack, with flags of the runner and parameters of the template (Name=Value), and the browser of a test file. */
export function world(...settings) {
  const w = { stack: undefined, browser: undefined };
  before(async () => {
    [w.stack, w.browser] = await Promise.all([startStack(settings), launchBrowser()]);
  });
  after(async () => {
    await w.browser?.close();
    await w.stack?.stop();
  });
  return w;
}

/** A person at a browser of their own. The page's errors fail the test; `t` closes the browser in the end. */
export async function person(t, { stack, browser }, { popups = true, ...options } = {}) {
  const context = await browser.newContext({
    locale: 'en-IE',
    timezoneId: 'Europe/Dublin',
    viewport: { width: 1100, height: 900 },
    ...options,
  });
  context.setDefaultTimeout(30_000); // three files at a time share the machine
  if (!popups) await context.addInitScript(() => (window.open = () => null)); // what a popup blocker does
  const page = await context.newPage();
  const errors = [];
  watch(page, errors);
  t.after(async () => {
    await context.close();
    assert.deepEqual(errors, [], 'errors on the page');
  });
  return { page, context, stack };
}

/** Collects what must never happen on a page of ours: exceptions and violations of the Content-Security-Policy. */
export function watch(page, errors) {
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (/Content[- ]Security[- ]Policy|Trusted ?Type/i.test(message.text())) errors.push(message.text());
  });
}

export async function signInAtTenant({ page, stack }, who = alice) {
  await page.goto(stack.web);
  await page.getByRole('button', { name: 'Continue with Auth0' }).click();
  await tenantLogin(page, who);
  await seesAccounts(page);
}

/** Fills in the tenant's own login page. */
export async function tenantLogin(page, who = alice) {
  await page.getByLabel('Email').fill(who.email);
  await page.getByLabel('Password', { exact: true }).fill(who.tenantPassword);
  await page.getByRole('button', { name: 'Continue' }).click();
}

export async function signInAtBank({ page, stack }, who = alice) {
  await page.goto(stack.web);
  await bankLogin(page, who);
  await seesAccounts(page);
}

export async function bankLogin(page, who = alice) {
  await page.getByLabel('Username', { exact: true }).fill(who.username);
  await page.getByLabel('Password', { exact: true }).fill(who.bankPassword);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

export const signedOut = (page) => page.getByRole('heading', { name: 'Sign in to your bank' }).waitFor();

/** Signs a person out who has a session at the tenant, and waits until the tenant has sent the browser back. */
export async function signOutEverywhere({ page, stack }) {
  const back = page.waitForResponse(
    (response) => response.url() === `${stack.web}/` && response.request().isNavigationRequest(),
  );
  await page.getByRole('button', { name: 'Sign out' }).click();
  await back;
  await signedOut(page);
}

export async function seesAccounts(page) {
  await shown(page, page.locator('.accounts'));
}

/** Waits for something to be on the page; a failure tells what was there instead. */
async function shown(page, locator) {
  try {
    await locator.waitFor();
  } catch (error) {
    const instead = await page
      .locator('body')
      .innerText()
      .catch(() => 'nothing');
    throw new Error(`${error.message}\nThe page shows instead:\n${instead}`);
  }
}

export async function fillTransfer(page, { to = bob.account, amount = '25.00' } = {}) {
  await page.getByLabel('To account').fill(to);
  await page.getByLabel('Amount').fill(amount);
}

export async function sends(page, transfer) {
  await fillTransfer(page, transfer);
  await page.getByRole('button', { name: 'Send money' }).click();
}

/** Answers every push that waits, once there are `count` of them. */
export async function onThePhone({ stack }, decision, count = 1) {
  const waiting = await until(async () => {
    const challenges = await (await fetch(`${stack.tenant}/phone/challenges`)).json();
    return challenges.length >= count && challenges;
  });
  for (const { id } of waiting) {
    const response = await fetch(`${stack.tenant}/phone/challenges/${id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ decision }),
    });
    assert.equal(response.status, 200);
  }
  return waiting;
}

export async function seesDone(page) {
  await shown(page, page.getByRole('heading', { name: 'Your money is there' }));
}

/** The refusal that is shown, by the code behind it. */
export async function seesRefusal(page, code) {
  const notice = page.locator(`.refusal[data-code="${code}"]`);
  await shown(page, notice);
  return notice;
}

/** What the page says an account holds. */
export async function balance(page, account = alice.account) {
  return (await page.locator(`[data-account="${account}"] .visually-hidden`).textContent()).trim();
}

export async function seesBalance(page, amount, account = alice.account) {
  await page
    .locator(`[data-account="${account}"] .visually-hidden`, { hasText: amount })
    .waitFor({ state: 'attached' });
}

/** What the bank itself says alice has, read past the page. */
export async function bankSays({ stack }, path = '/balance', who = alice) {
  const json = (response) => response.json();
  const { authorization_code: code } = await fetch(`${stack.api}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: who.username, password: who.bankPassword }),
  }).then(json);
  return fetch(stack.api + path, { headers: { authorization: `Bearer ${code}` } }).then(json);
}

/** How many entries the bank's ledger has for alice. */
export async function entries(visitor) {
  return (await bankSays(visitor, '/transfers?limit=50')).entries.length;
}

/** What a page, or each page of a context, sends to POST /transfer, and the status of the answer. */
export function transfers(pages) {
  const list = [];
  pages.on('response', (response) => {
    const request = response.request();
    if (request.method() !== 'POST' || new URL(request.url()).pathname !== '/transfer') return;
    const { 'idempotency-key': key, authorization, dpop } = request.headers();
    list.push({ status: response.status(), key, authorization, scheme: authorization.split(' ')[0], dpop });
  });
  return list;
}

/** What a route is fulfilled with where the bank is to answer in the test's words. */
export const answers = (json) => ({ headers: { 'access-control-allow-origin': '*' }, json });
export const refuses = (status, code, retryAfter = '1') => ({
  status,
  contentType: 'application/problem+json',
  headers: {
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'Retry-After',
    'retry-after': retryAfter,
  },
  json: { code },
});
