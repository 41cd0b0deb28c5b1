package issuer_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/identity"
	"drawbridge/shared/issuer"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

// world is a set of issuers, of tenants a and b; the second ends at end.
type world struct {
	*issuer.Set
	a, b *tokentest.Issuer
	now  time.Time
	end  time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{a: tokentest.NewIssuer(t), b: tokentest.NewIssuer(t), now: time.Now().Truncate(time.Second)}
	w.end = w.now.Add(time.Hour)
	clock := func() time.Time { return w.now }
	w.a.Now, w.b.Now = clock, clock
	entry := func(i *tokentest.Issuer, tenant identity.Tenant, until time.Time) issuer.Issuer {
		return issuer.Issuer{URL: i.URL, Tenant: tenant, Audience: tokentest.Audience, Dialect: token.RFC9068,
			KeySetURL: i.KeySetURL(), Until: until}
	}
	var err error
	w.Set, err = issuer.Trust(issuer.Config{
		Issuers: []issuer.Issuer{entry(w.a, "a", time.Time{}), entry(w.b, "b", w.end)}, Now: clock,
	})
	testkit.Must(t, err)
	return w
}

func (w *world) fetches() int { return w.a.Fetches() + w.b.Fetches() }

// refused fails the test unless the token is refused for the reason.
func (w *world) refused(t *testing.T, name, raw string, want token.Reason) (from *issuer.Trusted) {
	t.Helper()
	claims, from, err := w.Verify(t.Context(), raw)
	var refusal *token.Error
	if !errors.As(err, &refusal) || refusal.Reason != want || claims != nil {
		t.Errorf("%s: want %s, got %v", name, want, err)
	}
	return from
}

func TestEachIssuersTokensAreGoodAndOfItsTenant(t *testing.T) {
	w := newWorld(t)
	for range 2 { // the second time they are remembered
		for tenant, i := range map[identity.Tenant]*tokentest.Issuer{"a": w.a, "b": w.b} {
			claims, from, err := w.Verify(t.Context(), i.AccessToken())
			testkit.Must(t, err)
			if claims.Issuer != i.URL || from.URL != i.URL || from.Tenant != tenant {
				t.Errorf("%+v from %+v", claims, from.Issuer)
			}
		}
	}
	if w.fetches() != 2 {
		t.Errorf("%d fetches, want one of each", w.fetches())
	}
}

func TestATokenOfNoIssuerOfOursCostsNoFetch(t *testing.T) {
	w := newWorld(t)
	port := strings.TrimSuffix(w.b.URL[len("http://127.0.0.1"):], "/")
	for name, iss := range map[string]string{
		"without its slash": strings.TrimSuffix(w.b.URL, "/"), "with two": w.b.URL + "/",
		"in capitals": strings.ToUpper(w.b.URL),
		"https":       strings.Replace(w.b.URL, "http:", "https:", 1), "another port": "http://127.0.0.1:1/",
		"no port": "http://127.0.0.1/", "user info": "http://a@127.0.0.1" + port + "/",
		"ours as user info": strings.TrimSuffix(w.b.URL, "/") + "@evil.example/",
		"by name":           "http://localhost" + port + "/", "a short address": "http://127.1" + port + "/",
		"wide digits": "http://\uff11\uff12\uff17.0.0.1" + port + "/", "percent-encoded": "http://127%2e0.0.1" + port + "/",
		"a dot segment": w.b.URL + "./", "a query": w.b.URL + "?", "a fragment": w.b.URL + "#", "a space": w.b.URL + " ",
		"both": w.a.URL + "," + w.b.URL, "a member more": w.b.URL + ";tenant=a", "another": "https://evil.example/",
	} {
		for _, signer := range []*tokentest.Issuer{w.a, w.b} {
			if from := w.refused(t, name, signer.AccessToken(tokentest.Claim("iss", iss)), token.WrongIssuer); from != nil {
				t.Errorf("%s: counted for %s", name, from.URL)
			}
		}
	}
	w.refused(t, "none", w.b.AccessToken(tokentest.NoClaim("iss")), token.ClaimMissing)
	w.refused(t, "a list", w.b.AccessToken(tokentest.Claim("iss", []string{w.b.URL})), token.ClaimWrongType)
	w.refused(t, "two", w.b.AccessToken(tokentest.Claim("ISS", w.a.URL)), token.ClaimsNameVariant)
	w.refused(t, "no token", "a.b.c", token.WrongEncoding)
	if w.fetches() != 0 {
		t.Errorf("%d fetches", w.fetches())
	}
}

// The same kid at both, each with its own key: whichever is read first, a token is good by the key of its own issuer
// alone (apollographql/router issue 6736 has the mistake).
func TestAKidNamesAKeyOfTheTokensOwnIssuer(t *testing.T) {
	for _, first := range []string{"a", "b"} {
		w := newWorld(t)
		keyA, keyB := tokentest.NewKey(t), tokentest.NewKey(t)
		keyA.ID, keyB.ID = "same", "same"
		w.a.Publish(keyA)
		w.b.Publish(keyB)
		order := []*tokentest.Issuer{w.a, w.b}
		if first == "b" {
			order = []*tokentest.Issuer{w.b, w.a}
		}
		for _, i := range order {
			_, _, err := w.Verify(t.Context(), i.AccessToken())
			testkit.Must(t, err)
		}
		for _, i := range order {
			other := w.a
			if i == w.a {
				other = w.b
			}
			forged := i.AccessToken(tokentest.Claim("iss", other.URL))
			if from := w.refused(t, first, forged, token.SignatureMismatch); from == nil || from.URL != other.URL {
				t.Errorf("counted for %+v", from)
			}
		}
	}
}

func TestAKeyThatOnlyTheOtherIssuerHasIsUnknown(t *testing.T) {
	w := newWorld(t)
	_, _, err := w.Verify(t.Context(), w.a.AccessToken())
	testkit.Must(t, err)
	w.refused(t, "b's token by a's key", w.a.AccessToken(tokentest.Claim("iss", w.b.URL)), token.KeyUnknown)
}

func TestAnIssuerThatIsDownTakesNoOtherWithIt(t *testing.T) {
	w := newWorld(t)
	w.a.Answer(func(answer http.ResponseWriter, _ *http.Request) { answer.WriteHeader(http.StatusBadGateway) })
	if _, from, err := w.Verify(t.Context(), w.a.AccessToken()); !errors.Is(err, token.ErrKeysUnavailable) ||
		from.URL != w.a.URL {
		t.Errorf("%v, %v", from, err)
	}
	_, _, err := w.Verify(t.Context(), w.b.AccessToken())
	testkit.Must(t, err)
}

func TestFromItsEndOnAnIssuerIsNotAskedAndItsTokensAreRefused(t *testing.T) {
	w := newWorld(t)
	w.b.Lifetime = 2 * time.Hour
	raw := w.b.AccessToken()
	w.now = w.end.Add(-time.Second)
	_, _, err := w.Verify(t.Context(), raw)
	testkit.Must(t, err)
	w.now = w.end
	fetches := w.fetches()
	for _, ended := range []string{raw, w.b.AccessToken()} {
		if from := w.refused(t, "ended", ended, token.IssuerEnded); from == nil || from.URL != w.b.URL {
			t.Errorf("counted for %+v", from)
		}
	}
	if w.fetches() != fetches {
		t.Error("it was asked for keys")
	}
	_, _, err = w.Verify(t.Context(), w.a.AccessToken())
	testkit.Must(t, err)
}
