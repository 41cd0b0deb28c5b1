package token

import (
	"crypto/rsa"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
)

// FuzzKeySet reads whatever documents as key sets. Every key that comes out is one that we want, under a kid of its own,
// and survives being saved and read again.
func FuzzKeySet(f *testing.F) {
	f.Add(`{"keys":[` + rfc7515Key + `,` + rfc7520Key + `]}`)
	f.Add(`{"keys":[` + rfc7515Key + `,` + rfc7515Key + `]}`)
	f.Add(`{"keys":[` + strings.Replace(rfc7520Key, `"use":"sig"`, `"use":"enc"`, 1) + `,null,1,[],{}]}`)
	f.Add(`{}`)
	f.Fuzz(func(t *testing.T, text string) {
		keys, err := readKeys(text)
		if (err == nil) != (len(keys) > 0) {
			t.Fatalf("%d keys and %v", len(keys), err)
		}
		if err != nil {
			return
		}
		if !json.Valid([]byte(text)) {
			t.Fatalf("keys were read from what is no JSON: %q", text)
		}
		kids := make(map[string]bool)
		for _, key := range keys {
			public, ok := key.Key().(*rsa.PublicKey)
			m := key.Marshal()
			if !ok || public.N.BitLen() < 2048 || public.N.BitLen() > 4096 || public.E < 65537 || m.ALG != jwkset.AlgRS256 || m.KID == "" || kids[m.KID] {
				t.Fatalf("took %+v", m)
			}
			kids[m.KID] = true
		}
		store := &KeyStore{memory: jwkset.NewMemoryStorage()}
		store.install(keys, time.Unix(1, 0))
		saved, err := store.memory.JSONPublic(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		again, err := readKeys(string(saved))
		if err != nil || len(again) != len(keys) {
			t.Fatalf("%d keys of %d came back: %v", len(again), len(keys), err)
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
