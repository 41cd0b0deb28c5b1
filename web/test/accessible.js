// axe-core in the page, by the rules of WCAG 2.2 A and AA and axe's own best practices.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

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
