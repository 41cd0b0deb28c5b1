package access_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/testkit"
)

var now = time.Unix(1_800_000_000, 0)

const maxAge = 5 * time.Minute

func stepUp() access.Principal {
	return access.Principal{
		Kind: access.KindUser, Issuer: "https://tenant.example/", Tenant: "main",
		Subject: "auth0|alice", ClientID: "web", TokenID: "token-1",
		Scopes: []string{access.ScopeViewBalance, access.ScopeTransferFunds}, ExpiresAt: now.Add(time.Minute),
		MFAAt:      now.Add(-time.Minute),
		ApprovalID: "approval-0123456789abcdef", Transfer: "1000000001-01 1000000002-01 10.00 EUR rent",
	}
}

// contextOf is the context as API Gateway hands it to a function.
func contextOf(t *testing.T, p access.Principal) (context map[string]string) {
	t.Helper()
	text, err := json.Marshal(p.Context())
	testkit.Must(t, err)
	testkit.Must(t, json.Unmarshal(text, &context))
	return context
}

func TestAPrincipalSurvivesTheAuthorizerContext(t *testing.T) {
	session := access.Principal{
		Kind: access.KindSession, Subject: "customer|1000000001", TokenID: "hash", CustomerID: "1000000001",
		Scopes: []string{access.ScopeViewBalance}, ExpiresAt: now,
	}
	bound := stepUp()
	bound.Thumbprint, bound.ProofID = "thumbprint", "proof"
	for _, want := range []access.Principal{stepUp(), session, bound} {
		got, err := access.FromContext(contextOf(t, want))
		testkit.Must(t, err)
		testkit.Equal(t, want, got)
	}
}

func TestAContextThatIsNotOursIsRefused(t *testing.T) {
	for name, change := range map[string]func(map[string]string){
		"empty":                        func(c map[string]string) { clear(c) },
		"no kind":                      func(c map[string]string) { delete(c, "kind") },
		"unknown kind":                 func(c map[string]string) { c["kind"] = "admin" },
		"no sub":                       func(c map[string]string) { c["sub"] = "" },
		"no token_id":                  func(c map[string]string) { c["token_id"] = "" },
		"no exp":                       func(c map[string]string) { delete(c, "exp") },
		"exp is not a number":          func(c map[string]string) { c["exp"] = "soon" },
		"mfa_at is not a number":       func(c map[string]string) { c["mfa_at"] = "just now" },
		"a user with a customer_id":    func(c map[string]string) { c["customer_id"] = "1000000002" },
		"a session without one":        func(c map[string]string) { c["kind"] = "session" },
		"an empty tenant":              func(c map[string]string) { c["tenant"] = "" },
		"a malformed tenant":           func(c map[string]string) { c["tenant"] = " acme#" },
		"an issuer without its tenant": func(c map[string]string) { delete(c, "tenant") },
		"a session with a tenant": func(c map[string]string) {
			c["kind"], c["customer_id"] = "session", "1000000001"
		},
		"a key without its proof": func(c map[string]string) { c["jkt"] = "thumbprint" },
		"a proof without its key": func(c map[string]string) { c["dpop_proof"] = "proof" },
	} {
		context := contextOf(t, stepUp())
		change(context)
		if p, err := access.FromContext(context); err == nil {
			t.Errorf("%s: accepted as %+v", name, p)
		}
	}
}

// During the deployment that brings tenants, a function may run behind an authorizer that knows none.
func TestAContextOfBeforeThereWereTenantsIsTheMainOnes(t *testing.T) {
	context := contextOf(t, stepUp())
	delete(context, "issuer")
	delete(context, "tenant")
	if p, err := access.FromContext(context); err != nil || p.Person() != "auth0|alice" || p.Tenant != "main" {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestAnExpiredPrincipalIsRefusedAtTheSecondOfExpiry(t *testing.T) {
	p := stepUp()
	if err := p.Require(p.ExpiresAt.Add(-time.Nanosecond), access.ScopeViewBalance); err != nil {
		t.Errorf("refused before expiry: %v", err)
	}
	wantChallenge(t, p.Require(p.ExpiresAt, access.ScopeViewBalance), 401, access.CodeInvalidToken)
}

func TestAMissingScopeIsChallengedByName(t *testing.T) {
	p := stepUp()
	p.Scopes = []string{access.ScopeViewBalance, "transfer:funds:all", "xtransfer:funds"}
	c := wantChallenge(t, p.RequireApproval(now, access.ScopeTransferFunds, maxAge), 403, access.CodeInsufficientScope)
	if c.Scope != access.ScopeTransferFunds {
		t.Errorf("asks for scope %q", c.Scope)
	}
}

func TestAnOldMissingOrFutureSecondFactorIsChallenged(t *testing.T) {
	for name, at := range map[string]time.Time{
		"missing": {}, "too old": now.Add(-maxAge - time.Second), "in the future": now.Add(2 * time.Minute),
	} {
		p := stepUp()
		p.MFAAt = at
		c := wantChallenge(
			t, p.RequireApproval(now, access.ScopeTransferFunds, maxAge), 401,
			access.CodeInsufficientUserAuthentication,
		)
		if c.ACRValues != access.MultiFactor || c.MaxAge != maxAge {
			t.Errorf("%s: asks for acr_values %q, max_age %v", name, c.ACRValues, c.MaxAge)
		}
	}
}

func TestATokenWithoutAnApprovalIsChallenged(t *testing.T) {
	p := stepUp()
	p.ApprovalID = ""
	wantChallenge(
		t, p.RequireApproval(now, access.ScopeTransferFunds, maxAge), 401, access.CodeInsufficientUserAuthentication,
	)
}

func TestASecondFactorIsRecentUpToItsMaximumAge(t *testing.T) {
	p := stepUp()
	p.MFAAt = now.Add(-maxAge)
	if err := p.RequireApproval(now, access.ScopeTransferFunds, maxAge); err != nil {
		t.Error(err)
	}
}

func TestAKindThatTheRouteDoesNotServeIsRefused(t *testing.T) {
	wantChallenge(t, stepUp().RequireKind(access.ScopeCreateSession, access.KindClient), 403,
		access.CodeInsufficientScope)
	if err := stepUp().RequireKind(access.ScopeViewBalance, access.KindSession, access.KindUser); err != nil {
		t.Error(err)
	}
}

func TestAChallengeReadsAsTheRFCsSay(t *testing.T) {
	for want, c := range map[string]*access.Challenge{
		`error="invalid_token", error_description="The token has expired"`: access.InvalidToken(
			"The token has expired",
		),
		`error="insufficient_scope", error_description="The token lacks the scope that this route needs", ` +
			`scope="transfer:funds"`: access.InsufficientScope("transfer:funds"),
		`error="insufficient_user_authentication", ` +
			`error_description="This approval has already been used for a transfer", scope="transfer:funds", ` +
			`acr_values="http://schemas.openid.net/pape/policies/2007/06/multi-factor", ` +
			`max_age="300"`: access.ApprovalUsed(maxAge),
	} {
		if got := c.Header(access.Bearer); got != `Bearer realm="drawbridge", `+want {
			t.Errorf("header\n got %s\nwant %s", got, want)
		}
	}
}

func TestAChallengeToABoundTokenIsInItsScheme(t *testing.T) {
	want := `DPoP realm="drawbridge", error="invalid_dpop_proof", ` +
		`error_description="This proof has already been used for a transfer", algs="ES256"`
	p := stepUp()
	if got := access.ProofUsed().Header(p.Scheme()); strings.HasPrefix(got, "DPoP") {
		t.Errorf("to an unbound one: %s", got)
	}
	p.Thumbprint = "thumbprint"
	if got := access.ProofUsed().Header(p.Scheme()); got != want || access.ProofUsed().Status() != 401 {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestTheBodySaysWhatTheHeaderSays(t *testing.T) {
	want := map[string]any{
		"error": "insufficient_user_authentication", "error_description": "This approval is for another transfer",
		"scope": "transfer:funds", "acr_values": access.MultiFactor, "max_age": int64(300), "transfer": "v1 text",
	}
	c := access.ApprovalMismatch(maxAge)
	c.Transfer = "v1 text"
	if c.Code != access.CodeApprovalMismatch || !strings.HasSuffix(c.Header(access.Bearer), `, transfer="v1 text"`) {
		t.Errorf("%s: %s", c.Code, c.Header(access.Bearer))
	}
	testkit.Equal(t, want, c.Members())
}

func wantChallenge(t *testing.T, err error, status int, code string) *access.Challenge {
	t.Helper()
	var c *access.Challenge
	if !errors.As(err, &c) {
		t.Fatalf("want a challenge, got %v", err)
	}
	if c.Status() != status || c.Code != code {
		t.Fatalf("want %d %s, got %d %s", status, code, c.Status(), c.Code)
	}
	return c
}
