/** TENANT.md speaks of every setting in tenant.yaml, of no other, and of the scopes that a deployment needs. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';

import { load } from 'js-yaml';

import { KEYWORDS, TENANT } from '../bank.js';
import { ROUTES } from '../fake/routes.js';
import { settingsOf } from '../settings.js';

const page = readFileSync(path.join(path.dirname(TENANT), 'TENANT.md'), 'utf8');

it('TENANT.md explains each setting of tenant.yaml and no other', () => {
  const explained = [...page.matchAll(/^- `([a-z][\w.[\]-]+\.[\w.[\]-]+)`:/gim)].map(([, setting]) => setting);
  const text = readFileSync(TENANT, 'utf8').replace(/##(\w+)##/g, (mark, name) => KEYWORDS[name] ?? mark);
  assert.deepEqual(explained.sort(), [...settingsOf(load(text))].sort());
});

it('TENANT.md lists the scopes of the Management API that a deployment calls for', () => {
  const [, listed] = /<!-- scopes -->\n+```\n([\s\S]*?)```/.exec(page);
  // A connection's options have scopes of their own beside those of the connection.
  const needed = new Set([
    ...ROUTES.map(({ scope }) => scope),
    'read:connections_options',
    'update:connections_options',
  ]);
  assert.deepEqual(listed.split(/\s+/).filter(Boolean).sort(), [...needed].sort());
});
