package dpop_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/testkit"
	accesstoken "drawbridge/shared/token"
	"drawbridge/shared/token/dpop"
	"drawbridge/shared/token/dpop/dpoptest"
	"drawbridge/shared/token/tokentest"

	"github.com/auth0/go-jwt-middleware/v3/core"
	"github.com/auth0/go-jwt-middleware/v3/validator"
	"github.com/golang-jwt/jwt/v5"
)

// middleware is go-jwt-middleware's validator as its core wants it.
type middleware struct{ *validator.Validator }

func (m middleware) ValidateDPoPProof(ctx context.Context, proof string) (core.DPoPProofClaims, error) {
	return m.Validator.ValidateDPoPProof(ctx, proof)
}

// BenchmarkRatios times a proof's check, and that of a token with its proof, beside go-jwt-middleware's and the ES256
// check without which none does. The tokens are new: 300 take turns, more than a verifier remembers. The fastest batch
// of each counts; every figure but the first is a multiple of it.
//
//	go test ./shared/token/dpop -run '^$' -bench Ratios -cpu 1
func BenchmarkRatios(b *testing.B) {
	issuer, client := tokentest.NewIssuer(b), dpoptest.New(b)
	tokens, proofs := tokensOf(b, issuer), proofsOf(b)
	key := &issuer.Keys()[0].Private.PublicKey
	theirs := middlewareOf(b, issuer.URL, key)
	thumbprint := client.Thumbprint()
	cnf := tokentest.Claim("cnf", map[string]string{"jkt": thumbprint})
	nonce := proofs.Nonce(thumbprint)
	var raws, shown, signed []string
	var rs []*big.Int
	for range 300 {
		raw := issuer.AccessToken(cnf)
		proof := client.Proof("GET", page, raw, nonce)
		dot := strings.LastIndexByte(proof, '.')
		signature, err := base64.RawURLEncoding.DecodeString(proof[dot+1:])
		testkit.Must(b, err)
		raws, shown, signed = append(raws, raw), append(shown, proof), append(signed, proof[:dot])
		rs = append(rs, new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
	}
	check := func(i int, ok bool, err error) {
		if !ok || err != nil {
			b.Fatal(i, err)
		}
	}
	subjects := []struct {
		name string
		run  func(i int)
	}{
		{"es256", func(i int) {
			digest := sha256.Sum256([]byte(signed[i]))
			check(i, ecdsa.Verify(&client.Key.PublicKey, digest[:], rs[2*i], rs[2*i+1]), nil)
		}},
		{"rs256", func(i int) {
			dot := strings.LastIndexByte(raws[i], '.')
			signature, _ := base64.RawURLEncoding.DecodeString(raws[i][dot+1:])
			check(i, true, jwt.SigningMethodRS256.Verify(raws[i][:dot], signature, key))
		}},
		{"proof", func(i int) {
			_, err := proofs.Verify(shown[i:i+1], requestOf(issuer.URL, thumbprint, raws[i]))
			check(i, true, err)
		}},
		{"proof_theirs", func(i int) {
			_, err := theirs.validator.ValidateDPoPProof(b.Context(), shown[i])
			check(i, true, err)
		}},
		{"both", func(i int) {
			claims, err := tokens.Verify(b.Context(), raws[i])
			check(i, err == nil && claims.Thumbprint != "", err)
			_, err = proofs.Verify(shown[i:i+1], requestOf(issuer.URL, thumbprint, raws[i]))
			check(i, true, err)
		}},
		{"both_theirs", func(i int) {
			_, proof, err := theirs.core.CheckTokenWithDPoP(b.Context(), raws[i], core.AuthSchemeDPoP, shown[i], "GET", page)
			check(i, proof != nil, err)
		}},
		{"proof_of_another_token", func(i int) {
			_, err := proofs.Verify(shown[i:i+1], requestOf(issuer.URL, thumbprint, raws[(i+1)%300]))
			check(i, err != nil, nil)
		}},
	}
	const batch = 20
	fastest, next := make([]float64, len(subjects)), 0
	for i := range fastest {
		fastest[i] = math.Inf(1)
	}
	for b.Loop() {
		for n, s := range subjects {
			begin := time.Now()
			for i := range batch {
				s.run((next + i) % 300)
			}
			fastest[n] = min(fastest[n], float64(time.Since(begin).Nanoseconds())/batch)
		}
		next += batch
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(fastest[0], "es256_ns")
	for n, s := range subjects[1:] {
		b.ReportMetric(fastest[n+1]/fastest[0], s.name+"_x")
	}
}

func tokensOf(b *testing.B, issuer *tokentest.Issuer) *accesstoken.Verifier {
	b.Helper()
	keys, err := accesstoken.NewKeyStore(accesstoken.KeyStoreConfig{URL: issuer.KeySetURL()})
	testkit.Must(b, err)
	tokens, err := accesstoken.New(accesstoken.Config{
		Issuer: issuer.URL, Audiences: []string{tokentest.Audience}, Dialect: accesstoken.RFC9068, Keys: keys, Bound: true,
	})
	testkit.Must(b, err)
	return tokens
}

func proofsOf(b *testing.B) *dpop.Verifier {
	b.Helper()
	proofs, err := dpop.New(dpop.Config{Secret: secret, Bases: []string{base}})
	testkit.Must(b, err)
	return proofs
}

func requestOf(issuer, thumbprint, raw string) dpop.Request {
	return dpop.Request{Method: "GET", Path: "/transfers", Token: raw, Issuer: issuer, Thumbprint: thumbprint}
}

type theirs struct {
	validator *validator.Validator
	core      *core.Core
}

func middlewareOf(b *testing.B, issuer string, key *rsa.PublicKey) theirs {
	b.Helper()
	v, err := validator.New(validator.WithKeyFunc(func(context.Context) (any, error) { return key, nil }),
		validator.WithAlgorithm(validator.RS256), validator.WithIssuer(issuer), validator.WithAudience(tokentest.Audience))
	testkit.Must(b, err)
	c, err := core.New(core.WithValidator(middleware{v}), core.WithDPoPMode(core.DPoPRequired))
	testkit.Must(b, err)
	return theirs{v, c}
}
