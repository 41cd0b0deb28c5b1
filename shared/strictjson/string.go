package strictjson

import (
	"math/bits"
	"unicode/utf8"
)

// string reads a string; s.at is at its opening quote.
func (s *scanner) string() (Value, error) {
	start := s.at + 1
	escaped, broken, ascii := false, false, true
	for i := start; i < len(s.text); i++ {
		if i += ordinaryLength(s.text[i:]); i == len(s.text) {
			break
		}
		c := s.text[i]
		switch {
		case c == '"':
			if !ascii && !utf8.ValidString(s.text[start:i]) {
				return Value{}, ErrMalformed
			}
			s.at = i + 1
			return Value{kind: String, raw: s.text[start-1 : s.at], escaped: escaped, broken: broken}, nil
		case c == '\\':
			length := escapeLength(s.text[i:])
			if length == 0 {
				if _, half := hexRune(s.text[i:]); !half || !s.limits.AllowHalfPairs {
					return Value{}, ErrMalformed
				}
				length, broken = 6, true
			}
			escaped = true
			i += length - 1
		case c < ' ':
			return Value{}, ErrMalformed
		default:
			ascii = false
		}
	}
	return Value{}, ErrMalformed
}

// ordinaryLength is how many bytes text begins with that need no second look: ASCII but for quotes, backslashes and
// control characters; most of any text. It looks at eight at once, since a token is one string of a thousand: in each of
// the four words, the high bit of a byte is set if the byte is above ASCII, below the space, a quote or a backslash
// (https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord).
func ordinaryLength(text string) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(text); i += 8 {
		b := text[i : i+8]
		w := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		if odd := (w | (w - ones*' ') | ((w ^ ones*'"') - ones) | ((w ^ ones*'\\') - ones)) & high; odd != 0 {
			return i + bits.TrailingZeros64(odd)/8 // a borrow can mark further bytes, but not the first
		}
	}
	for i < len(text) && ordinary[text[i]] {
		i++
	}
	return i
}

// ordinary is the same for a single byte.
var ordinary = func() (table [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()
