package token

import "drawbridge/shared/token/jws"

const (
	maxSize = 8 << 10 // bytes of a token; API Gateway allows 10,240 for all headers together

	minSignature = 2048 / 8 // bytes; an RS256 signature is as long as its key's modulus
	maxSignature = 4096 / 8
)

func split(raw string) (jws.Parts, error) {
	parts, err := jws.Split(raw, maxSize)
	return parts, refuseShape(err)
}

func decode(part string) (string, error) {
	text, err := jws.Decode(part)
	return text, refuseShape(err)
}

func decodeSignature(part string) ([]byte, error) {
	signature, err := jws.Base64url.DecodeString(part)
	if err != nil {
		return nil, refuse(WrongEncoding)
	}
	if len(signature) < minSignature || len(signature) > maxSignature {
		return nil, refuse(SignatureSize)
	}
	return signature, nil
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
