package token

import "context"

// Archive keeps the last good key set outside of the process, for processes that start while the issuer is down.
//
// What Load returns is used only when the issuer's own answer cannot be had, only while it is younger than the
// staleness cap, and only after the same checks as that answer. But whoever can make Load return a key of his own can,
// in such a moment, sign tokens: an Archive has to know that what it loads is what some authorizer saved.
type Archive interface {
	// Load returns the key set that was saved last, or an error if there is none or it cannot be trusted.
	Load(ctx context.Context) (KeySet, error)
	// Save keeps a key set that the issuer gave just now. An older one never replaces a newer one.
	Save(ctx context.Context, set KeySet) error
}
