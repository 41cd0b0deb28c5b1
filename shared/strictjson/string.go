package strictjson

import (
	"unicode/utf8"
)

// string reads a string; s.at is at its opening quote.
func (s *scanner) string() (Value, error) {
	start := s.at + 1
	escaped, broken, ascii := false, false, true
	for i := start; i < len(s.text); i++ {
		for ordinary[s.text[i]] {
			if i++; i == len(s.text) {
				return Value{}, ErrMalformed
			}
		}
		switch c := s.text[i]; {
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

// ordinary are the bytes that mean themselves: ASCII but for quotes, backslashes and control characters.
var ordinary = func() (table [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()
