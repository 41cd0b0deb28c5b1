import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bankSays, onThePhone, person, seesAccounts, seesDone, seesRefusal, sends, signInAtBank, signInAtTenant, tenantLogin,
  transfers, world,
} from './world.js';

// The other files have binding optional, and tokens bound to the browser's key.
const w = world('ApprovalBinding=required', 'Dpop=off');
const noPopups = { popups: false };

const atTheTenant = (page) => page.getByRole('heading', { name: 'Approve on your phone' }).waitFor();
const pendingKey = (page) =>
  page.evaluate(() => JSON.parse(sessionStorage.getItem('drawbridge.waiting-transfer') ?? 'null')?.key);

test('where popups are blocked the page leaves, comes back, and sends the transfer that waited', async (t) => {
  const visitor = await person(t, w, noPopups);
  const { page } = visitor;
  const sent = transfers(page);
  await signInAtTenant(visitor);
  await page.getByLabel('Reference').fill('Rent 11/2026');
  await sends(page, { amount: '25' });
  await atTheTenant(page);
  await onThePhone(visitor, 'approve');
  await seesDone(page);
  assert.equal(sent.length, 2);
  assert.equal(sent[0].key, sent[1].key, 'the transfer kept its key over the redirect');
  assert.match(sent[1].authorization, /^Bearer eyJ/);
  assert.equal(sent[1].dpop, undefined);
  await page.locator('.entries li').first().getByText('Rent 11/2026').waitFor();
  await seesAccounts(page);
});

test('a denied push comes back as a refusal, with the transfer still there', async (t) => {
  const visitor = await person(t, w, noPopups);
  const { page } = visitor;
  await signInAtTenant(visitor);
  const before = await bankSays(visitor);
  await sends(page, { amount: '26' });
  await atTheTenant(page);
  await onThePhone(visitor, 'deny');
  await seesRefusal(page, 'step_up_denied');
  assert.deepEqual(await bankSays(visitor), before);
  await page.getByRole('button', { name: 'Try again' }).click();
  await atTheTenant(page);
  await onThePhone(visitor, 'approve');
  await seesDone(page);
});

test('back in the middle of a step-up finds the transfer waiting, and nothing sent', async (t) => {
  const visitor = await person(t, w, noPopups);
  const { page } = visitor;
  await signInAtTenant(visitor);
  const before = await bankSays(visitor);
  await sends(page, { amount: '27' });
  await atTheTenant(page);
  await page.evaluate(() => void setTimeout(() => history.back()));
  await page.getByRole('heading', { name: 'A transfer is waiting for you' }).waitFor();
  assert.deepEqual(await bankSays(visitor), before);
  const key = await pendingKey(page);
  await page.getByRole('button', { name: 'Go on and send it' }).click();
  await atTheTenant(page);
  await onThePhone(visitor, 'approve', 1);
  await seesDone(page);
  assert.match(key, /^[0-9a-f-]{36}$/);
});

test('a reload while the popup is open finds the transfer waiting', async (t) => {
  const visitor = await person(t, w);
  const { page } = visitor;
  await signInAtTenant(visitor);
  const popup = page.waitForEvent('popup');
  await sends(page, { amount: '28' });
  await (await popup).getByRole('heading', { name: 'Approve on your phone' }).waitFor();
  const key = await pendingKey(page);
  await page.reload();
  await page.getByRole('heading', { name: 'A transfer is waiting for you' }).waitFor();
  assert.equal(await pendingKey(page), key);
  await (await popup).close();
  await page.getByRole('button', { name: 'Do not send it' }).click();
  await page.getByLabel('Amount').waitFor();
  assert.equal(await pendingKey(page), undefined);
  await onThePhone(visitor, 'deny'); // the phone still shows it; the next test's push must be its own
});

test('a reload at the tenant’s page goes on', async (t) => {
  const visitor = await person(t, w, noPopups);
  const { page } = visitor;
  await signInAtTenant(visitor);
  await sends(page, { amount: '29' });
  await atTheTenant(page);
  await page.reload();
  await atTheTenant(page);
  await onThePhone(visitor, 'approve');
  await seesDone(page);
});

test('who finds no popup approves in the same window', async (t) => {
  const visitor = await person(t, w);
  const { page } = visitor;
  await signInAtTenant(visitor);
  const popup = page.waitForEvent('popup');
  await sends(page, { amount: '30' });
  await (await popup).getByRole('heading', { name: 'Approve on your phone' }).waitFor();
  await page.getByRole('button', { name: 'Approve in this window' }).click();
  await atTheTenant(page);
  await onThePhone(visitor, 'approve');
  await seesDone(page);
});

test('a customer with the bank’s password alone signs in at the tenant on the way', async (t) => {
  const visitor = await person(t, w, noPopups);
  const { page } = visitor;
  await signInAtBank(visitor);
  await sends(page, { amount: '31' });
  await tenantLogin(page);
  await atTheTenant(page);
  await onThePhone(visitor, 'approve');
  await seesDone(page);
  await seesAccounts(page);
});

test('a browser without third-party cookies sends money too, and is told to sign in for the balances', async (t) => {
  const visitor = await person(t, w, noPopups);
  const { page, stack } = visitor;
  await signInAtTenant(visitor);
  // What such a browser's iframe gets: no session, so login_required.
  await page.route(`${stack.tenant}/authorize?*`, (route) => {
    const url = new URL(route.request().url());
    if (url.searchParams.get('prompt') !== 'none') return route.continue();
    const answer = {
      error: 'login_required',
      error_description: 'Login required',
      state: url.searchParams.get('state'),
    };
    const message = JSON.stringify({ type: 'authorization_response', response: answer });
    return route.fulfill({
      contentType: 'text/html',
      body: `<script>parent.postMessage(${message}, ${JSON.stringify(stack.web)})</script>`,
    });
  });
  await sends(page, { amount: '32' });
  await atTheTenant(page);
  await onThePhone(visitor, 'approve');
  await seesDone(page);
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await seesAccounts(page);
});
