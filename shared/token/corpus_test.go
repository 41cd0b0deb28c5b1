package token_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

// hostile is a token that must be refused, and the reason for which. make builds it when the case runs, so that it is
// as fresh as a good one. It is shown to a verifier of the dialect, rfc9068 if none is named.
type hostile struct {
	name    string
	dialect token.Dialect
	want    token.Reason
	make    func(f *forge) string
}

// forge is what a case builds its token with: an issuer whose tokens are good, and all the means to spoil them.
type forge struct {
	t      testing.TB
	issuer *tokentest.Issuer
	other  *tokentest.Issuer // another tenant
	spare  tokentest.Key     // which nobody publishes but a case
}

// corpus is the one table. The groups stand in the files that make them: corpus_*_test.go.
func corpus() []hostile {
	return slices.Concat(
		shapeCases(), encodingCases(), headerCases(), algorithmCases(), injectionCases(),
		claimTypeCases(), claimNameCases(), claimTextCases(), timeCases(), audienceCases(), crossUseCases(),
		signatureCases(), keySetCases(),
	)
}

func TestEveryHostileTokenIsRefusedForTheReasonNamed(t *testing.T) {
	cases := corpus()
	if len(cases) < 400 {
		t.Errorf("the corpus has %d tokens, want 400 at least", len(cases))
	}
	now := time.Unix(1_800_000_000, 0)
	clock := func() time.Time { return now }
	f := &forge{t: t, issuer: tokentest.NewIssuer(t), other: tokentest.NewIssuer(t), spare: tokentest.NewKey(t)}
	f.issuer.Now, f.other.Now = clock, clock
	keys := newKeyStore(t, f.issuer, nil)
	verifiers := make(map[token.Dialect]*token.Verifier)
	for _, dialect := range []token.Dialect{token.RFC9068, token.Auth0, token.IDToken} {
		verifiers[dialect] = verifierOver(t, f.issuer, dialect, keys)
	}

	seen := make(map[string]bool)
	refused := make(map[token.Reason]int)
	for _, c := range cases {
		if seen[c.name] {
			t.Errorf("%s: there twice", c.name)
		}
		seen[c.name] = true
		now = now.Add(time.Minute) // so that an unknown kid is asked for
		f.issuer.Dialect = c.dialect
		if c.dialect == "" {
			c.dialect, f.issuer.Dialect = token.RFC9068, token.RFC9068
		}
		raw := c.make(f)
		claims, err := verifiers[c.dialect].Verify(context.Background(), raw)
		var refusal *token.Error
		switch {
		case err == nil:
			t.Errorf("%s: ACCEPTED as %+v", c.name, claims)
		case !errors.As(err, &refusal) || refusal.Reason != c.want || refusal.Stage != c.want.Stage():
			t.Errorf("%s: want %s, got %v", c.name, c.want, err)
		}
		refused[c.want]++
	}
	for _, reason := range token.Reasons() {
		if refused[reason] == 0 && reason != token.KeysUnavailable && reason != token.IssuerEnded {
			t.Errorf("no token of the corpus is refused for %s", reason)
		}
	}
	t.Logf("%d hostile tokens refused, by reason: %v", len(cases), refused)
}

// access is an access token with changes.
func access(options ...tokentest.Option) func(*forge) string {
	return func(f *forge) string { return f.issuer.AccessToken(options...) }
}

// id is an id_token with changes.
func id(options ...tokentest.Option) func(*forge) string {
	return func(f *forge) string { return f.issuer.IDToken(options...) }
}

// texts takes a good token apart into the JSON texts of its header and its payload.
func (f *forge) texts(raw string) (header, payload string) {
	parts := strings.Split(raw, ".")
	h, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil {
		f.t.Fatal(err)
	}
	p, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		f.t.Fatal(err)
	}
	return string(h), string(p)
}

// resigned is a token of a header and a payload that need not be JSON, well signed by the issuer.
func (f *forge) resigned(header, payload string) string {
	return tokentest.SignRaw(f.issuer.Keys()[0].Private, header, payload)
}

// withHeader is a good token whose header text was edited before it was signed.
func withHeader(edit func(string) string) func(*forge) string {
	return func(f *forge) string {
		header, payload := f.texts(f.issuer.AccessToken())
		return f.resigned(edit(header), payload)
	}
}

// withPayload is a good token whose payload text was edited before it was signed.
func withPayload(edit func(string) string) func(*forge) string {
	return func(f *forge) string {
		header, payload := f.texts(f.issuer.AccessToken())
		return f.resigned(header, edit(payload))
	}
}

// edited is a good token whose encoded form was edited after it was signed.
func edited(edit func(string) string) func(*forge) string {
	return func(f *forge) string { return edit(f.issuer.AccessToken()) }
}

// member adds a member to the end of a JSON object's text.
func member(text string) func(string) string {
	return func(object string) string { return strings.TrimSuffix(object, "}") + "," + text + "}" }
}

func always(text string) func(string) string {
	return func(string) string { return text }
}

func quote(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}
