package token_test

import (
	"encoding/base64"
	"fmt"
	"strings"

	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

func shapeCases() []hostile {
	var cases []hostile
	add := func(name string, want token.Reason, edit func(string) string) {
		cases = append(cases, hostile{name: "shape: " + name, want: want, make: edited(edit)})
	}
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
	add("nothing", token.WrongParts, always(""))
	add("a word", token.WrongParts, always("token"))
	add("null", token.WrongParts, always("null"))
	add("an opaque Auth0 token", token.WrongParts, always("k4Jd8x0oKQvVb3nZr1sT5uW7yA9cE2fG"))
	for n := 1; n <= 8; n++ {
		add(fmt.Sprintf("%d dots", n), token.WrongParts, dots(n))
	}
	add("100 dots", token.WrongParts, dots(100))
	add("one part", token.WrongParts, part(0))
	add("two parts", token.WrongParts, part(0, 1))
	add("no header", token.WrongParts, part(-1, 1, 2))
	add("no payload", token.WrongParts, part(0, -1, 2))
	add("header alone", token.WrongParts, part(0, -1, -1))
	add("no signature", token.SignatureSize, part(0, 1, -1))
	add("four parts", token.WrongParts, part(0, 1, 2, 2))
	add("five parts, as a JWE has", token.WrongParts, part(0, 1, 2, 1, 2))
	add("a dot before", token.WrongParts, part(-1, 0, 1, 2))
	add("a dot after", token.WrongParts, part(0, 1, 2, -1))
	add("two tokens with a dot", token.WrongParts, func(raw string) string { return raw + "." + raw })
	add("two tokens with a comma", token.WrongParts, func(raw string) string { return raw + "," + raw })
	add("two tokens with a space", token.WrongParts, func(raw string) string { return raw + " " + raw })
	add("the JSON serialization", token.WrongParts, func(raw string) string {
		parts := strings.Split(raw, ".")
		return fmt.Sprintf(`{"protected":%q,"payload":%q,"signature":%q}`, parts[0], parts[1], parts[2])
	})
	add("8193 bytes", token.TooLarge, func(raw string) string { return raw + strings.Repeat("A", 8193-len(raw)) })
	add("a megabyte", token.TooLarge, func(raw string) string { return raw + strings.Repeat("A", 1<<20) })
	add("a megabyte of dots", token.TooLarge, dots(1<<20))
	cases = append(cases, hostile{name: "shape: a large claim, well signed", want: token.TooLarge,
		make: access(tokentest.Claim("large", strings.Repeat("x", 8000)))})
	return cases
}

// encodingCases spell the same bytes, or nearly, in another way, in each of the three parts.
func encodingCases() []hostile {
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
	var cases []hostile
	for _, name := range sortedKeys(spellings) {
		spell := spellings[name]
		for i, part := range []string{"header", "payload", "signature"} {
			cases = append(cases, hostile{
				name: "encoding: " + part + ": " + name, want: token.WrongEncoding,
				make: func(f *forge) string {
					raw := f.issuer.AccessToken(tokentest.Header("x", ""), tokentest.Claim("x", ""))
					for len(strings.Split(raw, ".")[i])%4 == 0 { // there must be bits to leave over
						h, p := f.texts(raw)
						h, p = strings.Replace(h, `"x":"`, `"x":"x`, 1), strings.Replace(p, `"x":"`, `"x":"x`, 1)
						raw = f.resigned(h, p)
					}
					parts := strings.Split(raw, ".")
					parts[i] = spell(parts[i])
					return strings.Join(parts, ".")
				},
			})
		}
	}
	return cases
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
