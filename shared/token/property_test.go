package token_test

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"drawbridge/shared/testkit"
	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"

	"pgregory.net/rapid"
)

// accepting is a good token, and a verifier that has accepted it: so the memory of good tokens is tried as well.
func accepting(t *testing.T) (accepted func(raw string) bool, good string) {
	t.Helper()
	issuer := tokentest.NewIssuer(t)
	verifier := newVerifier(t, issuer, token.RFC9068)
	accepted = func(raw string) bool { _, err := verifier.Verify(context.Background(), raw); return err == nil }
	if good = issuer.AccessToken(); !accepted(good) {
		t.Fatal("a good token is refused")
	}
	return accepted, good
}

func TestNoTokenWithOneBitFlippedIsAccepted(t *testing.T) {
	accepted, good := accepting(t)
	for bit := range len(good) * 8 {
		bad := []byte(good)
		bad[bit/8] ^= 1 << (bit % 8)
		if accepted(string(bad)) {
			t.Errorf("accepted with bit %d flipped: %q", bit, bad)
		}
	}
}

func TestNoTokenWithOneBitOfItsDecodedPartsFlippedIsAccepted(t *testing.T) {
	accepted, raw := accepting(t)
	good := strings.Split(raw, ".")
	for i := range good {
		decoded, err := base64.RawURLEncoding.DecodeString(good[i])
		testkit.Must(t, err)
		for bit := range len(decoded) * 8 {
			decoded[bit/8] ^= 1 << (bit % 8)
			bad := append([]string(nil), good...)
			bad[i] = base64.RawURLEncoding.EncodeToString(decoded)
			decoded[bit/8] ^= 1 << (bit % 8)
			if accepted(strings.Join(bad, ".")) {
				t.Errorf("accepted with bit %d of part %d flipped", bit, i)
			}
		}
	}
}

// Whatever is put into, taken out of or exchanged in a good token, the result is refused unless it is that very token.
func TestNoOtherSpellingOfATokenIsAccepted(t *testing.T) {
	accepted, good := accepting(t)
	put := rapid.OneOf(rapid.StringOfN(rapid.RuneFrom([]rune("=\r\n \t+/.%-_A")), 0, 3, -1), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		raw := good
		for range 50 { // edits, one upon the other
			from := rapid.IntRange(0, len(raw)).Draw(t, "from")
			to := rapid.IntRange(from, min(len(raw), from+4)).Draw(t, "to")
			raw = raw[:from] + put.Draw(t, "put") + raw[to:]
			if raw != good && accepted(raw) {
				t.Fatalf("accepted: %q", raw)
			}
			if rapid.Bool().Draw(t, "start over") {
				raw = good
			}
		}
	})
}

// One signed text has one encoding that is accepted: all others of the same bytes are refused.
func TestNoReencodingOfATokenIsAccepted(t *testing.T) {
	accepted, good := accepting(t)
	parts := strings.Split(good, ".")
	encodings := map[string]*base64.Encoding{
		"std": base64.StdEncoding, "raw std": base64.RawStdEncoding, "url": base64.URLEncoding,
	}
	tried := 0
	for name, encoding := range encodings {
		for mask := 1; mask < 8; mask++ {
			other := append([]string(nil), parts...)
			for i := range other {
				if mask&(1<<i) != 0 {
					decoded, _ := base64.RawURLEncoding.DecodeString(parts[i])
					other[i] = encoding.EncodeToString(decoded)
				}
			}
			raw := strings.Join(other, ".")
			if raw == good {
				continue
			}
			tried++
			if accepted(raw) {
				t.Errorf("accepted as %s, parts %b", name, mask)
			}
		}
	}
	if tried == 0 {
		t.Error("no other encoding was tried")
	}
}

// Every refusal is an *Error with a reason of the list, whatever the bytes.
func TestEveryRefusalHasAReasonOfTheList(t *testing.T) {
	issuer := tokentest.NewIssuer(t)
	verifier := newVerifier(t, issuer, token.Auth0)
	known := make(map[token.Reason]bool)
	for _, reason := range token.Reasons() {
		known[reason] = true
	}
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.OneOf(rapid.String(),
			rapid.StringMatching(`[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}`)).Draw(t, "raw")
		_, err := verifier.Verify(context.Background(), raw)
		var refusal *token.Error
		if !errors.As(err, &refusal) || !known[refusal.Reason] || refusal.Stage == "" {
			t.Fatalf("%q: %v", raw, err)
		}
		if len(raw) > 8 && strings.Contains(err.Error(), raw) {
			t.Fatalf("the error shows the token: %v", err)
		}
	})
}
