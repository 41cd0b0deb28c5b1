import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bankLogin, bankSays, onThePhone, person, seesAccounts, seesDone, seesRefusal, sends, signInAtBank, signInAtTenant, world } from './world.js';

const w = world();

const entries = async (visitor) => (await bankSays(visitor, '/transfers?limit=50')).entries;

/** The authorization code that the page is given, for doing to it what time or another device would. */
function overhearCode(page) {
  const overheard = {};
  page.on('response', async (response) => {
    if (response.request().method() === 'POST' && new URL(response.url()).pathname === '/login' && response.ok()) {
      overheard.code = (await response.json()).authorization_code;
    }
  });
  return overheard;
}

const endSession = ({ stack }, code) => fetch(`${stack.api}/logout`, { method: 'POST', headers: { authorization: `Bearer ${code}` } });

test('with the API down the page says so, and goes on when it is back', async (t) => {
  const { page, stack } = await person(t, w);
  await page.route(`${stack.api}/balance`, (route) => route.abort());
  await page.goto(stack.web);
  await bankLogin(page);
  await seesRefusal(page, 'unreachable');
  await page.unroute(`${stack.api}/balance`);
  await page.getByRole('button', { name: 'Try again' }).click();
  await seesAccounts(page);
  await page.getByLabel('Amount').waitFor();
});

test('with the API down at sign-in nobody is told that the password is wrong', async (t) => {
  const { page, stack } = await person(t, w);
  await page.route(`${stack.api}/login`, (route) => route.abort());
  await page.goto(stack.web);
  await bankLogin(page);
  await seesRefusal(page, 'unreachable');
});

test('without its history the page still shows the balances and sends money', async (t) => {
  const visitor = await person(t, w);
  await visitor.page.route(`${visitor.stack.api}/transfers?*`, (route) => route.abort());
  await signInAtTenant(visitor);
  await visitor.page.locator('.history .refusal').waitFor();
  await visitor.page.getByLabel('Amount').waitFor();
});

test('an answer that was lost is asked for again with the same key and the same approval: the money moves once', async (t) => {
  const visitor = await person(t, w);
  const { page, stack } = visitor;
  await signInAtTenant(visitor);
  const before = await entries(visitor);
  let lost = false;
  await page.route(`${stack.api}/transfer`, async (route) => {
    const request = route.request();
    if (request.method() !== 'POST') return route.continue();
    const response = await route.fetch();
    if (response.status() !== 201 || lost) return route.fulfill({ response });
    lost = true;
    return route.abort(); // booked, and the answer never arrives
  });
  await sends(page, { amount: '41' });
  await onThePhone(visitor, 'approve');
  const notice = await seesRefusal(page, 'unreachable');
  assert.match(await notice.textContent(), /We do not know yet/);

  const popups = [];
  page.on('popup', (popup) => popups.push(popup));
  await page.getByRole('button', { name: 'Try again' }).click();
  await seesDone(page);
  assert.deepEqual(popups, [], 'no second approval');
  assert.equal((await entries(visitor)).length, before.length + 1);
});

test('a tenant that cannot be reached moves nothing', async (t) => {
  const visitor = await person(t, w);
  const { page, stack } = visitor;
  await signInAtTenant(visitor);
  const before = await entries(visitor);
  await page.route(`${stack.tenant}/authorize?*`, (route) => route.abort());
  await sends(page, { amount: '42' });
  await seesRefusal(page, 'tenant_unreachable');
  await page.getByRole('button', { name: 'Do not send it' }).click();
  assert.equal((await entries(visitor)).length, before.length);
});

test('when the bank’s session ends, a person signed in at the tenant goes on with the access token', async (t) => {
  const visitor = await person(t, w);
  const overheard = overhearCode(visitor.page);
  await signInAtTenant(visitor);
  assert.equal((await endSession(visitor, overheard.code)).status, 204);
  await sends(visitor.page, { amount: '43' });
  await onThePhone(visitor, 'approve');
  await seesDone(visitor.page);
  await visitor.page.getByText('Signed in with Auth0, no bank session').waitFor();
});

test('when the bank’s session ends for whoever has no other, the transfer waits until the next sign-in', async (t) => {
  const visitor = await person(t, w);
  const { page } = visitor;
  const overheard = overhearCode(page);
  await signInAtBank(visitor);
  await endSession(visitor, overheard.code);
  await sends(page, { amount: '44' });
  await seesRefusal(page, 'session_ended');
  await bankLogin(page);
  await page.getByRole('heading', { name: 'A transfer is waiting for you' }).waitFor();
  await page.getByText('€44.00').first().waitFor();
});

test('a host without config.json is told to its developer', async (t) => {
  const { page, stack } = await person(t, w);
  await page.route(`${stack.web}/config.json`, (route) => route.fulfill({ status: 404 }));
  await page.goto(stack.web);
  await page.getByText('Detail for developers').click();
  await page.getByText('/config.json could not be read: it answered 404').waitFor();
});
