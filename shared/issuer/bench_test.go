package issuer_test

import (
	"fmt"
	"testing"
	"time"

	"drawbridge/shared/issuer"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

// A token costs as much among four issuers as with one, but for the reading of its iss.
func BenchmarkVerify(b *testing.B) {
	own := tokentest.NewIssuer(b)
	entry := func(url string) issuer.Issuer {
		return issuer.Issuer{URL: url, Tenant: "main", Audience: tokentest.Audience, Dialect: token.RFC9068,
			KeySetURL: own.KeySetURL()}
	}
	list := []issuer.Issuer{entry(own.URL)}
	for i := range issuer.Most - 1 {
		list = append(list, entry(fmt.Sprintf("https://%d.example/", i)))
	}
	var raw [1024]string // more than are remembered
	for i := range raw {
		raw[i] = own.AccessToken()
	}
	for _, issuers := range []int{1, issuer.Most} {
		for name, of := range map[string]int{"new": len(raw), "remembered": 1} {
			b.Run(fmt.Sprintf("%d/%s", issuers, name), func(b *testing.B) {
				set, err := issuer.Trust(issuer.Config{Issuers: list[:issuers], Now: time.Now})
				testkit.Must(b, err)
				b.ReportAllocs()
				for n := 0; b.Loop(); n++ {
					if _, _, err := set.Verify(b.Context(), raw[n%of]); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
