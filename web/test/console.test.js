import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { isAccessible } from './accessible.js';
import { onThePhone, person, seesDone, sends, signInAtTenant, watch, world } from './world.js';

const w = world();
const screenshots = path.resolve(import.meta.dirname, '../screenshots');
await mkdir(screenshots, { recursive: true });

const card = (page, path, status) => page.locator('#request-list > li', { has: page.locator('.path', { hasText: path }) }).filter({ has: page.locator('header strong', { hasText: status }) });

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
  assert.match(await paid.locator('.place').nth(1).innerText(), /allowed · verified/);
  assert.match(await paid.locator('.place').nth(2).innerText(), /TransactWriteItems[^]*UpdateItem AccountsTable\s×\s2/);
  const granted = page.locator('#run-list .run', { hasText: 'api.accessToken.setCustomClaim(https://my-banking-api/mfa_at' }).first();
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
  const token = `${segment({ alg: markup })}.${segment({ sub: markup, scope: '</dd><script>alert(1)</script>' })}.c2lnbmF0dXJl`;
  await fetch(`${visitor.stack.api}/balance`, { headers: { authorization: `Bearer ${token}` } });
  const denied = page.locator('#request-list > li', { hasText: 'denied' }).first();
  await denied.locator('summary').click();
  assert.ok((await denied.locator('.more').innerText()).includes(markup));
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
  await fetch(`${visitor.stack.api}/nowhere`);
  await page.waitForTimeout(300);
  assert.equal(await count(), before);
  await page.getByRole('button', { name: 'Pause' }).click();
  await card(page, '/nowhere', '403').first().waitFor();
  await page.getByLabel('Filter').fill('nowhere 403');
  await page.waitForFunction(() => [...document.querySelectorAll('#request-list .path')].every((element) => element.textContent === '/nowhere'));
  await page.reload();
  await card(page, '/nowhere', '403').first().waitFor();
  assert.equal(await count(), before + 1);
});

for (const colorScheme of ['light', 'dark']) {
  for (const [width, height] of [[360, 740], [1280, 900]]) {
    test(`the console, ${colorScheme}, ${width} px`, async (t) => {
      const visitor = await person(t, w, { colorScheme, viewport: { width, height }, reducedMotion: 'reduce' });
      const { page } = await atTheConsole(visitor);
      await pays(visitor);
      await fetch(`${visitor.stack.api}/balance`, { headers: { authorization: 'Bearer a.b.c' } });
      await card(page, '/transfer', '201').first().locator('summary').click();
      await page.locator('#run-list .run', { hasText: 'step-up-guard' }).first().waitFor();
      await page.evaluate(() => scrollTo(0, 0));
      await page.setViewportSize({ width, height: 1600 }); // of two hundred requests the top is enough
      await page.screenshot({ path: path.join(screenshots, `console-${colorScheme}-${width}.png`) });
      await page.getByLabel('Filter').fill('transfer'); // cards are alike: axe need not look at all of them
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${overflow} px wider than its window`);
      await isAccessible(page, `the console, ${colorScheme}, ${width} px`);
    });
  }
}
