// The bank asks the phone itself: the face of it, at 360 px.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fits, inspect, narrow } from './look.js';
import { until } from './stack.js';
import {
  alice, bob, entries, onThePhone, person, refuses, seesAccounts, seesDone, seesRefusal, sends, signInAtTenant,
  signOutEverywhere, transfers, world,
} from './world.js';

const w = world('--back-channel');

const face = (page) => page.getByRole('heading', { name: 'Check your phone' });

/** What must not happen on the pages of a context: popups, redirects for an approval, tokens that pay. */
function overhear({ context, stack }) {
  const heard = { errands: [], paying: [] };
  context.on('page', () => heard.errands.push('a popup'));
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin === stack.tenant && url.searchParams.has('ext-transfer')) heard.errands.push(url.pathname);
    const payload = /^(?:Bearer|DPoP) [^.]+\.([^.]+)\./.exec(request.headers().authorization ?? '')?.[1];
    const { scope = '' } = payload ? JSON.parse(Buffer.from(payload, 'base64url')) : {};
    if (scope.includes('transfer:funds')) heard.paying.push(url.pathname);
  });
  return heard;
}

/** The bank wants to be asked again a second later, and first gives the answers in `instead`: a route's, or 'lost'. */
async function hurries({ page, stack }) {
  const instead = [];
  await page.route(`${stack.api}/transfer`, async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    const next = instead.shift();
    if (next === 'lost') return route.abort();
    if (next !== undefined) return route.fulfill(next);
    const response = await route.fetch();
    return route.fulfill({ response, headers: { ...response.headers(), 'retry-after': '1' } });
  });
  return instead;
}

test('what the phone is asked for is on the page, through a reload and in a second tab, and moves once', async (t) => {
  const visitor = await person(t, w, narrow);
  const { page, context, stack } = visitor;
  await signInAtTenant(visitor);
  const second = await context.newPage();
  await second.goto(stack.web);
  await seesAccounts(second);
  const before = await entries(visitor);
  const heard = overhear(visitor);
  const sent = transfers(context);

  await sends(page, { amount: '25' });
  await face(page).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Check your phone');
  const said = (await page.locator('.send').innerText()).replaceAll('\u00a0', ' ');
  for (const part of ['€25.00', '1000 000 002‑01', '1000 000 001‑01', 'Nothing is sent until you do']) {
    assert.ok(said.includes(part), part);
  }
  assert.match(await page.getByRole('timer').innerText(), /^4:[0-5]\d$/);
  await page.getByText('Nothing on your phone?').click();
  await inspect(page, 'phone-face-light-360');

  await page.reload();
  await face(page).waitFor();
  await sends(second, { amount: '25' }); // the same payment, typed again
  await face(second).waitFor();
  assert.equal((await onThePhone(visitor, 'approve')).length, 1, 'one push');
  await seesDone(page);
  await second.getByLabel('Amount').waitFor();
  assert.equal(await entries(visitor), before + 1);
  assert.equal(new Set(sent.map(({ key }) => key)).size, 1);
  assert.deepEqual(heard, { errands: [], paying: [] });
});

test('what is denied, or cancelled in another tab, moves nothing and can be sent anew', async (t) => {
  const visitor = await person(t, w, narrow);
  const { page, context, stack } = visitor;
  await signInAtTenant(visitor);
  const before = await entries(visitor);
  const sent = transfers(context);
  await sends(page, { amount: '26' });
  await face(page).waitFor();
  await onThePhone(visitor, 'deny');
  await seesRefusal(page, 'approval_denied');

  await page.getByRole('button', { name: 'Send money' }).click(); // the form is as it was filled in
  await face(page).waitFor();
  assert.equal(new Set(sent.map(({ key }) => key)).size, 2, 'a new request of the person');
  const other = await context.newPage();
  await other.goto(stack.web);
  await face(other).waitFor();
  await other.getByRole('button', { name: 'Cancel' }).click();
  await seesRefusal(page, 'asking_cancelled');
  await other.getByLabel('Amount').waitFor();
  const asked = sent.length;
  await onThePhone(visitor, 'approve');
  await page.reload();
  await page.getByLabel('Amount').waitFor();
  assert.equal(sent.length, asked, 'nobody asks the bank any more');
  assert.equal(await entries(visitor), before);
});

test('what keeps the bank from asking or from answering is said, and nothing of it is the end', async (t) => {
  const visitor = await person(t, w, narrow);
  const { page } = visitor;
  await signInAtTenant(visitor, bob);
  const before = await entries(visitor);
  const instead = await hurries(visitor);
  instead.push(refuses(429, 'too_many_approvals', '600'));
  await page.getByLabel('Reference').fill('Rent for the flat in the Old Bakery Lane 17, December 2026');
  await sends(page, { to: alice.account, amount: '27' });
  const often = await seesRefusal(page, 'too_many_approvals');
  await fits(page, 'a long reference');
  assert.match(await often.textContent(), /Nothing was sent\. .*pauses for a while\. Wait about 10 minutes\./);

  await page.getByRole('button', { name: 'Try again' }).click();
  await face(page).waitFor();
  instead.push(refuses(503, 'unavailable'));
  await page.getByText('The bank cannot answer now. This page goes on asking.').waitFor();
  instead.push(refuses(403, 'approval_expired'));
  const late = await seesRefusal(page, 'approval_expired');
  assert.match(await late.textContent(), /Nothing was sent\./);
  await onThePhone(visitor, 'deny'); // the phone still shows it

  await page.getByRole('button', { name: 'Send money' }).click(); // the form is as it was filled in
  await face(page).waitFor();
  await page.reload();
  await face(page).waitFor();
  instead.push('lost');
  await page.getByText('The bank did not answer. This page goes on asking.').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('We do not know yet whether your money was sent').waitFor();
  await page.clock.setFixedTime(Date.now() + 61_000);
  await page.getByRole('button', { name: 'Find out' }).click();
  await page.getByText('Nothing was sent yet.').waitFor();
  await page.getByRole('button', { name: 'Go on and send it' }).click();
  await face(page).waitFor();
  await onThePhone(visitor, 'approve');
  await seesDone(page);
  assert.equal(await entries(visitor), before + 1);
});

test('another customer who takes the first one’s place asks nothing about their transfer', async (t) => {
  const visitor = await person(t, w, narrow);
  const { page, stack } = visitor;
  await signInAtTenant(visitor);
  await hurries(visitor);
  await sends(page, { amount: '28' });
  await face(page).waitFor();
  let held;
  await page.route(`${stack.api}/transfer`, (route) => (held = route), { times: 1 });
  await page.getByRole('link', { name: 'Logins' }).click();
  await until(() => held);
  await page.getByLabel('Username', { exact: true }).fill(bob.username);
  await page.getByLabel('Password', { exact: true }).fill(bob.bankPassword);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Link a login' }).waitFor();
  const dead = page.waitForResponse((response) => response.url().endsWith('/transfer') && response.status() === 401);
  await held.continue();
  await dead;
  await page.getByRole('link', { name: 'Accounts' }).click();
  await page.getByLabel('Amount').waitFor();
  await signOutEverywhere(visitor);

  await signInAtTenant(visitor);
  await face(page).waitFor();
  await onThePhone(visitor, 'approve');
  await seesDone(page);
});
