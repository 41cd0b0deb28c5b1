package token

import "context"

// Archive keeps the last good key set outside of the process, for processes that start while the issuer is down.
//
// The KeyStore uses what Load returns only while the issuer does not answer, only until it is 24 hours old, and only
// after the same checks as an answer. An attacker who makes Load return a key can sign tokens in such a moment: an
// Archive has to know that an authorizer saved what it loads.
type Archive interface {
	// Load returns the key set that was saved last, or an error if there is none to be trusted.
	Load(ctx context.Context) (KeySet, error)
	// Save keeps a key set that the issuer gave just now. It never replaces a newer one.
	Save(ctx context.Context, set KeySet) error
}
