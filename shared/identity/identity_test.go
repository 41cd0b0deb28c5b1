package identity_test

import (
	"strings"
	"testing"

	"drawbridge/shared/identity"
)

func TestASubIsPrintableAndAtMost255Bytes(t *testing.T) {
	for text, good := range map[string]bool{
		"auth0|66f0a1c0de00000000000001": true, "samlp|acme|Jane Roe": true, "samlp|acme|Jörg Müller": true,
		"samlp|acme|山田 太郎":      true,
		"waad|a,b;c\"d\\e'f<g>": true, "x": true, "abc@clients": true, strings.Repeat("x", 255): true,
		strings.Repeat("ü", 127) + "x": true,
		"":                             false, " ": false, "auth0|x ": false, " auth0|x": false, "\u00a0x": false,
		"a\u00a0b": false, "a\tb": false,
		"a\nb":   false,
		"a\x00b": false, "a\x7fb": false, "a\u0085b": false, "a\u200bb": false, "a\u202eb": false, "\ufeffa": false,
		"a\xffb":   false,
		"a\u034fb": false, "a\u115fb": false, "a\u3164b": false, "a\uffa0b": false, "a\u180bb": false, "a\ufe0fb": false,
		"a\U000e0100b": false, "a\u2800b": false,
		"a\u2028b": false, strings.Repeat("x", 256): false, strings.Repeat("ü", 128): false,
	} {
		got, err := identity.ParseSubject(text)
		if (err == nil) != good || good && string(got) != text || !good && got != "" {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

func TestACustomerIDIsTenDigits(t *testing.T) {
	for text, good := range map[string]bool{
		"1000000001": true, "9999999999": true, "0000000001": false, "100000000": false, "10000000011": false,
		"": false, "100000000a": false,
		"1000000001\n": false, " 1000000001": false, "١٠٠٠٠": false, "+100000001": false, "1000000.01": false,
	} {
		if got, err := identity.ParseCustomerID(text); (err == nil) != good || good && got != text {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

func TestAClientIDIsVisibleASCIIWithoutCommas(t *testing.T) {
	for text, good := range map[string]bool{
		"k2bQvTz8WebClient0000000000000001": true, "a": true, "a-b_c": true, "https://app.example/client.json": true,
		strings.Repeat("x", 255): true,
		"":                       false, "a b": false, "a,b": false, " a": false, "a\n": false, "é": false,
		"a\x7f":                  false,
		strings.Repeat("x", 256): false,
	} {
		if got, err := identity.ParseClientID(text); (err == nil) != good || good && string(got) != text {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}
