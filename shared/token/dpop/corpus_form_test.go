package dpop_test

import (
	"strconv"
	"strings"

	"drawbridge/shared/token/dpop"
)

// forms are how many proofs there are, their parts, their encoding, and what is no JSON.
func (c *corpus) forms() {
	c.add(dpop.Missing, "no header", func(*world) []string { return nil })
	c.add(dpop.Several, "two good ones", func(w *world) []string { return []string{w.good(), w.good()} })
	c.add(dpop.Several, "the same twice", func(w *world) []string { g := w.good(); return []string{g, g} })
	c.add(dpop.Several, "a good one and junk", func(w *world) []string { return []string{w.good(), "x"} })
	c.add(dpop.Several, "junk and a good one", func(w *world) []string { return []string{"", w.good()} })

	c.raw(dpop.WrongParts, "empty", func(string) string { return "" })
	c.raw(dpop.WrongParts, "a word", func(string) string { return "proof" })
	c.raw(dpop.WrongParts, "two parts", func(p string) string { return p[:strings.LastIndexByte(p, '.')] })
	c.raw(dpop.WrongParts, "four parts", func(p string) string { return p + ".e30" })
	c.raw(dpop.WrongParts, "five parts", func(p string) string { return p + ".e30.e30" })
	c.raw(dpop.WrongParts, "no header", func(p string) string { return p[strings.IndexByte(p, '.'):] })
	c.raw(dpop.WrongParts, "no payload", func(p string) string {
		parts := strings.Split(p, ".")
		return parts[0] + ".." + parts[2]
	})
	c.raw(dpop.WrongParts, "two proofs in one header", func(p string) string { return p + ", " + p })
	c.raw(dpop.TooLarge, "five kilobytes", func(p string) string { return p + strings.Repeat("A", 5<<10) })
	for name, edit := range map[string]func(string) string{
		"padding":             func(p string) string { return p + "==" },
		"a space before":      func(p string) string { return " " + p },
		"a space after":       func(p string) string { return p + " " },
		"a line break":        func(p string) string { return p + "\n" },
		"a line break inside": func(p string) string { return p[:9] + "\r\n" + p[9:] },
		"a quoted proof":      func(p string) string { return `"` + p + `"` },
		"a scheme before":     func(p string) string { return "DPoP " + p },
		"base64's own letters": func(p string) string {
			return strings.Replace(p, ".", "+/.", 1)
		},
		"bits left over": func(p string) string { return p[:len(p)-1] + nextLetter(p[len(p)-1]) },
		"not ASCII":      func(p string) string { return p + "é" },
		"a NUL":          func(p string) string { return p + "\x00" },
		"a comma":        func(p string) string { return p + "," },
	} {
		c.raw(dpop.WrongEncoding, name, edit)
	}

	for _, text := range []string{
		"", " ", "null", "[]", `"{}"`, "1", "{", "{}{}", "{} x", `{"typ":}`, `{'typ':'dpop+jwt'}`, "\xef\xbb\xbf{}",
		"{\"typ\":\"\xff\"}", `{"typ":"\ud800"}`,
	} {
		want := dpop.HeaderMalformed
		if text == "" {
			want = dpop.WrongParts
		}
		c.one(want, "header text "+strconv.Quote(text), func(w *world) string { return w.Sign(text, w.payload()) })
		if text != "" {
			want = dpop.ClaimsMalformed
		}
		c.one(want, "payload text "+strconv.Quote(text), func(w *world) string { return w.Sign(w.Header(), text) })
	}
}

// signatures are those of another key, of another text, or none.
func (c *corpus) signatures() {
	c.raw(dpop.SignatureSize, "no signature", func(p string) string { return p[:strings.LastIndexByte(p, '.')+1] })
	c.raw(dpop.SignatureSize, "a byte more", func(p string) string { return p[:len(p)-1] + "AAA" })
	c.raw(dpop.SignatureSize, "half of it", func(p string) string { return p[:len(p)-46] })
	c.raw(dpop.SignatureMismatch, "zeros", func(p string) string { return p[:len(p)-86] + strings.Repeat("A", 86) })
	c.raw(dpop.SignatureMismatch, "another bit", func(p string) string {
		return p[:len(p)-50] + nextLetter(p[len(p)-50]) + p[len(p)-49:]
	})
	c.one(dpop.SignatureMismatch, "another proof's signature", func(w *world) string {
		one, two := w.good(), w.good()
		return one[:len(one)-86] + two[len(two)-86:]
	})
	c.one(dpop.SignatureMismatch, "the thief signs for the client's key", func(w *world) string {
		return w.thief.Sign(w.Header(), w.payload())
	})
	c.one(dpop.SignatureMismatch, "a header spelled anew", func(w *world) string {
		good := w.good()
		spaced := w.Sign(w.Header()+" ", "{}")
		return spaced[:strings.IndexByte(spaced, '.')] + good[strings.IndexByte(good, '.'):]
	})
}
