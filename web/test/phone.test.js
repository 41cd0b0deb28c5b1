// The bank asks the phone itself: the face of it, at 360 px.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { isAccessible } from './accessible.js';
import {
  bankSays,
  onThePhone,
  person,
  seesAccounts,
  seesDone,
  seesRefusal,
  sends,
  signInAtTenant,
  world,
} from './world.js';

const w = world('--back-channel');
const narrow = { viewport: { width: 360, height: 740 }, reducedMotion: 'reduce' };
const screenshots = path.resolve(import.meta.dirname, '../screenshots');
await mkdir(screenshots, { recursive: true });

const face = (page) => page.getByRole('heading', { name: 'Check your phone' });
const entries = async (visitor) => (await bankSays(visitor, '/transfers?limit=50')).entries.length;

/** The transfers that the pages of a context post, by key, and what else must not happen. */
function overhear({ context, stack }) {
  const heard = { keys: [], scopes: new Set(), errands: [] };
  context.on('page', () => heard.errands.push('a popup'));
  context.on('request', (request) => {
    const url = new URL(request.url());
    const headers = request.headers();
    if (url.pathname === '/transfer' && request.method() === 'POST') heard.keys.push(headers['idempotency-key']);
    if (url.origin === stack.tenant && url.searchParams.has('ext-transfer')) heard.errands.push(url.pathname);
    const payload = /^(?:Bearer|DPoP) [^.]+\.([^.]+)\./.exec(headers.authorization ?? '')?.[1];
    if (payload) heard.scopes.add(JSON.parse(Buffer.from(payload, 'base64url')).scope);
  });
  return heard;
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

  await sends(page, { amount: '25' });
  await face(page).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Check your phone');
  const said = (await page.locator('.send').innerText()).replaceAll('\u00a0', ' ');
  for (const part of ['€25.00', '1000 000 002‑01', '1000 000 001‑01', 'Nothing is sent until you do']) {
    assert.ok(said.includes(part), part);
  }
  assert.match(await page.getByRole('timer').innerText(), /^4:[0-5]\d$/);
  await page.getByText('Nothing on your phone?').click();
  await page.screenshot({ path: path.join(screenshots, 'phone-face-light-360.png'), fullPage: true });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await isAccessible(page, 'check your phone');

  await page.reload();
  await face(page).waitFor();
  await sends(second, { amount: '25' }); // the same payment, typed again
  await face(second).waitFor();
  assert.equal((await onThePhone(visitor, 'approve')).length, 1, 'one push');
  await seesDone(page);
  await second.getByLabel('Amount').waitFor();
  assert.equal(await entries(visitor), before + 1);
  assert.equal(new Set(heard.keys).size, 1);
  assert.deepEqual(heard.errands, [], 'no popup and no redirect');
  assert.deepEqual([...heard.scopes].filter((scope) => scope.includes('transfer:funds')), [], 'no token that pays');
});

test('what is denied, or cancelled in another tab, moves nothing and can be sent anew', async (t) => {
  const visitor = await person(t, w, narrow);
  const { page, context, stack } = visitor;
  await signInAtTenant(visitor);
  const before = await entries(visitor);
  const heard = overhear(visitor);
  await sends(page, { amount: '26' });
  await face(page).waitFor();
  await onThePhone(visitor, 'deny');
  await seesRefusal(page, 'approval_denied');

  await page.getByRole('button', { name: 'Send money' }).click(); // the form is as it was filled in
  await face(page).waitFor();
  assert.equal(new Set(heard.keys).size, 2, 'a new request of the person');
  const other = await context.newPage();
  await other.goto(stack.web);
  await face(other).waitFor();
  await other.getByRole('button', { name: 'Cancel' }).click();
  await seesRefusal(page, 'asking_cancelled');
  await other.getByLabel('Amount').waitFor();
  const asked = heard.keys.length;
  await onThePhone(visitor, 'approve');
  await page.reload();
  await page.getByLabel('Amount').waitFor();
  assert.equal(heard.keys.length, asked, 'nobody asks the bank any more');
  assert.equal(await entries(visitor), before);
});
