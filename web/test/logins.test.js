// The page of the linked logins, at 360 px.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect, narrow } from './look.js';
import {
  alice, bob, person, seesAccounts, seesRefusal, sends, signInAtBank, signInAtTenant, signOutEverywhere, tenantLogin,
  world,
} from './world.js';

const w = world();
const carol = { email: 'carol@example.com', tenantPassword: 'carol-at-auth0', sub: 'auth0|66f0a1c0de00000000000003' };

const openLogins = (page) => page.getByRole('link', { name: 'Logins' }).click();
const row = (page, { sub }) => page.locator(`[data-login="${sub}"]`);

async function links(page, who) {
  const popup = page.waitForEvent('popup');
  await page.getByRole('button', { name: 'Link a login' }).click();
  await tenantLogin(await popup, who);
}

test('a customer links a login, is told from when it approves, and ends the link by keyboard', async (t) => {
  const visitor = await person(t, w, narrow);
  const { page } = visitor;
  await signInAtBank(visitor);
  await openLogins(page);
  await page.getByText('Linked by the bank').waitFor();
  await links(page, carol);
  await row(page, carol).getByText('Linked by you').waitFor();
  await page.getByText('The login is linked.').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Linked logins');
  await row(page, carol).getByText(/Approves payments from \d+ \w+ \d{4}, \d\d:\d\d/).waitFor();
  await inspect(page, 'logins-light-360');

  await page.reload(); // forgets the code, as it must, and comes back to this page: the tenant knows Carol's login now
  await page.getByText('Confirm who you are, and your logins are shown here.').waitFor();
  await inspect(page, 'logins-unproven-light-360');
  await page.getByRole('link', { name: 'Accounts' }).click();
  await seesAccounts(page);
  await sends(page, { amount: '1' });
  await seesRefusal(page, 'approver_too_new');
  await openLogins(page);
  await page.getByLabel('Username', { exact: true }).fill(alice.username);
  await page.getByLabel('Password', { exact: true }).fill('not-it');
  await page.keyboard.press('Enter');
  await seesRefusal(page, 'login_failed');
  await page.keyboard.type(alice.bankPassword); // the focus is in the password
  await page.keyboard.press('Enter');
  const end = row(page, carol).getByRole('button', { name: 'End this link' });
  await end.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'End this link?' }).waitFor();
  await inspect(page, 'logins-end-light-360');
  await page.keyboard.press('Escape');
  assert.ok(await end.evaluate((button) => button === document.activeElement), 'the focus is back');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('The link has ended.').waitFor();
  assert.equal(await row(page, carol).count(), 0);
  await page.goBack(); // to the accounts
  await seesAccounts(page);
});

test('what stands in the way of a link is said, and nothing is linked', async (t) => {
  const visitor = await person(t, w, narrow);
  const { page } = visitor;
  await signInAtTenant(visitor, bob);
  await openLogins(page);
  await page.getByText('Linked by the bank').waitFor();
  assert.equal(await page.getByRole('button', { name: /End|Link/ }).count(), 0, 'a login at Auth0 changes no link');
  await page.getByLabel('Username', { exact: true }).fill(bob.username);
  await page.getByLabel('Password', { exact: true }).fill(bob.bankPassword);
  await page.keyboard.press('Enter');
  await links(page, alice);
  await seesRefusal(page, 'identity_linked_elsewhere');
  await inspect(page, 'logins-refused-light-360');
  const popup = page.waitForEvent('popup');
  await page.getByRole('button', { name: 'Link a login' }).click();
  await (await popup).close();
  await seesRefusal(page, 'window_closed');
  await page.clock.setFixedTime(Date.now() + 5 * 60_000);
  await page.getByRole('button', { name: 'Link a login' }).click();
  await seesRefusal(page, 'password_login_needed');
  await page.getByRole('button', { name: 'Confirm' }).waitFor();
  assert.equal(await page.locator('[data-login]').count(), 1);
});

test('to sign out ends the tenant’s session of a login that was linked here', async (t) => {
  const visitor = await person(t, w, narrow);
  const { page } = visitor;
  await signInAtBank(visitor);
  await openLogins(page);
  await links(page, carol);
  await row(page, carol).waitFor();
  await signOutEverywhere(visitor);
  await page.getByRole('button', { name: 'Continue with Auth0' }).click();
  await page.getByLabel('Email').waitFor();
});
