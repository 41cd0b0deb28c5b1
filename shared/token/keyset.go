package token

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"drawbridge/shared/strictjson"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

const minModulus, maxModulus = 2048,
	4096 // bits: fewer are weak, more make each check a tenth of a millisecond and more

// RFC 7517 sections 4 and 5: unknown members are ignored, and names are case-sensitive. readEntry refuses a member
// that it reads twice. The depth is the one that encoding/json allows.
var keySetLimits = strictjson.Limits{Depth: 10_000, AllowRepeatedNames: true, AllowHalfPairs: true}

// KeySet is a JWK Set (RFC 7517 section 5) and when the issuer gave it.
type KeySet struct {
	JWKS      string
	FetchedAt time.Time
}

// keys are the usable keys of a set, by their kids.
type keys struct {
	set  KeySet // of them alone
	byID map[string]*rsa.PublicKey
}

// readKeys returns the usable keys of a set, and an error if there are none.
//
// A key is usable if it is a well-formed RSA key of 2048 to 4096 bits for RS256 signatures. Any other costs itself
// and no other key, with one exception: a private half that is published with one entry spoils every entry of that
// key. A usable key that is there twice is one key. Two different usable keys of one kid are both left out: which one
// is meant is unknown. Keys of other types and uses may have the same kid (RFC 7517 section 4.5).
func readKeys(set KeySet) (*keys, error) {
	list, err := readEntries(set.JWKS)
	if err != nil {
		return nil, err
	}
	published := make(map[string]bool) // moduli whose private half is
	for _, e := range list {
		if e.private {
			published[e.modulus()] = true
		}
	}
	byID, ambiguous := make(map[string]*rsa.PublicKey), make(map[string]bool)
	var used []jwkset.JWKMarshal
	for _, e := range list {
		if !e.good || published[e.modulus()] {
			continue
		}
		key := e.key()
		other, there := byID[e.jwk.KID]
		switch {
		case key == nil:
		case !there:
			byID[e.jwk.KID] = key
			used = append(used, e.jwk)
		case !key.Equal(other):
			ambiguous[e.jwk.KID] = true
		}
	}
	for kid := range ambiguous {
		delete(byID, kid)
	}
	if len(byID) == 0 {
		return nil, &FetchError{Failure: NoUsableKey}
	}
	used = slices.DeleteFunc(used, func(jwk jwkset.JWKMarshal) bool { return ambiguous[jwk.KID] })
	text, err := json.Marshal(jwkset.JWKSMarshal{Keys: used})
	return &keys{set: KeySet{JWKS: string(text), FetchedAt: set.FetchedAt.Round(0)}, byID: byID}, err
}

// entry is an element of a JWK Set, cut down to the members that verifying needs. With the others jwkset would refuse
// a key whose x5t is hex (Auth0 once published such), and fetch an x5u.
type entry struct {
	jwk     jwkset.JWKMarshal
	good    bool // as far as its members tell, one by one
	private bool // it comes with its private half, or a part of that
}

func readEntries(text string) (list []entry, err error) {
	found, isList := 0, false
	err = keySetLimits.Object(text, func(name string, value strictjson.Value) error {
		if name == "keys" {
			found++
			isList, _ = value.Elements(func(element strictjson.Value) error {
				list = append(list, readEntry(element))
				return nil
			})
		}
		return nil
	})
	if err != nil || found != 1 || !isList {
		return nil, &FetchError{Failure: NotAKeySet}
	}
	return list, nil
}

func readEntry(element strictjson.Value) entry {
	e := entry{good: true}
	seen := make(map[string]bool)
	isObject, _ := element.Members(func(name string, value strictjson.Value) error {
		text, isText := value.Text()
		right := true
		switch name {
		case "kid":
			e.jwk.KID, right = text, isText && text != "" && len(text) <= maxKeyID
		case "kty":
			e.jwk.KTY, right = jwkset.KTY(text), text == string(jwkset.KtyRSA)
		case "use":
			right = text == "sig"
		case "alg":
			right = text == algorithm
		case "key_ops":
			right = allowsVerify(value)
		case "n":
			e.jwk.N = text
		case "e":
			e.jwk.E = text
		case "d", "p", "q", "dp", "dq", "qi", "oth", "k":
			e.private = e.private || value.Kind() != strictjson.Null // null stands for a member that is not there
		default:
			return nil
		}
		e.good = e.good && right && !seen[name]
		seen[name] = true
		return nil
	})
	e.jwk.USE, e.jwk.ALG = jwkset.UseSig, jwkset.AlgRS256 // of a key with exactly one algorithm: RFC 8725 section 3.1
	e.good = e.good && isObject && !e.private && e.jwk.KID != "" && e.jwk.KTY != ""
	return e
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

// key returns the key if keyfunc has it for RS256, and it is neither weak nor too large; else nil.
func (e entry) key() *rsa.PublicKey {
	text, err := json.Marshal(e.jwk)
	if err != nil {
		return nil
	}
	source, err := keyfunc.NewJWKJSON(text)
	if err != nil {
		return nil
	}
	found, err := source.Keyfunc(&jwt.Token{Header: map[string]any{"alg": algorithm, jwkset.HeaderKID: e.jwk.KID}})
	if err != nil {
		return nil
	}
	key, ok := found.(*rsa.PublicKey)
	if !ok || key.N.BitLen() < minModulus || key.N.BitLen() > maxModulus || key.N.Bit(0) == 0 || key.E < 65537 ||
		key.E%2 == 0 {
		return nil
	}
	return key
}

// modulus is the same for all entries of one key, also for one that writes n with padding or with zeros before.
func (e entry) modulus() string {
	n, _ := base64.RawURLEncoding.DecodeString(strings.TrimRight(e.jwk.N, "="))
	return strings.TrimLeft(string(n), "\x00")
}
