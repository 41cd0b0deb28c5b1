// How a page looks: a photograph of it in web/screenshots, whether it keeps within its width, and whether it is
// accessible, by axe-core's rules of WCAG 2.2 A and AA and its own best practices.

import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const screenshots = path.resolve(import.meta.dirname, '../screenshots');
await mkdir(screenshots, { recursive: true });
const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Fails with each violation and the elements that it is about. */
export async function isAccessible(page, name) {
  await page.evaluate(source); // through the debugger, which no Content-Security-Policy holds back
  const { violations, passes } = await page.evaluate(
    (values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values } }),
    tags,
  );
  const found = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n  ${nodes.map(({ target, failureSummary }) => `${target}\n    ${failureSummary}`).join('\n  ')}`,
  );
  assert.equal(found.join('\n'), '', `accessibility of ${name}`);
  assert.ok(passes.length > 10, `axe looked at ${name}`);
}

export const narrow = { viewport: { width: 360, height: 740 }, reducedMotion: 'reduce' };

export async function photograph(page, name, options = { fullPage: true }) {
  await page.screenshot({ path: path.join(screenshots, `${name}.png`), ...options });
}

export async function fits(page, name) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${name} is ${overflow} px wider than its window`);
}

export async function inspect(page, name) {
  await photograph(page, name);
  await fits(page, name);
  await isAccessible(page, name);
}
