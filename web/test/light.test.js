// What a first visit costs, and what it must not leave behind.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { onThePhone, person, seesAccounts, seesDone, sends, signInAtTenant, world } from './world.js';

const w = world();
const budget = 100_000;

test('a first load is under 100 kB compressed', async (t) => {
  const { page, stack } = await person(t, w);
  const bodies = [];
  page.on('response', (response) => bodies.push(response.body().then((body) => gzipSync(body).length)));
  await page.goto(stack.web, { waitUntil: 'networkidle' });
  const bytes = (await Promise.all(bodies)).reduce((sum, size) => sum + size, 0);
  t.diagnostic(`${bytes} bytes compressed`);
  assert.ok(bytes < budget, `${bytes} bytes`);
});

/** Collects what Chromium counts as layout shifts: those that no input of the person explains. */
async function countShifts(context) {
  await context.addInitScript(() => {
    globalThis.shifts = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shifts += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

for (const width of [360, 1280]) {
  test(`nothing shifts while the page loads and money moves, ${width} px`, async (t) => {
    const visitor = await person(t, w, { viewport: { width, height: 800 } });
    const { page, context, stack } = visitor;
    await countShifts(context);
    const shifts = () =>
      page.evaluate(
        () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(globalThis.shifts), 100))),
      );
    await page.goto(stack.web);
    await page.getByRole('heading', { level: 1 }).waitFor();
    assert.equal(await shifts(), 0, 'signing in');
    await signInAtTenant(visitor);
    await page.locator('.entries').waitFor();
    assert.ok((await shifts()) < 0.01, `loading the accounts: ${await shifts()}`);
    await page.reload();
    await seesAccounts(page);
    await page.locator('.entries').waitFor();
    assert.ok((await shifts()) < 0.01, `reloading: ${await shifts()}`);
    await sends(page, { amount: '1' });
    await onThePhone(visitor, 'approve');
    await seesDone(page);
    await page.locator('.entries li').first().getByText('−€1.00').waitFor();
    assert.ok((await shifts()) < 0.01, `sending: ${await shifts()}`);
  });
}

/** All records of all databases of the page, as text; a private key says whether it can be taken out. */
async function keptInDatabases() {
  const answer = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const text = (value) =>
    value?.privateKey instanceof CryptoKey
      ? `PRIVATE KEY that ${value.privateKey.extractable ? 'can be taken out' : 'stays here'}`
      : JSON.stringify(value);
  const records = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await answer(indexedDB.open(name));
    for (const store of database.objectStoreNames)
      records.push(...(await answer(database.transaction(store).objectStore(store).getAll())).map(text));
    database.close();
  }
  return records;
}

test('no token and no code is in any storage, in an address or on the page', async (t) => {
  const visitor = await person(t, w, { popups: false });
  const { page, context } = visitor;
  const addresses = [];
  page.on('framenavigated', (frame) => addresses.push(frame.url()));
  await signInAtTenant(visitor);
  await sends(page, { amount: '1' });
  await onThePhone(visitor, 'approve');
  await seesDone(page);
  const { cookies, origins } = await context.storageState();
  const session = await page.evaluate(() => JSON.stringify({ ...sessionStorage }));
  const databases = await page.evaluate(keptInDatabases);
  const kept = JSON.stringify({
    own: cookies.filter(({ name }) => name.startsWith('auth0.')),
    origins,
    session,
    addresses,
    databases,
    page: await page.content(),
  });
  assert.doesNotMatch(kept, /eyJ[\w-]+\.eyJ[\w-]+/, 'a token');
  assert.doesNotMatch(kept, /dbc_/, 'an authorization code of the bank');
  const keys = databases.filter((record) => record.includes('PRIVATE KEY'));
  assert.deepEqual(keys, ['PRIVATE KEY that stays here'], 'the key that tokens are bound to, and no other');
});

test('nobody but the host, the API and the tenant is asked for anything', async (t) => {
  const visitor = await person(t, w);
  const asked = new Set();
  visitor.context.on('request', (request) => asked.add(new URL(request.url()).origin));
  await signInAtTenant(visitor);
  await sends(visitor.page, { amount: '1' });
  await onThePhone(visitor, 'approve');
  await seesDone(visitor.page);
  const { web, api, tenant } = visitor.stack;
  assert.deepEqual(
    [...asked].filter((origin) => ![web, api, tenant].includes(origin)),
    [],
  );
});
