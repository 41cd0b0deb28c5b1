package token

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzKeySet reads any text as a key set. Every key that comes out is one that we want, under a kid of its own,
// and survives being saved and read again.
func FuzzKeySet(f *testing.F) {
	f.Add(`{"keys":[` + rfc7515Key + `,` + rfc7520Key + `]}`)
	f.Add(`{"keys":[` + rfc7515Key + `,` + rfc7515Key + `]}`)
	f.Add(`{"keys":[` + strings.Replace(rfc7520Key, `"use":"sig"`, `"use":"enc"`, 1) + `,null,1,[],{}]}`)
	f.Add(`{}`)
	f.Fuzz(func(t *testing.T, text string) {
		keys, err := readKeys(KeySet{JWKS: text})
		if err != nil {
			return
		}
		if len(keys.byID) == 0 || !json.Valid([]byte(text)) {
			t.Fatalf("%d keys were read from %q", len(keys.byID), text)
		}
		for kid, key := range keys.byID {
			if kid == "" || key.N.BitLen() < 2048 || key.N.BitLen() > 4096 || key.E < 65537 {
				t.Fatalf("took %q: %+v", kid, key)
			}
		}
		again, err := readKeys(keys.set)
		if err != nil || len(again.byID) != len(keys.byID) {
			t.Fatalf("%d keys came back, %v", len(again.byID), err)
		}
		for kid, key := range keys.byID {
			if !key.Equal(again.byID[kid]) {
				t.Fatalf("%q did not come back", kid)
			}
		}
	})
}

func TestAllReasonsHaveAStageAndAreListedOnce(t *testing.T) {
	seen := make(map[Reason]bool)
	for _, reason := range Reasons() {
		if seen[reason] || reason.Stage() == "" || reason == "" {
			t.Errorf("%q", reason)
		}
		seen[reason] = true
	}
}
