// Package strictjson reads JSON objects whose meaning must not depend on who reads them.
//
// Several programs read a signed token: the issuer's library, ours, a proxy, a log pipeline. Where RFC 8259 leaves a
// choice (section 4: "names within an object SHOULD be unique"; section 8.1: BOM; section 8.2: lone surrogates) two
// readers may understand one text in two ways. encoding/json adds ways of its own: it takes the last of two equal
// names, matches names case-insensitively (SCOPE, ſcope), and replaces invalid UTF-8 and half surrogate pairs. So two
// passwords become one. This reader accepts a text only if
//
//   - the text is one object in valid UTF-8, with nothing but whitespace around it;
//   - no two names of one object are equal, nor equal but for case, at any depth, escapes resolved first;
//   - no escape is half of a surrogate pair;
//   - depth and members are bounded, and with them time and stack.
//
// It reads tokens, key sets, request bodies and the commands of operators. [Limits] loosen it for a text in which a
// stranger's odd member must cost itself alone: a key set, an event of API Gateway.
//
// It works on a string and hands out substrings of it: a text without escapes is read without copying.
//
// encoding/json/v2 (https://pkg.go.dev/encoding/json/v2), an experiment in Go 1.26, refuses repeated names and bad
// UTF-8 too. When it is released, it may take this package's place.
package strictjson

import "errors"

// The errors of a refused text. They are returned as they are: errors.Is and == both find them.
var (
	ErrMalformed = errors.New("strictjson: not one well-formed JSON object")
	ErrRepeated  = errors.New("strictjson: a name appears twice in one object")
	ErrVariant   = errors.New("strictjson: two names of one object differ only by case")
	ErrComplex   = errors.New("strictjson: deeper or wider than allowed")
)

// Limits bound a text. The zero value allows none.
type Limits struct {
	Depth   int // of nesting; the outermost object is at depth 1
	Members int // of any one object

	// AllowRepeatedNames skips the comparison and the count of names, for a visit that compares the names it reads.
	AllowRepeatedNames bool
	// AllowHalfPairs lets a text pass in which a string has half of a surrogate pair. That string has no Text. A name
	// with such a half is passed to visit as it stands in the text.
	AllowHalfPairs bool
}

// Object reads text, which must be one object, and calls visit for each of its members in the order of the text.
//
// The rest of the text is unread when visit runs: take values in visit, and judge them after Object has returned nil.
// An error of visit ends the reading and is returned as it is.
func (l Limits) Object(text string, visit func(name string, value Value) error) error {
	var room [24]name
	s := scanner{text: text, limits: l}
	s.space()
	if s.peek() != '{' {
		return ErrMalformed
	}
	if err := s.object(1, room[:0], visit); err != nil {
		return err
	}
	s.space()
	if s.at != len(text) {
		return ErrMalformed
	}
	return nil
}
