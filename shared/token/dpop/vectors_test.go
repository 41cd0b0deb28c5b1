package dpop

import (
	"strings"
	"testing"
	"time"

	"drawbridge/shared/testkit"
)

// The examples of RFC 9449: figure 13 is a request with the token below, figure 8 has the key's thumbprint.
const (
	rfcHeader = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZ" +
		"OXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIs" +
		"ImNydiI6IlAtMjU2In19"
	rfcResourceProof = rfcHeader +
		".eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9" +
		"wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUl" +
		"pS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJ" +
		"pLjA"
	rfcTokenProof = rfcHeader +
		".eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3R" +
		"va2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FN" +
		"yJK70nfbV37xRZT3Lg"
	rfcToken      = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
	rfcThumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
)

// The RFC's proofs carry no nonce of ours, so this goes past the nonce.
func TestTheRFCsProofsAreSignedByTheRFCsKey(t *testing.T) {
	for _, proof := range []string{rfcResourceProof, rfcTokenProof} {
		parts, err := split(proof)
		testkit.Must(t, err)
		key, err := readHeader(parts.Header)
		if err != nil || key.thumbprint() != rfcThumbprint {
			t.Fatalf("thumbprint %s, %v", key.thumbprint(), err)
		}
		if err := key.verify(parts); err != nil {
			t.Errorf("%v", err)
		}
		parts.Signed = strings.Replace(parts.Signed, "eyJ", "eyK", 1)
		if err := key.verify(parts); err == nil {
			t.Error("another text has the same signature")
		}
	}
}

func TestOfTheRFCsResourceProofOurNonceAloneIsMissing(t *testing.T) {
	v, err := New(Config{
		Secret: strings.Repeat("s", 43), Now: func() time.Time { return time.Unix(1562262618, 0) },
		Bases: []string{"https://resource.example.org"},
	})
	testkit.Must(t, err)
	request := Request{Method: "GET", Path: "/protectedresource", Token: rfcToken, Thumbprint: rfcThumbprint}
	for proof, want := range map[string]Reason{rfcResourceProof: NonceMissing, rfcTokenProof: ClaimMissing} {
		_, err := v.Verify([]string{proof}, request)
		if refusal, _ := err.(*Error); refusal == nil || refusal.Reason != want {
			t.Errorf("want %s, got %v", want, err)
		}
	}
	request.Token += "x"
	_, err = v.Verify([]string{rfcResourceProof}, request)
	if refusal, _ := err.(*Error); refusal == nil || refusal.Reason != WrongToken {
		t.Errorf("another token: %v", err)
	}
}
