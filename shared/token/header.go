package token

import (
	"strings"

	"drawbridge/shared/strictjson"
)

const (
	algorithm = "RS256" // no other: RFC 8725 section 3.1

	maxKeyID = 128 // bytes
)

var headerLimits = strictjson.Limits{Depth: 4, Members: 16}

// parameter numbers the header parameters that we read or refuse.
type parameter int

const (
	parameterAlg parameter = iota
	parameterTyp
	parameterKid
	parameterCrit
	parameterKey       // brings a key along
	parameterTransform // makes the payload something else than our claims
	parameterCount
)

var parameters = strictjson.NewMembers(map[string]parameter{
	"alg": parameterAlg, "typ": parameterTyp, "kid": parameterKid, "crit": parameterCrit,
	"jwk": parameterKey, "jku": parameterKey, "x5u": parameterKey, "x5c": parameterKey,
	"b64": parameterTransform, "zip": parameterTransform, "enc": parameterTransform, "cty": parameterTransform,
})

// readHeader judges a JOSE header, still encoded, and returns its kid.
func (d dialect) readHeader(part string) (kid string, err error) {
	text, err := decode(part)
	if err != nil {
		return "", err
	}
	var values [parameterCount]strictjson.Value
	switch parameters.Read(headerLimits, text, values[:]) {
	case nil:
	case strictjson.ErrRepeated:
		return "", refuse(HeaderNameRepeated)
	case strictjson.ErrVariant:
		return "", refuse(HeaderNameVariant)
	case strictjson.ErrComplex:
		return "", refuse(HeaderTooComplex)
	default:
		return "", refuse(HeaderMalformed)
	}

	if values[parameterCrit].Kind() != strictjson.Absent {
		return "", refuse(HeaderCritical)
	}
	if values[parameterKey].Kind() != strictjson.Absent {
		return "", refuse(HeaderEmbedsKey)
	}
	if values[parameterTransform].Kind() != strictjson.Absent {
		return "", refuse(HeaderTransforms)
	}
	switch alg, ok := values[parameterAlg].Text(); {
	case values[parameterAlg].Kind() == strictjson.Absent:
		return "", refuse(AlgorithmRefused)
	case !ok:
		return "", refuseNamed(HeaderWrongType, "alg")
	case alg != algorithm:
		return "", refuse(AlgorithmRefused)
	}
	switch typ, ok := values[parameterTyp].Text(); {
	case values[parameterTyp].Kind() == strictjson.Absent:
		return "", refuse(WrongTokenType)
	case !ok:
		return "", refuseNamed(HeaderWrongType, "typ")
	case !d.takesType(typ):
		return "", refuse(WrongTokenType)
	}
	switch kid, ok := values[parameterKid].Text(); {
	case values[parameterKid].Kind() == strictjson.Absent:
		return "", refuse(KeyIDMissing)
	case !ok:
		return "", refuseNamed(HeaderWrongType, "kid")
	case kid == "" || len(kid) > maxKeyID || strings.ContainsFunc(kid,
		func(r rune) bool { return r <= ' ' || r > '~' }):
		return "", refuse(KeyIDMalformed)
	default:
		return kid, nil
	}
}
