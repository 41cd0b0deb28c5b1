package token

import (
	"crypto/sha256"
	"strings"
	"time"
	"unicode"

	"drawbridge/shared/strictjson"
	"drawbridge/shared/token/jws"
)

const (
	maxText      = 255 // bytes: the bound of OpenID Connect Core section 2 for sub
	maxAudiences = 16
	maxScopes    = 64
	maxTransfer  = 512     // bytes
	maxDetails   = 5 << 10 // bytes: what Auth0 takes as authorization_details

	minApprovalID, maxApprovalID = 22, 64 // characters of base64url: 22 hold 128 bits

	// A NumericDate has ten digits, which are the years 2001 to 2286: milliseconds have more.
	minTime, maxTime = 1_000_000_000, 9_999_999_999
)

// claimReader gives claims their types, and keeps the first problem. An absent claim reads as zero; judge decides which
// claims are required. null is a value of the wrong type.
type claimReader struct {
	values claimValues
	err    error
}

func (r *claimReader) refuse(reason Reason, c claim) {
	if r.err == nil {
		r.err = refuseNamed(reason, claimText[c])
	}
}

// text reads an identifier. Identifiers end up in logs, in headers and in the authorizer's context.
func (r *claimReader) text(c claim) string { return r.matching(c, plain, ClaimOutOfBounds) }

// name reads a text that others read too, by the parser that all of them use.
func name[T ~string](r *claimReader, c claim, parse func(string) (T, error)) T {
	text := r.text(c)
	value, err := parse(text)
	if text != "" && err != nil {
		r.refuse(ClaimOutOfBounds, c)
	}
	return value
}

func plain(text string) bool {
	for _, c := range text {
		if unicode.IsControl(c) {
			return false
		}
	}
	return text != "" && len(text) <= maxText
}

func (r *claimReader) truth(c claim) bool {
	value, ok := r.values[c].Truth()
	if !ok && r.values.has(c) {
		r.refuse(ClaimWrongType, c)
	}
	return value
}

// time reads a NumericDate (RFC 7519 section 2). It refuses fractions and exponents: our issuer writes none, and
// readers differ about them.
func (r *claimReader) time(c claim) time.Time {
	if !r.values.has(c) {
		return time.Time{}
	}
	seconds, ok := r.values[c].Integer()
	switch {
	case !ok:
		r.refuse(ClaimWrongType, c)
	case seconds < minTime || seconds > maxTime:
		r.refuse(ClaimOutOfBounds, c)
	}
	return time.Unix(seconds, 0)
}

// audience reads aud: a string, or a list of them (RFC 7519 section 4.1.3).
func (r *claimReader) audience() []string {
	if !r.values.has(claimAud) {
		return nil
	}
	if r.values[claimAud].Kind() == strictjson.String {
		return []string{r.text(claimAud)}
	}
	var list []string
	isList, _ := r.values[claimAud].Elements(func(element strictjson.Value) error {
		text, ok := element.Text()
		switch {
		case !ok:
			r.refuse(ClaimWrongType, claimAud)
		case !plain(text) || len(list) == maxAudiences:
			r.refuse(ClaimOutOfBounds, claimAud)
		default:
			list = append(list, text)
		}
		return nil
	})
	switch {
	case !isList:
		r.refuse(ClaimWrongType, claimAud)
	case len(list) == 0:
		r.refuse(ClaimOutOfBounds, claimAud)
	}
	return list
}

// scopes reads scope: scope-tokens with one space between them (RFC 6749 section 3.3). A reader that split at tabs too
// would find a scope in what another reader takes for one word.
func (r *claimReader) scopes() []string {
	if !r.values.has(claimScope) {
		return nil
	}
	text, ok := r.values[claimScope].Text()
	if !ok {
		r.refuse(ClaimWrongType, claimScope)
		return nil
	}
	if text == "" {
		return nil
	}
	list := strings.Split(text, " ")
	if len(list) > maxScopes {
		r.refuse(ClaimOutOfBounds, claimScope)
		return nil
	}
	for _, scope := range list {
		if scope == "" || strings.ContainsFunc(scope, notInScopeToken) {
			r.refuse(ClaimMalformed, claimScope)
		}
	}
	return list
}

func notInScopeToken(r rune) bool {
	return r <= ' ' || r > '~' || r == '"' || r == '\\'
}

// approvalID reads what auth0/actions/step-up.js makes: characters of base64url.
func (r *claimReader) approvalID() string {
	return r.matching(claimApprovalID, func(text string) bool {
		return len(text) >= minApprovalID && len(text) <= maxApprovalID && !strings.ContainsFunc(text, notInBase64url)
	}, ClaimMalformed)
}

// thumbprint reads cnf.jkt, a SHA-256 in base64url. Other members of cnf are ignored (RFC 7800 section 3.1), but a
// token that is bound by them alone is refused: its sender cannot be checked here.
func (r *claimReader) thumbprint() string {
	var jkt strictjson.Value
	isObject, _ := r.values[claimCnf].Members(func(name string, value strictjson.Value) error {
		if name == "jkt" {
			jkt = value
		}
		return nil
	})
	text, isText := jkt.Text()
	digest, err := jws.Base64url.DecodeString(text)
	switch {
	case !isObject, jkt.Kind() != strictjson.Absent && !isText:
		r.refuse(ClaimWrongType, claimCnf)
	case jkt.Kind() == strictjson.Absent:
		r.refuse(SenderConstrained, claimCnf)
	case err != nil || len(text) != 43 || len(digest) != sha256.Size:
		r.refuse(ClaimMalformed, claimCnf)
	}
	return text
}

// transfer reads a line of visible ASCII and spaces. The transfer function reads its fields.
func (r *claimReader) transfer() string {
	return r.matching(claimTransfer, func(text string) bool {
		return text != "" && len(text) <= maxTransfer &&
			!strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c > '~' })
	}, ClaimMalformed)
}

// array returns an array as it stands in the token.
func (r *claimReader) array(c claim) string {
	raw := r.values[c].Raw()
	switch {
	case r.values.has(c) && r.values[c].Kind() != strictjson.Array:
		r.refuse(ClaimWrongType, c)
	case len(raw) > maxDetails:
		r.refuse(ClaimOutOfBounds, c)
	}
	return raw
}

// matching reads a text and refuses one that is not good for the reason given. An absent one is empty.
func (r *claimReader) matching(c claim, good func(string) bool, otherwise Reason) string {
	if !r.values.has(c) {
		return ""
	}
	text, ok := r.values[c].Text()
	switch {
	case !ok:
		r.refuse(ClaimWrongType, c)
	case !good(text):
		r.refuse(otherwise, c)
	}
	return text
}

func notInBase64url(c rune) bool {
	return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_')
}
