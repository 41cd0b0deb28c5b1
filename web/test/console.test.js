import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { fits, isAccessible, photograph } from './look.js';
import { onThePhone, person, seesDone, sends, signInAtTenant, watch, world } from './world.js';

const w = world();

const card = (page, path, status) =>
  page
    .locator('#request-list > li', { has: page.locator('.path', { hasText: path }) })
    .filter({ has: page.locator('header strong', { hasText: status }) });

/** The console in a page of its own beside the visitor's. */
async function atTheConsole({ context, stack }) {
  const page = await context.newPage();
  const errors = [];
  watch(page, errors);
  await page.goto(`${stack.api}/_drawbridge`);
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  return { page, errors };
}

/** Signs in, and sends money: refused, approved, accepted. */
async function pays(visitor) {
  await signInAtTenant(visitor);
  await sends(visitor.page, { amount: '1' });
  await onThePhone(visitor, 'approve');
  await seesDone(visitor.page);
}

test('a transfer is seen to be refused, and then to pay, while one watches', async (t) => {
  const visitor = await person(t, w);
  const { page, errors } = await atTheConsole(visitor);
  await pays(visitor);

  const refused = card(page, '/transfer', '403').first();
  await refused.locator('.decision', { hasText: 'insufficient_scope' }).waitFor();
  const paid = card(page, '/transfer', '201').first();
  await paid.waitFor();
  assert.deepEqual(await paid.locator('.sequence h4').allInnerTexts(), ['Gateway', 'Authorizer', 'Function', 'Answer']);
  const decided = await paid.locator('.place').nth(1).innerText();
  assert.match(decided, /allowed · verified[^]*approval \S+ at \d\d:\d\d:\d\d: /);
  assert.match(await paid.locator('.place').nth(2).innerText(), /TransactWriteItems[^]*UpdateItem AccountsTable\s×\s2/);
  const granted = page
    .locator('#run-list .run', { hasText: 'api.accessToken.setCustomClaim(https://my-banking-api/mfa_at' })
    .first();
  await granted.waitFor();
  await page.locator('#run-list .run', { hasText: 'api.authentication.challengeWith' }).first().waitFor();
  assert.deepEqual(errors, []);
});

test('a token is opened by the keyboard, and stays open while its request goes on', async (t) => {
  const visitor = await person(t, w);
  const { page } = await atTheConsole(visitor);
  await pays(visitor);
  const paid = card(page, '/transfer', '201').first();
  await page.bringToFront();
  await paid.locator('summary').focus();
  await page.keyboard.press('Enter');
  await paid.locator('.more').waitFor();
  const text = await paid.locator('.more').innerText();
  assert.match(text, /alg\s+RS256/);
  assert.match(text, /scope\s+openid transfer:funds/);
  await fetch(`${visitor.stack.api}/balance`);
  await card(page, '/balance', '401').first().waitFor();
  assert.ok(await paid.locator('.more').isVisible());
  assert.ok(await paid.locator('summary').evaluate((element) => element === document.activeElement));
});

test('what a client sends is text, whatever it is', async (t) => {
  const visitor = await person(t, w);
  const { page, errors } = await atTheConsole(visitor);
  const segment = (object) => Buffer.from(JSON.stringify(object)).toString('base64url');
  const markup = '<img src=x onerror=alert(1)>';
  const claims = { sub: markup, scope: '</dd><script>alert(1)</script>' };
  const token = `${segment({ alg: markup })}.${segment(claims)}.c2lnbmF0dXJl`;
  await fetch(`${visitor.stack.api}/transfers`, { headers: { authorization: `Bearer ${token}` } });
  const denied = card(page, '/transfers', '401').filter({ hasText: 'denied' }).first();
  await denied.locator('summary').click();
  await denied.locator('.more', { hasText: markup }).waitFor();
  assert.equal(await page.locator('#request-list img, #request-list script').count(), 0);
  assert.deepEqual(errors, []);
});

test('a paused console stands still, a filter finds, and a reload shows the same', async (t) => {
  const visitor = await person(t, w);
  const { page } = await atTheConsole(visitor);
  await fetch(`${visitor.stack.api}/balance`);
  await card(page, '/balance', '401').first().waitFor();
  const count = () => page.locator('#request-list > li').count();
  await page.getByRole('button', { name: 'Pause' }).click();
  const before = await count();
  const other = await atTheConsole(visitor);
  await fetch(`${visitor.stack.api}/nowhere`);
  await card(other.page, '/nowhere', '403').first().waitFor();
  assert.equal(await count(), before);
  await page.getByRole('button', { name: 'Pause' }).click();
  await card(page, '/nowhere', '403').first().waitFor();
  await page.getByLabel('Filter').fill('nowhere 403');
  await page.waitForFunction(() =>
    [...document.querySelectorAll('#request-list .path')].every((element) => element.textContent === '/nowhere'),
  );
  await page.reload();
  await card(page, '/nowhere', '403').first().waitFor();
  assert.equal(await count(), before + 1);
});

/** What a script of any web page may try at a port of this machine, and whether something came of it. */
async function tries(port) {
  const base = `http://localhost:${port}`;
  const scan = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'DynamoDB_20120810.Scan',
    authorization:
      'AWS4-HMAC-SHA256 Credential=a/20261122/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  };
  const read = (path, options) =>
    fetch(base + path, options)
      .then((response) => response.text())
      .then(
        () => true,
        () => false,
      );
  const element = (tag, path) =>
    new Promise((resolve) => {
      const made = Object.assign(document.createElement(tag), {
        onload: () => resolve(true),
        onerror: () => resolve(false),
        src: base + path,
      });
      document.body.append(made);
    });
  return {
    'reads its page': await read('/'),
    'reads the keys': await read('/.well-known/jwks.json'),
    'reads the table of customers': await read('/', {
      method: 'POST',
      headers: scan,
      body: '{"TableName":"CustomersTable"}',
    }),
    'invokes a function': await read('/2015-03-31/functions/AdminFunction/invocations', {
      method: 'POST',
      headers: scan,
      body: '{}',
    }),
    'logs in': await read('/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }),
    'sends what needs no preflight': await read('/login', {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{}',
    }),
    'loads an image': await element('img', '/_drawbridge/icon.svg'),
    'runs a script': await element('script', '/_drawbridge/console.js'),
    'follows the events': await new Promise((resolve) => {
      const source = new EventSource(`${base}/_drawbridge/events`);
      for (const [event, came] of [
        ['open', true],
        ['error', false],
      ])
        source.addEventListener(event, () => resolve(source.close() ?? came));
    }),
  };
}

test('a page of another origin, or under another name, gets nothing of any port', async (t) => {
  const { page, stack } = await person(t, w);
  const foreign = createServer((request, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html><body>'),
  ).listen(0, '127.0.0.1');
  await once(foreign, 'listening');
  t.after(() => foreign.close());
  const ports = [stack.api, stack.tenant, stack.web].map((origin) => Number(new URL(origin).port));
  ports.push(ports[2] + 1); // the tables'
  for (const port of ports) {
    await page.goto(`http://127.0.0.1:${foreign.address().port}/`);
    for (const [what, came] of Object.entries(await page.evaluate(tries, port)))
      assert.ok(!came, `at ${port} it ${what}`);
    // Chromium takes every name under localhost for this machine, as it would a name that an attacker rebinds.
    assert.equal((await page.goto(`http://bank.localhost:${port}/`)).status(), 421);
  }
  await page.goto(stack.web);
  const answered = await page.evaluate(
    (api) =>
      fetch(`${api}/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }).then(
        ({ status }) => status,
      ),
    stack.api,
  );
  assert.equal(answered, 400, 'the web app is answered: a try can succeed');
});

for (const colorScheme of ['light', 'dark']) {
  for (const [width, height] of [
    [360, 740],
    [1280, 900],
  ]) {
    test(`the console, ${colorScheme}, ${width} px`, async (t) => {
      const visitor = await person(t, w, { colorScheme, viewport: { width, height }, reducedMotion: 'reduce' });
      const { page } = await atTheConsole(visitor);
      await pays(visitor);
      await fetch(`${visitor.stack.api}/balance`, { headers: { authorization: 'Bearer a.b.c' } });
      await card(page, '/transfer', '201').first().locator('summary').click();
      await page.locator('#run-list .run', { hasText: 'step-up-guard' }).first().waitFor();
      await page.evaluate(() => scrollTo(0, 0));
      await page.setViewportSize({ width, height: 1600 }); // of two hundred requests the top is enough
      await photograph(page, `console-${colorScheme}-${width}`, {});
      await page.getByLabel('Filter').fill('transfer'); // cards are alike: axe need not look at all of them
      await fits(page, 'the console');
      await isAccessible(page, `the console, ${colorScheme}, ${width} px`);
    });
  }
}
