package dpop

import (
	"crypto/sha256"

	"drawbridge/shared/token/jws"
)

const maxSize = 4 << 10 // bytes of a proof; an ordinary one has 600

func split(raw string) (jws.Parts, error) {
	parts, err := jws.Split(raw, maxSize)
	return parts, refuseShape(err)
}

func decode(part string) (string, error) {
	text, err := jws.Decode(part)
	return text, refuseShape(err)
}

func refuseShape(err error) error {
	switch err {
	case nil:
		return nil
	case jws.ErrSize:
		return refuse(TooLarge)
	case jws.ErrParts:
		return refuse(WrongParts)
	}
	return refuse(WrongEncoding)
}

// hash is how RFC 9449 writes a hash of the token (ath, section 4.2) and RFC 7638 one of the key.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return jws.Base64url.EncodeToString(sum[:])
}
