package access

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// MultiFactor is the authentication context class that Auth0 names for a login with a second factor.
const MultiFactor = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"

// Realm is the realm of every challenge; template.yaml's GatewayResponses carry it too.
const Realm = "drawbridge"

// Scheme is an authentication scheme that the API takes a token by.
type Scheme string

const (
	Bearer Scheme = "Bearer" // RFC 6750
	DPoP   Scheme = "DPoP"   // RFC 9449: the token is bound to a key, and a proof comes with it
)

// ProofAlgorithm is the one that a DPoP proof is signed by.
const ProofAlgorithm = "ES256"

// The error codes of RFC 6750 section 3.1, RFC 9449 section 7.1 and RFC 9470 section 3, and two of ours for kinds of
// the last.
const (
	CodeInvalidToken                   = "invalid_token"
	CodeInvalidProof                   = "invalid_dpop_proof"
	CodeUseNonce                       = "use_dpop_nonce"
	CodeInsufficientScope              = "insufficient_scope"
	CodeInsufficientUserAuthentication = "insufficient_user_authentication"

	CodeApprovalMismatch = "approval_mismatch"  // the approval is for another transfer
	CodeApprovalNotBound = "approval_not_bound" // the approval is for no transfer in particular
)

// Challenge is an error that says which credential would be accepted. It becomes the WWW-Authenticate header and,
// because a REST API renames that header, members of the problem body.
type Challenge struct {
	Code        string // one of the Code constants
	Description string // for the developer; ASCII without quotes or backslashes (RFC 6750 section 3)
	Scope       string // what to ask for
	ACRValues   string // what authentication to ask for (RFC 9470); empty if any will do
	MaxAge      time.Duration
	Transfer    string // the transfer text to ask for an approval with (package approval); empty if there is none
}

// InvalidToken challenges a caller whose token is expired, malformed or not ours: 401.
func InvalidToken(description string) *Challenge {
	return &Challenge{Code: CodeInvalidToken, Description: description}
}

// ProofUsed challenges a caller whose DPoP proof has already paid for another transfer: 401.
func ProofUsed() *Challenge {
	return &Challenge{Code: CodeInvalidProof, Description: "This proof has already been used for a transfer"}
}

// InsufficientScope challenges a caller whose token lacks scope: 403.
func InsufficientScope(scope string) *Challenge {
	return &Challenge{
		Code: CodeInsufficientScope, Description: "The token lacks the scope that this route needs", Scope: scope,
	}
}

// ApprovalUsed challenges a caller whose approval has already paid for another transfer: 401.
func ApprovalUsed(maxAge time.Duration) *Challenge {
	return insufficientUserAuthentication("This approval has already been used for a transfer", ScopeTransferFunds,
		maxAge)
}

// ApprovalMismatch challenges a caller whose approval is for another transfer than the one that is asked for: 401.
func ApprovalMismatch(maxAge time.Duration) *Challenge {
	c := insufficientUserAuthentication("This approval is for another transfer", ScopeTransferFunds, maxAge)
	c.Code = CodeApprovalMismatch
	return c
}

// ApprovalNotBound challenges a caller whose approval names no transfer, where it has to: 401.
func ApprovalNotBound(maxAge time.Duration) *Challenge {
	c := insufficientUserAuthentication("This approval names no transfer", ScopeTransferFunds, maxAge)
	c.Code = CodeApprovalNotBound
	return c
}

func insufficientUserAuthentication(description, scope string, maxAge time.Duration) *Challenge {
	return &Challenge{
		Code: CodeInsufficientUserAuthentication, Description: description,
		Scope: scope, ACRValues: MultiFactor, MaxAge: maxAge,
	}
}

// Status is the HTTP status that goes with the code: 403 for a scope, 401 for everything that a new login cures.
func (c *Challenge) Status() int {
	if c.Code == CodeInsufficientScope {
		return http.StatusForbidden
	}
	return http.StatusUnauthorized
}

// registered is the code that the RFCs have for the challenge.
func (c *Challenge) registered() string {
	if c.Code == CodeApprovalMismatch || c.Code == CodeApprovalNotBound {
		return CodeInsufficientUserAuthentication
	}
	return c.Code
}

func (c *Challenge) Error() string {
	return c.Code + ": " + c.Description
}

// Header is the value of WWW-Authenticate, in the scheme that the token came in: each parameter once, all quoted,
// max_age in whole seconds.
func (c *Challenge) Header(scheme Scheme) string {
	var b strings.Builder
	b.WriteString(string(scheme) + ` realm="` + Realm + `"`)
	for _, parameter := range c.parameters() {
		b.WriteString(`, ` + parameter.name + `="` + parameter.value + `"`)
	}
	if scheme == DPoP {
		b.WriteString(`, algs="` + ProofAlgorithm + `"`)
	}
	return b.String()
}

// Members are the same parameters as members of a problem body; max_age is a number there.
func (c *Challenge) Members() map[string]any {
	members := make(map[string]any)
	for _, parameter := range c.parameters() {
		members[parameter.name] = parameter.value
	}
	if c.MaxAge > 0 {
		members["max_age"] = int64(c.MaxAge / time.Second)
	}
	return members
}

type parameter struct{ name, value string }

func (c *Challenge) parameters() []parameter {
	list := []parameter{{"error", c.registered()}, {"error_description", c.Description}}
	if c.Scope != "" {
		list = append(list, parameter{"scope", c.Scope})
	}
	if c.ACRValues != "" {
		list = append(list, parameter{"acr_values", c.ACRValues})
	}
	if c.MaxAge > 0 {
		list = append(list, parameter{"max_age", strconv.FormatInt(int64(c.MaxAge/time.Second), 10)})
	}
	if c.Transfer != "" {
		list = append(list, parameter{"transfer", c.Transfer})
	}
	return list
}
