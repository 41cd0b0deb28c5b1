import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bankLogin, bob, entries, onThePhone, person, seesAccounts, seesDone, seesRefusal, sends, signedOut, signInAtBank,
  signInAtTenant, signOutEverywhere, tenantLogin, transfers, world,
} from './world.js';

const w = world();

/** Resolves to the code of the next successful login. */
async function nextCode(page) {
  const response = await page.waitForResponse(
    (r) => new URL(r.url()).pathname === '/login' && r.request().method() === 'POST' && r.ok(),
  );
  return (await response.json()).authorization_code;
}

async function statusOf({ stack }, code) {
  return (await fetch(`${stack.api}/balance`, { headers: { authorization: `Bearer ${code}` } })).status;
}

async function tenantAsksForPassword(page) {
  await page.getByRole('button', { name: 'Continue with Auth0' }).click();
  await page.getByLabel('Email').waitFor();
}

test('signing out kills the code and ends the tenant’s session', async (t) => {
  const visitor = await person(t, w);
  const [code] = await Promise.all([nextCode(visitor.page), signInAtTenant(visitor)]);
  assert.equal(await statusOf(visitor, code), 200);
  await signOutEverywhere(visitor);
  assert.equal(await statusOf(visitor, code), 401);
  await tenantAsksForPassword(visitor.page);
});

test('signing out of the bank alone kills the code', async (t) => {
  const visitor = await person(t, w);
  const [code] = await Promise.all([nextCode(visitor.page), signInAtBank(visitor)]);
  const dead = visitor.page.waitForResponse(
    (response) => response.url() === `${visitor.stack.api}/logout` && response.status() === 204,
  );
  await visitor.page.getByRole('button', { name: 'Sign out' }).click();
  await signedOut(visitor.page);
  await dead;
  assert.equal(await statusOf(visitor, code), 401);
});

test('a step-up at the tenant is signed out too', async (t) => {
  const visitor = await person(t, w);
  await signInAtBank(visitor);
  const popup = visitor.page.waitForEvent('popup');
  await sends(visitor.page, { amount: '9' });
  await tenantLogin(await popup);
  await onThePhone(visitor, 'approve');
  await seesDone(visitor.page);
  await signOutEverywhere(visitor);
  await tenantAsksForPassword(visitor.page);
});

test('an approval that comes after signing out sends nothing, and the next person is not in its way', async (t) => {
  const visitor = await person(t, w);
  const { page } = visitor;
  await signInAtBank(visitor);
  const before = await entries(visitor);
  const sent = transfers(page);
  const opened = page.waitForEvent('popup');
  await sends(page, { amount: '10' });
  const popup = await opened;
  await tenantLogin(popup);
  await popup.getByRole('heading', { name: 'Approve on your phone' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await signedOut(page);
  await bankLogin(page, bob);
  await seesAccounts(page);
  await sends(page, { to: '9999999999-01', amount: '1' });
  await seesRefusal(page, 'no_such_account');
  const closed = popup.waitForEvent('close');
  await onThePhone(visitor, 'approve');
  await closed;
  await page.getByRole('button', { name: 'Send money' }).click();
  await seesRefusal(page, 'no_such_account');
  assert.deepEqual(sent.map(({ status }) => status), [403, 422, 422]);
  assert.equal(await entries(visitor), before);
});

test('after signing out, back and reload show no balance', async (t) => {
  const visitor = await person(t, w);
  await signInAtTenant(visitor);
  await signOutEverywhere(visitor);
  await visitor.page.evaluate(() => void setTimeout(() => history.back()));
  await signedOut(visitor.page);
  assert.equal(await visitor.page.locator('.accounts').count(), 0);
  await visitor.page.reload();
  await signedOut(visitor.page);
});
