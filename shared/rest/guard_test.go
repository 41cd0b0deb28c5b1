package rest_test

import (
	"context"
	"testing"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/rest"
)

func guarded(t *testing.T, event map[string]any) answer {
	t.Helper()
	clock := func() time.Time { return now }
	return invoke(t, event, rest.Guard("view:balance", []access.Kind{access.KindUser, access.KindSession}, clock,
		func(_ context.Context, r *rest.Request) (rest.Response, error) {
			return rest.JSON(200, map[string]string{"sub": string(r.Principal.Subject)}), nil
		}))
}

func TestAPrincipalWithTheScopeGetsIn(t *testing.T) {
	a := guarded(t, withPrincipal(post("", ""), user()))
	if a.StatusCode != 200 || a.member(t, "sub") != "auth0|alice" {
		t.Errorf("got %d %s", a.StatusCode, a.Body)
	}
}

func TestARequestWithoutAnAuthorizersContextIsNeverServed(t *testing.T) {
	if a := guarded(t, post("", "")); a.StatusCode != 500 || a.member(t, "code") != "internal_error" {
		t.Errorf("got %d %s", a.StatusCode, a.Body)
	}
}

func TestACachedAllowDoesNotOutliveTheToken(t *testing.T) {
	p := user()
	p.ExpiresAt = now
	if a := guarded(t, withPrincipal(post("", ""), p)); a.StatusCode != 401 || a.member(t, "error") != "invalid_token" {
		t.Errorf("got %d %s", a.StatusCode, a.Body)
	}
}

func TestAMissingScopeIsRefused(t *testing.T) {
	p := user()
	p.Scopes = []string{"transfer:funds"}
	if a := guarded(t, withPrincipal(post("", ""), p)); a.StatusCode != 403 || a.member(t, "scope") != "view:balance" {
		t.Errorf("got %d %s", a.StatusCode, a.Body)
	}
}

func TestAKindThatIsNotServedIsRefused(t *testing.T) {
	p := user()
	p.Kind = access.KindClient
	if a := guarded(t, withPrincipal(post("", ""), p)); a.StatusCode != 403 {
		t.Errorf("got %d %s", a.StatusCode, a.Body)
	}
}
