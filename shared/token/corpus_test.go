package token_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/testkit"
	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

// hostile is a token that must be refused, and the reason for which. make builds it when the case runs, so that it is
// as fresh as a good one. It is shown to a verifier of the dialect.
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
type corpus struct {
	list    []hostile
	group   string        // of the cases that are added next
	dialect token.Dialect // that they are shown to
}

func newCorpus() *corpus {
	c := &corpus{dialect: token.RFC9068}
	for _, group := range []func(*corpus){
		(*corpus).shapes, (*corpus).encodings, (*corpus).headers, (*corpus).algorithms, (*corpus).injections,
		(*corpus).claimTypes, (*corpus).claimNames, (*corpus).claimTexts, (*corpus).times, (*corpus).audiences,
		(*corpus).crossUses, (*corpus).signatures, (*corpus).keySets,
	} {
		group(c)
	}
	return c
}

// add adds a case.
func (c *corpus) add(want token.Reason, name string, make func(*forge) string) {
	c.list = append(c.list, hostile{c.group + ": " + name, c.dialect, want, make})
}

// access adds an access token with changes.
func (c *corpus) access(want token.Reason, name string, options ...tokentest.Option) {
	c.add(want, name, access(options...))
}

// id adds an id_token with changes.
func (c *corpus) id(want token.Reason, name string, options ...tokentest.Option) {
	c.add(want, name, id(options...))
}

// raw adds a good token that was edited after it was signed.
func (c *corpus) raw(want token.Reason, name string, edit func(string) string) {
	c.add(want, name, func(f *forge) string { return edit(f.issuer.AccessToken()) })
}

// header adds a good token whose header text was edited before it was signed.
func (c *corpus) header(want token.Reason, name string, edit func(string) string) {
	c.add(want, name, withHeader(edit))
}

// payload adds a good token whose payload text was edited before it was signed.
func (c *corpus) payload(want token.Reason, name string, edit func(string) string) {
	c.add(want, name, withPayload(edit))
}

func TestEveryHostileTokenIsRefusedForTheReasonNamed(t *testing.T) {
	cases := newCorpus().list
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
	testkit.Must(f.t, err)
	p, err := base64.RawURLEncoding.DecodeString(parts[1])
	testkit.Must(f.t, err)
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
