package strictjson

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Kind is what a JSON value is.
type Kind byte

// The kinds. Absent, the zero Kind, is that of a member that is not there.
const (
	Absent Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

// Value is a well-formed value. Its zero value stands for a member that is not there.
type Value struct {
	kind    Kind
	escaped bool   // a string with backslashes in it
	broken  bool   // a string with half of a surrogate pair in it
	raw     string // as it stands in the text, quotes included
}

// A value that was read has passed the limits: reading into it needs none.
var noLimits = Limits{Depth: math.MaxInt, AllowRepeatedNames: true, AllowHalfPairs: true}

// Kind tells what the value is.
func (v Value) Kind() Kind { return v.kind }

// Raw is the value as it stands in the text; empty if it is not there.
func (v Value) Raw() string { return v.raw }

// Text is the content of a string, its escapes resolved.
func (v Value) Text() (string, bool) {
	if v.kind != String || v.broken {
		return "", false
	}
	return v.unquoted(), true
}

// Truth is the content of a boolean.
func (v Value) Truth() (value, ok bool) {
	return v.raw == "true", v.kind == Bool
}

// Integer is the content of a number written as a plain integer of at most 18 digits: 1e9, 1.0 and -0 are not.
func (v Value) Integer() (int64, bool) {
	if v.kind != Number || len(v.raw) > 18 || v.raw == "-0" {
		return 0, false
	}
	n, err := strconv.ParseInt(v.raw, 10, 64) // refuses points and exponents
	return n, err == nil
}

// Elements calls visit for each element of an array and tells whether the value is one. An error of visit ends the
// reading and is returned.
func (v Value) Elements(visit func(Value) error) (ok bool, err error) {
	if v.kind != Array {
		return false, nil
	}
	s := scanner{text: v.raw, limits: noLimits}
	return true, s.array(1, nil, visit)
}

// Members calls visit for each member of an object and tells whether the value is one. An error of visit ends the
// reading and is returned.
func (v Value) Members(visit func(name string, value Value) error) (ok bool, err error) {
	if v.kind != Object {
		return false, nil
	}
	s := scanner{text: v.raw, limits: noLimits}
	return true, s.object(1, nil, visit)
}

// unquoted is the content of a string: its escapes resolved, or left as they are where they make no text.
func (v Value) unquoted() string {
	body := v.raw[1 : len(v.raw)-1]
	if !v.escaped || v.broken {
		return body
	}
	var b strings.Builder
	b.Grow(len(body))
	for {
		i := strings.IndexByte(body, '\\')
		if i < 0 {
			b.WriteString(body)
			return b.String()
		}
		b.WriteString(body[:i])
		length := escapeLength(body[i:])
		b.WriteRune(escapedRune(body[i : i+length]))
		body = body[i+length:]
	}
}

// escapeLength is the number of bytes of the escape that text begins with: 2, 6, or 12 for a surrogate pair; 0 for no
// escape. Half a pair counts as no escape: RFC 8259 section 8.2 calls what readers make of it unpredictable.
func escapeLength(text string) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		r, ok := hexRune(text)
		switch {
		case !ok:
			return 0
		case !utf16.IsSurrogate(r):
			return 6
		}
		if low, ok := hexRune(text[6:]); ok && utf16.DecodeRune(r, low) != utf8.RuneError {
			return 12
		}
	}
	return 0
}

// escapedRune is the character that a whole escape stands for.
func escapedRune(escape string) rune {
	switch escape[1] {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'u':
		r, _ := hexRune(escape)
		if len(escape) == 12 {
			low, _ := hexRune(escape[6:])
			return utf16.DecodeRune(r, low)
		}
		return r
	default:
		return rune(escape[1])
	}
}

// hexRune reads the \uXXXX that text begins with.
func hexRune(text string) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range []byte(text[2:6]) {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
