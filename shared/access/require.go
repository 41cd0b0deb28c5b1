package access

import (
	"slices"
	"time"
)

// futureSkew is how far ahead of our clock the issuer's may put the moment of the second factor.
const futureSkew = time.Minute

// Unexpired returns nil if p has not expired, else a [*Challenge].
func (p Principal) Unexpired(now time.Time) error {
	if !now.Before(p.ExpiresAt) {
		return InvalidToken("The token has expired")
	}
	return nil
}

// Require returns nil if p has not expired and carries scope, else a [*Challenge].
func (p Principal) Require(now time.Time, scope string) error {
	if err := p.Unexpired(now); err != nil {
		return err
	}
	if !slices.Contains(p.Scopes, scope) {
		return InsufficientScope(scope)
	}
	return nil
}

// RequireKind returns nil if p showed one of kinds, else a [*Challenge] for scope: the caller has to ask for another
// token.
func (p Principal) RequireKind(scope string, kinds ...Kind) error {
	if !slices.Contains(kinds, p.Kind) {
		return InsufficientScope(scope)
	}
	return nil
}

// RequireApproval is [Principal.Require], and there must be an approval that was given at most maxAge ago.
func (p Principal) RequireApproval(now time.Time, scope string, maxAge time.Duration) error {
	if err := p.Require(now, scope); err != nil {
		return err
	}
	if p.ApprovalID == "" || p.MFAAt.IsZero() || p.MFAAt.After(now.Add(futureSkew)) || now.Sub(p.MFAAt) > maxAge {
		return insufficientUserAuthentication("A recent second factor is required", scope, maxAge)
	}
	return nil
}
