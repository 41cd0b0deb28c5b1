package token

import (
	"crypto/rsa"
	"time"

	"drawbridge/shared/strictjson"

	"github.com/MicahParks/jwkset"
)

const (
	minModulus, maxModulus = 2048, 4096 // bits: below is weak, above makes each check a tenth of a millisecond and more
	maxKeys                = 64
)

var keySetLimits = strictjson.Limits{Depth: 8, Members: 64}

// KeySet is a JWK Set (RFC 7517 section 5) and when the issuer gave it.
type KeySet struct {
	JWKS      string
	FetchedAt time.Time
}

// readKeys returns the usable keys of a JWK Set, and an error if there are none.
//
// One bad key never spoils the others: a key that is not an RSA signature key of 2048 to 4096 bits for RS256, or that
// is not well formed, or that comes with its private half, is left out. So are all keys of a kid that is there more
// than once: which of them is meant, nobody can know. Everything but kty, use, alg, kid, n and e is dropped before
// jwkset sees the key: it would refuse a whole key for an x5t that is hex (Auth0 once published such) or fetch an x5u.
func readKeys(text string) ([]jwkset.JWK, error) {
	var keys []jwkset.JWK
	seen := make(map[string]int)
	found := false
	err := keySetLimits.Object(text, func(name string, value strictjson.Value) error {
		if name != "keys" {
			return nil
		}
		isList, err := value.Elements(func(element strictjson.Value) error {
			if len(seen) == maxKeys {
				return strictjson.ErrComplex
			}
			m, ok := readKey(element)
			if m.KID != "" {
				seen[m.KID]++
			}
			if !ok {
				return nil
			}
			if key, err := jwkset.NewJWKFromMarshal(m, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{}); err == nil && usable(key) {
				keys = append(keys, key)
			}
			return nil
		})
		found = isList
		return err
	})
	if err != nil || !found {
		return nil, &FetchError{Failure: NotAKeySet}
	}
	single := keys[:0]
	for _, key := range keys {
		if seen[key.Marshal().KID] == 1 {
			single = append(single, key)
		}
	}
	if len(single) == 0 {
		return nil, &FetchError{Failure: NoUsableKey}
	}
	return single, nil
}

// readKey cuts a JWK down to what verifying needs; ok tells whether it is of the right sort. The KID is set whenever
// there is one, so that a bad key and a good one of the same kid are both left out.
func readKey(element strictjson.Value) (m jwkset.JWKMarshal, ok bool) {
	ok = true
	isObject, _ := element.Members(func(name string, value strictjson.Value) error {
		text, isText := value.Text()
		switch name {
		case "kid":
			m.KID = text
			ok = ok && isText
		case "kty":
			m.KTY = jwkset.KTY(text)
		case "use":
			ok = ok && text == "sig"
		case "alg":
			ok = ok && text == algorithm
		case "key_ops":
			ok = ok && allowsVerify(value)
		case "n":
			m.N = text
		case "e":
			m.E = text
		case "d", "p", "q", "dp", "dq", "qi", "oth", "k":
			ok = false // published private: anyone can sign with it
		}
		return nil
	})
	m.USE, m.ALG = jwkset.UseSig, jwkset.AlgRS256 // of a key with exactly one algorithm: RFC 8725 section 3.1
	return m, ok && isObject && m.KTY == jwkset.KtyRSA && m.KID != "" && len(m.KID) <= maxKeyID
}

func allowsVerify(value strictjson.Value) bool {
	allowed := false
	isList, _ := value.Elements(func(element strictjson.Value) error {
		operation, _ := element.Text()
		allowed = allowed || operation == "verify"
		return nil
	})
	return isList && allowed
}

func usable(key jwkset.JWK) bool {
	public, ok := key.Key().(*rsa.PublicKey)
	if !ok {
		return false
	}
	bits := public.N.BitLen()
	return bits >= minModulus && bits <= maxModulus && public.N.Bit(0) == 1 && public.E >= 65537 && public.E%2 == 1
}
