package token

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"drawbridge/shared/strictjson"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

const minModulus, maxModulus = 2048, 4096 // bits: fewer are weak, more make each check a tenth of a millisecond and more

// A key set is read as RFC 7517 sections 4 and 5 have it: unknown members mean nothing, whatever they are, and names are
// case-sensitive. Members that we read are compared here. The depth is the one that encoding/json allows.
var keySetLimits = strictjson.Limits{Depth: 10_000, AllowRepeatedNames: true, AllowHalfPairs: true}

// KeySet is a JWK Set (RFC 7517 section 5) and when the issuer gave it.
type KeySet struct {
	JWKS      string
	FetchedAt time.Time
}

// keys are the usable keys of a KeySet, given out by keyfunc.
type keys struct {
	keyfunc   keyfunc.Keyfunc
	fetchedAt time.Time
}

// find returns the key of a kid, or nil. keyfunc asks for the token's header, and refuses a key for another algorithm.
func (k *keys) find(kid string) *rsa.PublicKey {
	found, err := k.keyfunc.Keyfunc(&jwt.Token{Header: map[string]any{"alg": algorithm, jwkset.HeaderKID: kid}})
	if err != nil {
		return nil
	}
	key, _ := found.(*rsa.PublicKey)
	return key
}

// set returns the keys as a KeySet.
func (k *keys) set(ctx context.Context) (KeySet, error) {
	text, err := k.keyfunc.Storage().JSONPublic(ctx)
	return KeySet{JWKS: string(text), FetchedAt: k.fetchedAt}, err
}

// readKeys returns the usable keys of a set, and an error if there are none.
//
// A key is usable if it is a well-formed RSA key of 2048 to 4096 bits for RS256 signatures. Any other costs itself and
// no other key, with one exception: a private half that is published with one entry spoils every entry of that key.
// A usable key that is there twice is one key. Two different usable keys of one kid are both left out, since nobody can
// know which one is meant; a kid may well be that of other keys too, of another type or use (RFC 7517 section 4.5).
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
	var kids []string
	usable, ambiguous := make(map[string]jwkset.JWK), make(map[string]bool)
	for _, e := range list {
		key, ok := e.usable()
		if !ok || published[e.modulus()] {
			continue
		}
		kid := e.jwk.KID
		if other, there := usable[kid]; there {
			if !publicKey(other).Equal(publicKey(key)) {
				ambiguous[kid] = true
			}
			continue
		}
		kids, usable[kid] = append(kids, kid), key
	}
	kids = slices.DeleteFunc(kids, func(kid string) bool { return ambiguous[kid] })
	if len(kids) == 0 {
		return nil, &FetchError{Failure: NoUsableKey}
	}
	memory := jwkset.NewMemoryStorage()
	for _, kid := range kids {
		_ = memory.KeyWrite(context.Background(), usable[kid]) // never fails: it appends to a slice
	}
	source, err := keyfunc.New(keyfunc.Options{Storage: memory})
	return &keys{keyfunc: source, fetchedAt: set.FetchedAt.Round(0)}, err
}

// entry is an element of a JWK Set, cut down to what verifying needs. Of the rest jwkset would refuse a key for an x5t
// that is hex (Auth0 once published such), and fetch an x5u.
type entry struct {
	jwk     jwkset.JWKMarshal
	good    bool // as far as its members tell
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
	e.good = e.good && isObject && e.jwk.KID != "" && e.jwk.KTY != ""
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

func (e entry) usable() (jwkset.JWK, bool) {
	if !e.good || e.private {
		return jwkset.JWK{}, false
	}
	key, err := jwkset.NewJWKFromMarshal(e.jwk, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{})
	if err != nil {
		return jwkset.JWK{}, false
	}
	public := publicKey(key)
	bits := public.N.BitLen()
	return key, bits >= minModulus && bits <= maxModulus && public.N.Bit(0) == 1 && public.E >= 65537 && public.E%2 == 1
}

// publicKey is that of a JWK of kty RSA without a private half.
func publicKey(key jwkset.JWK) *rsa.PublicKey { return key.Key().(*rsa.PublicKey) }

// modulus tells whether two entries are of one key, however they write it: with padding, or with zeros before.
func (e entry) modulus() string {
	n, _ := base64.RawURLEncoding.DecodeString(strings.TrimRight(e.jwk.N, "="))
	return strings.TrimLeft(string(n), "\x00")
}
