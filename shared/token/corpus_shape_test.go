package token_test

import (
	"encoding/base64"
	"fmt"
	"strings"

	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

func (c *corpus) shapes() {
	c.group = "shape"
	dots := func(n int) func(string) string { return always(strings.Repeat(".", n)) }
	part := func(keep ...int) func(string) string {
		return func(raw string) string {
			parts := strings.Split(raw, ".")
			var kept []string
			for _, i := range keep {
				if i < 0 {
					kept = append(kept, "")
				} else {
					kept = append(kept, parts[i])
				}
			}
			return strings.Join(kept, ".")
		}
	}
	c.raw(token.WrongParts, "nothing", always(""))
	c.raw(token.WrongParts, "a word", always("token"))
	c.raw(token.WrongParts, "null", always("null"))
	c.raw(token.WrongParts, "an opaque Auth0 token", always("k4Jd8x0oKQvVb3nZr1sT5uW7yA9cE2fG"))
	for n := 1; n <= 8; n++ {
		c.raw(token.WrongParts, fmt.Sprintf("%d dots", n), dots(n))
	}
	c.raw(token.WrongParts, "100 dots", dots(100))
	c.raw(token.WrongParts, "one part", part(0))
	c.raw(token.WrongParts, "two parts", part(0, 1))
	c.raw(token.WrongParts, "no header", part(-1, 1, 2))
	c.raw(token.WrongParts, "no payload", part(0, -1, 2))
	c.raw(token.WrongParts, "header alone", part(0, -1, -1))
	c.raw(token.SignatureSize, "no signature", part(0, 1, -1))
	c.raw(token.WrongParts, "four parts", part(0, 1, 2, 2))
	c.raw(token.WrongParts, "five parts, as a JWE has", part(0, 1, 2, 1, 2))
	c.raw(token.WrongParts, "a dot before", part(-1, 0, 1, 2))
	c.raw(token.WrongParts, "a dot after", part(0, 1, 2, -1))
	c.raw(token.WrongParts, "two tokens with a dot", func(raw string) string { return raw + "." + raw })
	c.raw(token.WrongParts, "two tokens with a comma", func(raw string) string { return raw + "," + raw })
	c.raw(token.WrongParts, "two tokens with a space", func(raw string) string { return raw + " " + raw })
	c.raw(token.WrongParts, "the JSON serialization", func(raw string) string {
		parts := strings.Split(raw, ".")
		return fmt.Sprintf(`{"protected":%q,"payload":%q,"signature":%q}`, parts[0], parts[1], parts[2])
	})
	c.raw(token.TooLarge, "8193 bytes", func(raw string) string { return raw + strings.Repeat("A", 8193-len(raw)) })
	c.raw(token.TooLarge, "a megabyte", func(raw string) string { return raw + strings.Repeat("A", 1<<20) })
	c.raw(token.TooLarge, "a megabyte of dots", dots(1<<20))
	c.access(token.TooLarge, "a large claim, well signed", tokentest.Claim("large", strings.Repeat("x", 8000)))
}

// encodings spell the same bytes, or nearly, in another way, in each of the three parts.
func (c *corpus) encodings() {
	c.group = "encoding"
	spellings := map[string]func(string) string{
		"padded with =":             func(s string) string { return s + "=" },
		"padded with ==":            func(s string) string { return s + "==" },
		"padded with %3D":           func(s string) string { return s + "%3D" },
		"a line break at the end":   func(s string) string { return s + "\n" },
		"a line break inside":       func(s string) string { return s[:8] + "\n" + s[8:] },
		"a carriage return inside":  func(s string) string { return s[:8] + "\r" + s[8:] },
		"CR LF inside":              func(s string) string { return s[:8] + "\r\n" + s[8:] },
		"a space inside":            func(s string) string { return s[:8] + " " + s[8:] },
		"a space before":            func(s string) string { return " " + s },
		"a space after":             func(s string) string { return s + " " },
		"a tab inside":              func(s string) string { return s[:8] + "\t" + s[8:] },
		"a NUL inside":              func(s string) string { return s[:8] + "\x00" + s[8:] },
		"a NUL at the end":          func(s string) string { return s + "\x00" },
		"a plus sign":               func(s string) string { return s[:8] + "+" + s[9:] },
		"a slash":                   func(s string) string { return s[:8] + "/" + s[9:] },
		"a tilde":                   func(s string) string { return s[:8] + "~" + s[9:] },
		"a colon":                   func(s string) string { return s[:8] + ":" + s[9:] },
		"a full-width letter":       func(s string) string { return s[:8] + "Ａ" + s[9:] },
		"a zero-width space":        func(s string) string { return s[:8] + "\u200b" + s[8:] },
		"a byte order mark":         func(s string) string { return "\ufeff" + s },
		"a byte that is no UTF-8":   func(s string) string { return s[:8] + "\xff" + s[9:] },
		"percent-encoded":           func(s string) string { return "%" + fmt.Sprintf("%02X", s[0]) + s[1:] },
		"bits left over":            leftoverBits,
		"a single character beyond": func(s string) string { return s + strings.Repeat("A", (5-len(s)%4)%4) },
		"quoted":                    func(s string) string { return `"` + s + `"` },
	}
	for name, spell := range spellings {
		for i, part := range []string{"header", "payload", "signature"} {
			c.add(token.WrongEncoding, part+": "+name, func(f *forge) string {
				raw := f.issuer.AccessToken(tokentest.Header("x", ""), tokentest.Claim("x", ""))
				for len(strings.Split(raw, ".")[i])%4 == 0 { // there must be bits to leave over
					h, p := f.texts(raw)
					h, p = strings.Replace(h, `"x":"`, `"x":"x`, 1), strings.Replace(p, `"x":"`, `"x":"x`, 1)
					raw = f.resigned(h, p)
				}
				parts := strings.Split(raw, ".")
				parts[i] = spell(parts[i])
				return strings.Join(parts, ".")
			})
		}
	}
}

// leftoverBits changes the bits of the last character that belong to no byte: a lax decoder does not see it.
func leftoverBits(s string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, s[len(s)-1])
	other := s[:len(s)-1] + string(alphabet[last^1])
	same, _ := base64.RawURLEncoding.DecodeString(s)
	if lax, err := base64.RawURLEncoding.DecodeString(other); err != nil || string(lax) != string(same) {
		panic("there are no bits left over in " + s)
	}
	return other
}
