package dpop

import (
	"drawbridge/shared/access"
	"drawbridge/shared/strictjson"
)

const proofType = "dpop+jwt"

var headerLimits = strictjson.Limits{Depth: 4, Members: 16}

// parameter numbers the header parameters that we read or refuse.
type parameter int

const (
	parameterTyp parameter = iota
	parameterAlg
	parameterJWK
	parameterCrit      // we understand no extension (RFC 7515 section 4.1.11)
	parameterKey       // brings another key along
	parameterTransform // makes the payload something else than our claims
	parameterCount
)

var parameters = strictjson.NewMembers(map[string]parameter{
	"typ": parameterTyp, "alg": parameterAlg, "jwk": parameterJWK, "crit": parameterCrit,
	"jku": parameterKey, "x5u": parameterKey, "x5c": parameterKey,
	"b64": parameterTransform, "zip": parameterTransform, "enc": parameterTransform, "cty": parameterTransform,
})

// readHeader judges a JOSE header, still encoded, and returns the key that it brings.
func readHeader(part string) (key, error) {
	text, err := decode(part)
	if err != nil {
		return key{}, err
	}
	var values [parameterCount]strictjson.Value
	if parameters.Read(headerLimits, text, values[:]) != nil {
		return key{}, refuse(HeaderMalformed)
	}
	if typ, _ := values[parameterTyp].Text(); typ != proofType {
		return key{}, refuse(WrongType)
	}
	if alg, _ := values[parameterAlg].Text(); alg != access.ProofAlgorithm {
		return key{}, refuse(AlgorithmRefused)
	}
	for _, refused := range []parameter{parameterCrit, parameterKey, parameterTransform} {
		if values[refused].Kind() != strictjson.Absent {
			return key{}, refuse(HeaderRefused)
		}
	}
	return readKey(values[parameterJWK])
}
