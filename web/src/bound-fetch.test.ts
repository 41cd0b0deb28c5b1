import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Auth0Client } from '@auth0/auth0-spa-js';
import { boundFetch } from './bound-fetch.ts';
import { Refusal } from './problem.ts';

type Keys = Pick<Auth0Client, 'getDpopNonce' | 'setDpopNonce' | 'generateDpopProof'>;

const { fetch: realFetch } = globalThis;
afterEach(() => void (globalThis.fetch = realFetch));

/** The SDK's own fetcher, over a key that says which nonce it signed, and an API that answers in turn. */
function world(answers: (Response | Error)[], broken: Partial<Keys> = {}) {
  const requests: Request[] = [];
  let nonce: string | undefined;
  const client = {
    getDpopNonce: async () => nonce,
    setDpopNonce: async (next: string) => void (nonce = next),
    generateDpopProof: async ({ method, url, nonce: signed = 'none' }) => `${method} ${url} ${signed}`,
    ...broken,
  } satisfies Keys as unknown as Auth0Client;
  globalThis.fetch = (async (request: Request) => {
    requests.push(request);
    const answer = answers.shift()!;
    if (answer instanceof Error) throw answer;
    return answer;
  }) as typeof fetch;
  const send = boundFetch({
    createFetcher: (config) => Auth0Client.prototype.createFetcher.call(client, config) as never,
  });
  const url = 'https://api.example/transfer';
  const headers = { 'Idempotency-Key': 'k' };
  return { requests, send: () => send('token', url, { method: 'POST', headers, body: '{}', redirect: 'error' }) };
}

const wantsNonce = (nonce: string) =>
  new Response('{"error":"use_dpop_nonce"}', {
    status: 401,
    headers: { 'WWW-Authenticate': 'DPoP error="use_dpop_nonce", algs="ES256"', 'DPoP-Nonce': nonce },
  });
const booked = () => new Response('{}', { status: 201, headers: { 'DPoP-Nonce': 'n2' } });

test('a request that is asked for a nonce is sent once more, whole, with that nonce', async () => {
  const { requests, send } = world([wantsNonce('n1'), booked()]);
  assert.equal((await send()).status, 201);
  const sent = requests.map(({ headers, redirect }) => [
    headers.get('authorization'), headers.get('dpop'), headers.get('idempotency-key'), redirect,
  ]);
  assert.deepEqual(sent, [
    ['DPoP token', 'POST https://api.example/transfer none', 'k', 'error'],
    ['DPoP token', 'POST https://api.example/transfer n1', 'k', 'error'],
  ]);
  assert.equal(await requests[1]!.text(), '{}');
});

test('a second no to the nonce is an answer', async () => {
  const { requests, send } = world([wantsNonce('n1'), wantsNonce('n2')]);
  assert.equal((await send()).status, 401);
  assert.equal(requests.length, 2);
});

test('where no proof can be made nothing was sent, and the refusal says so', async () => {
  const generateDpopProof = () => Promise.reject(new DOMException('no key', 'InvalidStateError'));
  const { requests, send } = world([booked()], { generateDpopProof });
  await assert.rejects(send(), (error) => error instanceof Refusal && !error.outcomeUnknown);
  assert.equal(requests.length, 0);
});

test('what the API answered stands, also where its next nonce cannot be kept', async () => {
  const setDpopNonce = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
  assert.equal((await world([booked()], { setDpopNonce }).send()).status, 201);
});

test('a second request without an answer is not told as the first one’s', async () => {
  await assert.rejects(world([wantsNonce('n1'), new TypeError('Failed to fetch')]).send(), TypeError);
});
