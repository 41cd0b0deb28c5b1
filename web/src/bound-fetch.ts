// Requests with an access token that is bound to a key of this browser (DPoP, RFC 9449): each carries a fresh proof,
// made by the SDK's fetcher with the key that it keeps in IndexedDB and cannot take out of there. The API wants its
// own nonce in each proof and sends the next one with every answer; the fetcher asks once more where one is too old.

import type { Auth0Client } from '@auth0/auth0-spa-js';
import { Refusal } from './problem.ts';

// Under which the SDK keeps the API's nonce, beside the tenant's.
const nonces = 'bank';

/** What sends a request with a bound token, as fetch does. */
export type BoundFetch = (token: string, url: string, init: RequestInit) => Promise<Response>;

/** Throws a Refusal if no proof can be made: then nothing was sent. */
export function boundFetch(client: Pick<Auth0Client, 'createFetcher'>): BoundFetch {
  return async (token, url, init) => {
    const last: { left: boolean; answer: Response | undefined } = { left: false, answer: undefined };
    const fetcher = client.createFetcher({
      dpopNonceId: nonces,
      getAccessToken: async () => token,
      fetch: async (request) => {
        last.left = true;
        last.answer = undefined;
        return (last.answer = await fetch(request));
      },
    });
    try {
      return await fetcher.fetchWithAuth(url, init);
    } catch (error) {
      // The API said no to the second nonce too, or the next nonce could not be kept: what it answered stands.
      if (last.answer !== undefined) return last.answer;
      if (last.left) throw error;
      throw new Refusal('page_error', 0, { reason: String(error) }, { from: 'page', cause: error });
    }
  };
}
