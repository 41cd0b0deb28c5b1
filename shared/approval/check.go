package approval

import (
	"time"

	"drawbridge/shared/access"
)

// Binding says whether an approval has to name its transfer. One that names a transfer pays for no other, whatever the
// binding is.
type Binding string

const (
	Required Binding = "required"
	Optional Binding = "optional" // so that an app may ask Auth0 for the scope alone; the approval then pays for anything
)

// Check returns nil if the principal has an approval, at most maxAge old, that pays for the wanted transfer; else an
// [access.Challenge]. Whether the approval has paid before, only the transaction of the transfer can tell.
func Check(p access.Principal, wanted Transfer, binding Binding, maxAge time.Duration, now time.Time) error {
	if err := p.RequireKind(access.ScopeTransferFunds, access.KindUser); err != nil { // an approval is Auth0's to give
		return err
	}
	if err := p.RequireApproval(now, access.ScopeTransferFunds, maxAge); err != nil {
		return err
	}
	if p.Transfer == "" {
		if binding != Optional {
			return access.ApprovalNotBound(maxAge)
		}
		return nil
	}
	if approved, err := Parse(p.Transfer); err != nil || approved != wanted {
		return access.ApprovalMismatch(maxAge)
	}
	return nil
}
