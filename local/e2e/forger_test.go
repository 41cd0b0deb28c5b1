package e2e

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io/fs"
	"maps"
	"path/filepath"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"

	"drawbridge/shared/testkit"
)

// forger signs what the tenant would never issue, with the tenant's own key: what it signs is refused for what it
// says, not for its signature.
type forger struct {
	key *rsa.PrivateKey
	kid string
}

// newForger takes the current signing key out of the tenant's data folder.
func newForger(t *testing.T, s *system) forger {
	t.Helper()
	var file string
	_ = filepath.WalkDir(s.data, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Name() == "tenant-secrets.json" {
			file = path
		}
		return nil
	})
	var secrets struct {
		SigningKeys struct {
			Current jwkset.JWKMarshal `json:"current"`
		} `json:"signing_keys"`
	}
	testkit.Must(t, json.Unmarshal([]byte(testkit.Read(t, file)), &secrets))
	current := secrets.SigningKeys.Current
	current.X5C, current.X5T, current.X5TS256 = nil, "", "" // jwkset compares a certificate with public keys only
	jwk, err := jwkset.NewJWKFromMarshal(current, jwkset.JWKMarshalOptions{Private: true}, jwkset.JWKValidateOptions{})
	testkit.Must(t, err)
	return forger{jwk.Key().(*rsa.PrivateKey), jwk.Marshal().KID}
}

// like returns the claims of a genuine token with changes; a nil value takes a claim away.
func like(t *testing.T, token string, changes map[string]any) jwt.MapClaims {
	t.Helper()
	set := jwt.MapClaims(claims(t, token))
	maps.Copy(set, changes)
	for name, value := range changes {
		if value == nil {
			delete(set, name)
		}
	}
	return set
}

func (f forger) sign(t *testing.T, set jwt.MapClaims) string {
	t.Helper()
	return f.signAs(t, jwt.SigningMethodRS256, f.key, set)
}

func (f forger) signAs(t *testing.T, method jwt.SigningMethod, key any, set jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, set)
	token.Header["typ"] = "at+jwt"
	token.Header["kid"] = f.kid
	signed, err := token.SignedString(key)
	testkit.Must(t, err)
	return signed
}

// publicPEM is the public key as text: the secret of the HS256 that confuses verifiers.
func (f forger) publicPEM(t *testing.T) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&f.key.PublicKey)
	testkit.Must(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func ago(d time.Duration) int64 { return time.Now().Add(-d).Unix() }
