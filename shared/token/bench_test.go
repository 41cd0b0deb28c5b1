package token_test

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"math"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/testkit"
	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

// subjects are what is measured: the floor (the RSA check without which no verifier does), golang-jwt and keyfunc as
// their documentation shows them, and a Verifier.
//
//	go test ./shared/token -run '^$' -bench Ratios -cpu 1
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
		testkit.Must(b, err)
		s.tokens, s.signed, s.signatures = append(s.tokens, raw), append(s.signed, []byte(raw[:dot])),
			append(s.signatures, signature)
	}
	var err error
	s.keys, err = keyfunc.NewJWKSetJSON([]byte(issuer.JWKS()))
	testkit.Must(b, err)
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
	testkit.Must(s.b, rsa.VerifyPKCS1v15(s.key, crypto.SHA256, digest[:], s.signatures[i]))
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

// BenchmarkRatios times the subjects in turns, in small batches, and reports the fastest batch of each as a multiple of
// the RSA check's. On a busy machine a batch of each meets a quiet moment, and batches that follow each other meet the
// same machine.
func BenchmarkRatios(b *testing.B) {
	s := newSubjects(b)
	names := []string{"floor", "plain", "verify", "again"}
	subjects := map[string]func(){
		"floor": turns(s.floor), "plain": turns(s.plain), "verify": turns(s.verify), "again": func() { s.verify(300) },
	}
	for _, name := range sortedKeys(s.junk) {
		names = append(names, "refuse_"+name)
		subjects["refuse_"+name] = func() { s.refuse(s.junk[name]) }
	}
	const batch = 20
	fastest := make(map[string]float64)
	for _, name := range names {
		fastest[name] = math.Inf(1)
	}
	for b.Loop() {
		for _, name := range names {
			run := subjects[name]
			start := time.Now()
			for range batch {
				run()
			}
			fastest[name] = min(fastest[name], float64(time.Since(start).Nanoseconds())/batch)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(fastest[names[0]], names[0]+"_ns")
	for _, name := range names[1:] {
		b.ReportMetric(fastest[name]/fastest[names[0]], name+"_x")
	}
	b.ReportMetric(testing.AllocsPerRun(300, turns(s.verify)), "verify_allocs")
}

// turns calls f with 0, 1, 2 … 299, 0, …
func turns(f func(i int)) func() {
	i := 0
	return func() { f(i % 300); i++ }
}
