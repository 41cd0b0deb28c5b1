import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answers, bankLogin, bob, entries, onThePhone, person, seesAccounts, seesDone, seesRefusal, sends, signInAtBank,
  signInAtTenant, signOutEverywhere, transfers, world,
} from './world.js';

const w = world();

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

const endSession = ({ stack }, code) =>
  fetch(`${stack.api}/logout`, { method: 'POST', headers: { authorization: `Bearer ${code}` } });

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

/** Lets the bank book the next transfer and loses its answer on the way. */
async function loseTheAnswer({ page, stack }) {
  let lost = false;
  await page.route(`${stack.api}/transfer`, async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    const response = await route.fetch();
    if (response.status() !== 201 || lost) return route.fulfill({ response });
    lost = true;
    return route.abort();
  });
}

/** The face of a transfer whose outcome nobody knows: one way on, and it is no way out. */
async function seesUnknown(page) {
  await page.getByText('We do not know yet whether your money was sent').waitFor();
  assert.deepEqual(await page.locator('.send button').allInnerTexts(), ['Find out']);
}

test('a transfer whose answer was lost is unknown to each page until the bank answers, and moves once', async (t) => {
  const visitor = await person(t, w);
  const { page, context, stack } = visitor;
  await signInAtTenant(visitor);
  const other = await context.newPage();
  await other.goto(stack.web);
  await seesAccounts(other);
  const before = await entries(visitor);
  await loseTheAnswer(visitor);
  await sends(page, { amount: '41' });
  await onThePhone(visitor, 'approve');
  await seesUnknown(page);

  await page.reload();
  await seesUnknown(page);
  await sends(other, { amount: '41' }); // the same payment, typed again
  await seesUnknown(other);
  await signOutEverywhere(visitor);
  await signInAtBank(visitor, bob);
  await page.getByLabel('Amount').waitFor();
  assert.doesNotMatch(await page.locator('.send').innerText(), /41\.00/);
  const today = Date.now();
  await page.clock.setFixedTime(today + 3 * 24 * 3600 * 1000);
  await page.reload();
  await signInAtBank(visitor);
  await seesUnknown(page);
  await page.clock.setFixedTime(today);

  await page.getByRole('button', { name: 'Find out' }).click();
  await seesDone(page);
  assert.equal(await entries(visitor), before + 1);
  // The other page has heard of it. Its token was bound to the key that went with the sign-out.
  await other.getByText('Your session has ended').waitFor();
  assert.doesNotMatch(await other.locator('.send').innerText(), /41\.00/);
});

test('a transfer that never arrived is not called unsent too early, and its approval still pays for it', async (t) => {
  const visitor = await person(t, w);
  const { page, stack } = visitor;
  await signInAtTenant(visitor);
  const before = await entries(visitor);
  let posts = 0;
  await page.route(`${stack.api}/transfer`, (route) =>
    route.request().method() === 'POST' && ++posts === 2 ? route.abort() : route.continue(),
  );
  await sends(page, { amount: '41' });
  await onThePhone(visitor, 'approve');
  await seesRefusal(page, 'unreachable');
  await seesUnknown(page);
  await page.getByRole('button', { name: 'Find out' }).click();
  await seesRefusal(page, 'too_early');
  await seesUnknown(page);
  await page.clock.setFixedTime(Date.now() + 61_000);
  await page.getByRole('button', { name: 'Find out' }).click();
  await page.getByText('Nothing was sent yet.').waitFor();
  const popups = [];
  page.on('popup', (popup) => popups.push(popup));
  await page.getByRole('button', { name: 'Go on and send it' }).click();
  await seesDone(page);
  assert.deepEqual(popups, [], 'no second approval');
  assert.equal(await entries(visitor), before + 1);
});

test('an answer that does not say what became of the transfer decides nothing', async (t) => {
  const visitor = await person(t, w);
  const { page, stack } = visitor;
  await signInAtTenant(visitor);
  await loseTheAnswer(visitor);
  await sends(page, { amount: '40' });
  await onThePhone(visitor, 'approve');
  await seesUnknown(page);
  const others = [
    { status: 500 },
    { status: 403, body: '<h1>a proxy</h1>' },
    { json: { entries: [] } },
    { json: { status: 'booked' } },
  ];
  for (const answer of others) {
    await page.route(
      `${stack.api}/transfers?idempotency_key=*`,
      (route) => route.fulfill({ ...answers(undefined), ...answer }),
      { times: 1 },
    );
    const asked = page.waitForResponse((response) => response.url().includes('idempotency_key='));
    await page.getByRole('button', { name: 'Find out' }).click();
    await asked;
    await page.getByRole('button', { name: 'Find out' }).waitFor();
    await seesUnknown(page);
  }
});

test('a browser that keeps nothing more is told so, and nothing leaves', async (t) => {
  const visitor = await person(t, w);
  const { page } = visitor;
  await signInAtBank(visitor);
  const sent = transfers(page);
  await page.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  await sends(page, { amount: '39' });
  const notice = await seesRefusal(page, 'nothing_kept');
  assert.match(await notice.textContent(), /Nothing was sent\./);
  assert.equal(await page.getByLabel('Amount').inputValue(), '39.00');
  assert.deepEqual(sent, []);
});

test('a tenant that cannot be reached moves nothing', async (t) => {
  const visitor = await person(t, w);
  const { page, stack } = visitor;
  await signInAtTenant(visitor);
  const before = await entries(visitor);
  await page.clock.install();
  const authorize = `${stack.tenant}/authorize?`;
  const silent = page.waitForEvent('requestfailed', (request) => request.url().startsWith(authorize));
  await page.route(`${stack.tenant}/authorize?*`, (route) => route.abort());
  await sends(page, { amount: '42' });
  await silent;
  await page.clock.fastForward(8_000); // what the page gives a tenant that stays silent
  await seesRefusal(page, 'tenant_unreachable');
  await page.getByRole('button', { name: 'Do not send it' }).click();
  assert.equal(await entries(visitor), before);
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

test('when the bank’s session ends, and there is no other, the transfer waits until the next sign-in', async (t) => {
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
