package token_test

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

// subjects are what is measured: the floor (the RSA check without which no verifier does), golang-jwt and keyfunc as
// their documentation shows them, and a Verifier.
//
//	go test ./shared/token -run '^$' -bench . -cpu 1
type subjects struct {
	b          *testing.B
	key        *rsa.PublicKey
	tokens     []string // 300, more than a Verifier remembers: in turn, none is met while remembered; and one more
	signed     [][]byte
	signatures [][]byte
	parser     *jwt.Parser
	keys       keyfunc.Keyfunc
	verifier   *token.Verifier
	junk       map[string]string
}

func newSubjects(b *testing.B) *subjects {
	b.Helper()
	issuer := tokentest.NewIssuer(b)
	s := &subjects{
		b: b, key: &issuer.Keys()[0].Private.PublicKey, verifier: newVerifier(b, issuer, token.RFC9068),
		parser: jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer(issuer.URL),
			jwt.WithAudience(tokentest.Audience), jwt.WithExpirationRequired()),
	}
	for range 301 {
		raw := issuer.AccessToken()
		dot := strings.LastIndexByte(raw, '.')
		signature, err := base64.RawURLEncoding.DecodeString(raw[dot+1:])
		if err != nil {
			b.Fatal(err)
		}
		s.tokens, s.signed, s.signatures = append(s.tokens, raw), append(s.signed, []byte(raw[:dot])),
			append(s.signatures, signature)
	}
	var err error
	if s.keys, err = keyfunc.NewJWKSetJSON([]byte(issuer.JWKS())); err != nil {
		b.Fatal(err)
	}
	header, payload := (&forge{t: b}).texts(issuer.AccessToken())
	s.junk = map[string]string{
		"words":    "not a token at all",
		"garbage":  strings.Repeat("A", 300) + "." + strings.Repeat("B", 400) + "." + strings.Repeat("C", 342),
		"none":     issuer.AccessToken(tokentest.Header("alg", "none")),
		"id_token": issuer.IDToken(),
		"large":    strings.Repeat("A", 9000),
		// What has the form of a token of ours costs its parsing, but no RSA.
		"expired":  issuer.AccessToken(tokentest.Claim("iat", 1_700_000_000), tokentest.Claim("exp", 1_700_003_600)),
		"repeated": tokentest.SignRaw(issuer.Keys()[0].Private, header, member(`"scope":"transfer:funds"`)(payload)),
	}
	return s
}

func (s *subjects) floor(i int) {
	digest := sha256.Sum256(s.signed[i])
	if err := rsa.VerifyPKCS1v15(s.key, crypto.SHA256, digest[:], s.signatures[i]); err != nil {
		s.b.Fatal(err)
	}
}

func (s *subjects) plain(i int) {
	if _, err := s.parser.ParseWithClaims(s.tokens[i], jwt.MapClaims{}, s.keys.Keyfunc); err != nil {
		s.b.Fatal(err)
	}
}

func (s *subjects) verify(i int) {
	if _, err := s.verifier.Verify(context.Background(), s.tokens[i]); err != nil {
		s.b.Fatal(err)
	}
}

func (s *subjects) refuse(junk string) {
	if _, err := s.verifier.Verify(context.Background(), junk); err == nil {
		s.b.Fatal("accepted")
	}
}

func BenchmarkFloor(b *testing.B)  { measure(b, newSubjects(b).floor) }
func BenchmarkPlain(b *testing.B)  { measure(b, newSubjects(b).plain) }
func BenchmarkVerify(b *testing.B) { measure(b, newSubjects(b).verify) }

func BenchmarkVerifyAgain(b *testing.B) {
	s := newSubjects(b)
	measure(b, func(int) { s.verify(300) })
}

func BenchmarkRefuse(b *testing.B) {
	s := newSubjects(b)
	for _, name := range sortedKeys(s.junk) {
		b.Run(name, func(b *testing.B) { measure(b, func(int) { s.refuse(s.junk[name]) }) })
	}
}

func measure(b *testing.B, f func(i int)) {
	b.ReportAllocs()
	next := turns(f)
	for b.Loop() {
		next()
	}
}
