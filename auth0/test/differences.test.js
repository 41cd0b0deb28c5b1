/** The list "Where it differs from Auth0" of README.md: each row is a difference that is still there. */

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { Actions, newFlow } from '../local/actions.js';
import { backChannelKeywords } from '../local/approvals-key.js';
import { dpopKeywords } from '../local/dpop-setting.js';
import { Journal } from '../local/journal.js';
import { detailsProblem } from '../local/guardian-details.js';
import { loadTenant } from '../local/tenant.js';
import { details } from './harness/approvals.js';
import { ALICE, BOB, Browser, FILES, newPkce, readCallback, startWorld } from './harness/world.js';
import { SECRET, transferText } from './harness/transfer.js';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const KEYWORDS = Object.fromEntries(
  [
    'WEB_ORIGIN',
    'API_URL',
    'TENANT_URL',
    'BRIDGE_CLIENT_ID',
    'BRIDGE_CLIENT_SECRET',
    'APPROVAL_SECRET',
    'APPROVAL_SECRET_PREVIOUS',
    'APPROVAL_BINDING',
  ].map((name) => [name, 'https://x.example']),
);
Object.assign(KEYWORDS, dpopKeywords('allowed'), backChannelKeywords());
const folder = mkdtempSync(path.join(tmpdir(), 'tenant-'));
let world;
before(async () => { world = await startWorld({ approvalSecret: SECRET }); });
after(async () => {
  await world.stop();
  rmSync(folder, { recursive: true });
});

const code = (extra) => ({ response_type: 'code', scope: 'openid', ...newPkce().parameters, ...extra });
const funds = (extra) => code({ scope: 'openid transfer:funds', ...extra });
const error = async (parameters) => readCallback((await new Browser().go(world.authorizeUrl(parameters))).url).error;

/** What loading tenant.yaml with this change says. */
function refusal(from, to) {
  const yaml = readFileSync(FILES.tenant, 'utf8');
  assert.ok(yaml.includes(from));
  cpSync(path.join(path.dirname(FILES.tenant), 'actions'), path.join(folder, 'actions'), { recursive: true });
  writeFileSync(path.join(folder, 'tenant.yaml'), yaml.replace(from, to));
  try {
    loadTenant(path.join(folder, 'tenant.yaml'), KEYWORDS);
    return undefined;
  } catch (problem) {
    return problem.message;
  }
}

/** How a login ends in which one Action does this. */
function outcomeOf(body) {
  const action = {
    name: 'one',
    file: '/one.js',
    secrets: [],
    code: `exports.onExecutePostLogin = async (event, api) => { ${body} };`,
  };
  const tenant = { actions: [action], triggers: { 'post-login': [{ action_name: 'one' }] }, guardianFactors: [] };
  return new Actions(tenant, new Journal(() => undefined)).run(newFlow([]), () => ({}));
}

const DIFFERENCES = {
  'What tenant.yaml says and this tenant cannot do is refused at the start': () => {
    assert.match(refusal('guardianPolicies:', 'roles: []\nguardianPolicies:'), /roles: unknown/);
  },
  'A method of `api` that is not modelled ends the login, by name': async () => {
    assert.equal((await outcomeOf("api.multifactor.enable('any')")).state, 'denied');
  },
  'An Action that throws ends the login with access_denied': async () => {
    assert.deepEqual(await outcomeOf('throw new Error()'), {
      state: 'denied',
      reason: 'The Action one failed, so this login was stopped.',
    });
  },
  'Wrong passwords lock nobody out': async () => {
    const browser = new Browser();
    const page = await browser.go(world.authorizeUrl(code()));
    for (let times = 0; times < 12; times += 1) await browser.submit(page.url, { ...BOB, password: 'guess' });
    assert.ok(readCallback((await browser.submit(page.url, BOB)).url).code);
  },
  'A user has no place and the tenant an invented name': async () => {
    const { postLoginEvent } = await import('../local/event.js');
    const event = postLoginEvent(
      {
        client: {},
        user: { email: 'a@b' },
        database: {},
        request: {},
        transaction: { protocol: 'x' },
        methods: [],
      },
      newFlow([]),
    );
    assert.deepEqual(
      [event.request.geoip, event.tenant.id, event.connection.id],
      [{}, 'drawbridge-local', 'con_local'],
    );
  },
  'The phone shows the transfer': async () => {
    const browser = new Browser();
    const page = await world.authorize(browser, funds({ 'ext-transfer': transferText({ subs: [ALICE.sub] }) }));
    assert.equal((await world.challenges())[0].transfer.amount, '10.00');
    await world.answerPush(browser, page);
  },
  'A newer push takes the place of the one that waits': async () => {
    const browser = new Browser();
    await world.authorize(browser, funds());
    const [first] = await world.challenges();
    const page = await browser.go(world.authorizeUrl(funds()));
    assert.equal((await world.decide(first.id, 'approve')).status, 410);
    await world.answerPush(browser, page);
  },
  'Sessions, refresh tokens and app_metadata end with the process': async () => {
    const data = path.join(folder, 'data');
    const before = await startWorld({ data });
    const { refresh_token: token } = await before.codeFlow(new Browser(), { scope: 'openid offline_access' });
    await before.stop();
    const again = await startWorld({ data });
    const answer = await again.refresh(token);
    await again.stop();
    assert.equal(answer.error, 'invalid_grant');
  },
  'PKCE is asked for, by S256 alone': async () => {
    assert.equal(await error({ response_type: 'code', scope: 'openid' }), 'invalid_request');
    assert.equal(await error(code({ code_challenge_method: 'plain' })), 'invalid_request');
  },
  'A redirect_uri is asked for': async () => {
    const url = new URL(world.authorizeUrl(code()));
    url.searchParams.delete('redirect_uri');
    assert.equal((await new Browser().go(url.href)).response.status, 400);
  },
  'No address has a wildcard': () => {
    assert.match(
      refusal('web_origins: ["##WEB_ORIGIN##"]', 'web_origins: ["https://*.example.com"]'),
      /web_origins\[0\]: .* is not one URL, without \*/,
    );
  },
  'Consent is asked for by prompt=consent alone': async () => {
    assert.ok(readCallback((await world.authorize(new Browser(), code())).url).code);
    assert.match((await world.authorize(new Browser(), code({ prompt: 'consent' }))).url, /\/u\/consent\//);
  },
  'Signatures are RS256, clients have a secret, a key or none': async () => {
    assert.match(refusal('signing_alg: RS256', 'signing_alg: PS256'), /signing_alg/);
    assert.match(
      refusal('token_endpoint_auth_method: client_secret_post', 'token_endpoint_auth_method: client_secret_jwt'),
      /auth_method/,
    );
  },
  'There is no PAR, device flow, password grant or token exchange': async () => {
    for (const route of ['oauth/par', 'oauth/device/code']) {
      assert.equal((await fetch(world.url(route), { method: 'POST' })).status, 404, route);
    }
    for (const grant of ['password', 'urn:ietf:params:oauth:grant-type:token-exchange']) {
      assert.match(refusal('[client_credentials]', `["${grant}"]`), /grant_types/);
    }
  },
  'An approval by the back channel is refused unless the Guardian app can display it': async () => {
    const shown = details();
    const [{ properties }] = details();
    assert.equal(detailsProblem(JSON.stringify(shown)), undefined);
    assert.match(detailsProblem(JSON.stringify([...shown, ...shown])), /more than one object/);
    const hidden = [{ ...shown[0], properties: { key: properties.key } }];
    assert.match(detailsProblem(JSON.stringify(hidden)), /displays nothing/);
  },
  'A page elsewhere reads nothing, not even the keys': async () => {
    const response = await fetch(world.url('.well-known/jwks.json'), {
      headers: { origin: 'https://elsewhere.example' },
    });
    assert.equal(response.status, 403);
  },
  'A session belongs to who logged in': async () => {
    const page = await new Browser().go(world.authorizeUrl(code({ session_transfer_token: 'x' })));
    assert.match(page.url, /\/u\/login\//);
  },
  'Cookies are this tenant\'s own, and SameSite=Lax': async () => {
    const browser = new Browser();
    const response = await browser.fetch(world.authorizeUrl(code()));
    const cookies = response.headers.getSetCookie();
    assert.ok(
      cookies.length > 0 && cookies.every((cookie) => /^drawbridge_/.test(cookie) && /samesite=lax/i.test(cookie)),
      cookies.join(),
    );
  },
};

describe('this tenant and Auth0 differ:', () => {
  for (const [title, stillThere] of Object.entries(DIFFERENCES)) it(title, stillThere);

  it('in what README.md lists, and in nothing else that is known', () => {
    const [, list] = README.split('## Where it differs from Auth0');
    const [, lines] = list.split('```');
    const rows = [...lines.matchAll(/^(\S.+?) {2,}\S/gm)].map(([, here]) => here).filter((here) => here !== 'Here');
    assert.deepEqual(rows, Object.keys(DIFFERENCES));
  });
});
