/**
 * The template's parameter Dpop, as tenant.yaml has it: whether tokens of the banking API are bound to the key of the
 * app that asked for them (RFC 9449). Machines keep Bearer tokens.
 *
 *   off       no token is bound
 *   allowed   bound if the app proves a key
 *   required  a public client gets none without a proof, and no token comes through the address bar: none can be bound
 *
 * https://auth0.com/docs/secure/sender-constraining/configure-sender-constraining
 */

const KEYWORDS = {
  off: { PROOF_OF_POSSESSION: '', IMPLICIT: 'implicit, ' },
  allowed: { PROOF_OF_POSSESSION: 'proof_of_possession: {mechanism: dpop, required: false}', IMPLICIT: 'implicit, ' },
  required: {
    PROOF_OF_POSSESSION: 'proof_of_possession: {mechanism: dpop, required: true, required_for: public_clients}',
    IMPLICIT: '',
  },
};

export const DPOP = /^(off|allowed|required)$/;

/**
 * @param {string} dpop  what DPOP matches
 * @returns {{PROOF_OF_POSSESSION: string, IMPLICIT: string}} keywords of tenant.yaml
 */
export function dpopKeywords(dpop) {
  return KEYWORDS[dpop];
}
