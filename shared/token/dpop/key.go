package dpop

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"slices"

	"drawbridge/shared/access"
	"drawbridge/shared/strictjson"
	"drawbridge/shared/token/jws"
)

const coordinateSize = 32 // bytes, of P-256

// key is a public key of P-256. Its coordinates are base64url, each in the one spelling that 32 bytes have.
type key struct{ x, y string }

// privateMembers are those of a private or secret key (RFC 7518 section 6; priv of the key type AKP).
var privateMembers = []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"}

// readKey reads the jwk of a proof. What RFC 7517 section 4 has about its use is believed: a key that is not for ES256
// signatures is refused. Other members mean nothing here.
func readKey(jwk strictjson.Value) (key, error) {
	var k key
	private, good := false, true
	curve, family := "", ""
	isObject, _ := jwk.Members(func(name string, value strictjson.Value) error {
		text, _ := value.Text()
		switch name {
		case "kty":
			family = text
		case "crv":
			curve = text
		case "x":
			k.x = text
		case "y":
			k.y = text
		case "use":
			good = good && text == "sig"
		case "alg":
			good = good && text == access.ProofAlgorithm
		case "key_ops":
			good = good && allowsVerify(value)
		default:
			private = private || slices.Contains(privateMembers, strictjson.Fold(name))
		}
		return nil
	})
	switch {
	case !isObject:
		return key{}, refuse(KeyMissing)
	case private:
		return key{}, refuse(KeyPrivate)
	case !good || family != "EC" || curve != "P-256" || !isCoordinate(k.x) || !isCoordinate(k.y):
		return key{}, refuse(KeyRefused)
	}
	return k, nil
}

func allowsVerify(operations strictjson.Value) (allowed bool) {
	_, _ = operations.Elements(func(element strictjson.Value) error {
		operation, _ := element.Text()
		allowed = allowed || operation == "verify"
		return nil
	})
	return allowed
}

func isCoordinate(text string) bool {
	_, ok := coordinate(text)
	return ok
}

func coordinate(text string) (bytes [coordinateSize]byte, ok bool) {
	var room [coordinateSize + 8]byte // a longer text than 43 characters never gets here
	if len(text) != 43 {
		return bytes, false
	}
	n, err := jws.Base64url.Decode(room[:], []byte(text))
	copy(bytes[:], room[:])
	return bytes, err == nil && n == coordinateSize
}

// thumbprint is RFC 7638's, with SHA-256: of the members that make the key, in the order of their names.
func (k key) thumbprint() string {
	return hash(`{"crv":"P-256","kty":"EC","x":"` + k.x + `","y":"` + k.y + `"}`)
}

// public fails for a point that is not on the curve.
func (k key) public() (*ecdsa.PublicKey, error) {
	x, _ := coordinate(k.x)
	y, _ := coordinate(k.y)
	return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, x[:], y[:]))
}
