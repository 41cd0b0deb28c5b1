package token

import (
	"crypto/rsa"
	"encoding/json"
	"strings"
	"testing"

	"github.com/MicahParks/jwkset"
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
		list, err := keys.keyfunc.Storage().KeyReadAll(t.Context())
		if err != nil || len(list) == 0 {
			t.Fatalf("%d keys, %v", len(list), err)
		}
		if !json.Valid([]byte(text)) {
			t.Fatalf("keys were read from what is no JSON: %q", text)
		}
		kids := make(map[string]bool)
		for _, key := range list {
			public, ok := key.Key().(*rsa.PublicKey)
			m := key.Marshal()
			if !ok || public.N.BitLen() < 2048 || public.N.BitLen() > 4096 || public.E < 65537 || m.ALG != jwkset.AlgRS256 ||
				m.KID == "" || kids[m.KID] || !public.Equal(keys.find(m.KID)) {
				t.Fatalf("took %+v", m)
			}
			kids[m.KID] = true
		}
		saved, err := keys.set(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		again, err := readKeys(saved)
		if err != nil {
			t.Fatal(err)
		}
		for kid := range kids {
			if !keys.find(kid).Equal(again.find(kid)) {
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
