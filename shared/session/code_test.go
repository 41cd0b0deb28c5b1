package session

import (
	"strings"
	"testing"
	"unicode"
)

func TestACodeIsACode(t *testing.T) {
	for range 1000 {
		if code := newCode(); !IsCode(code) {
			t.Fatalf("%d characters, and it does not pass", len(code))
		}
	}
}

func TestTwoCodesDiffer(t *testing.T) {
	seen := make(map[string]bool)
	for range 1000 {
		code := newCode()
		if seen[code] {
			t.Fatal("the same code twice")
		}
		seen[code] = true
	}
}

func TestACodeWithAnyOneCharacterChangedIsNone(t *testing.T) {
	code := newCode()
	for i := range code {
		for _, c := range "abz27A_-=0 \n\x00" {
			changed := code[:i] + string(c) + code[i+1:]
			if changed != code && IsCode(changed) {
				t.Errorf("character %d changed to %q passes", i, c)
			}
		}
	}
}

func TestWhatIsSpeltOtherwiseIsNoCode(t *testing.T) {
	code := newCode()
	upper := func(s string) string { return strings.ToUpper(s) }
	for name, s := range map[string]string{
		"empty": "", "the prefix alone": prefix, "one short": code[:len(code)-1], "one long": code + "a",
		"upper case":                   upper(code),
		"upper case after the prefix":  prefix + upper(code[len(prefix):]),
		"another prefix":               "ghp_" + code[len(prefix):],
		"a line break inside":          code[:20] + "\n" + code[20:len(code)-1],
		"a line break for a character": code[:20] + "\n" + code[21:],
		"line breaks at the end":       code[:len(code)-2] + "\r\n", "space before": " " + code,
		"padding": code[:len(code)-1] + "=", "a JWT": "eyJhbGciOiJSUzI1NiJ9.e30.c2ln",
		"zeros": prefix + strings.Repeat("a", codeLength-len(prefix)),
	} {
		if IsCode(s) {
			t.Errorf("%s passes", name)
		}
	}
}

// What secret scanners look for, and what a double click selects: no punctuation after the prefix.
func TestACodeIsOneWord(t *testing.T) {
	code := newCode()
	if len(code) != 68 || !strings.HasPrefix(code, "dbc_") {
		t.Errorf("%d characters, prefix %q", len(code), code[:4])
	}
	for _, r := range code[len(prefix):] {
		if !unicode.IsLower(r) && !unicode.IsDigit(r) {
			t.Errorf("%q is in a code", r)
		}
	}
}

func FuzzWhatPassesIsSpeltInTheOneWay(f *testing.F) {
	f.Add(newCode())
	f.Add("dbc_\n")
	f.Fuzz(func(t *testing.T, s string) {
		if !IsCode(s) {
			return
		}
		raw, err := encoding.DecodeString(s[len(prefix):])
		if err != nil || prefix+encoding.EncodeToString(raw) != s {
			t.Errorf("%q passes and is not canonical", s)
		}
	})
}
