package e2e

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"drawbridge/shared/testkit"
)

func TestATokenThatIsNotOursIsRefused(t *testing.T) {
	issued := shared.daily(t, alice)
	genuine := issued.AccessToken
	forger := newForger(t, shared)
	if r := shared.balance(t, forger.sign(t, like(t, genuine, nil))); r.status != http.StatusOK {
		t.Fatalf("the control, a well-made token, is answered %d %s", r.status, r.body)
	}
	body := genuine[:strings.LastIndex(genuine, ".")]
	stranger := forger // invents kids: the first is asked for, the next within 30 s are not
	stranger.kid = random()
	with := func(claim string, value any) string {
		return forger.sign(t, like(t, genuine, map[string]any{claim: value}))
	}
	same := like(t, genuine, nil)
	for name, token := range map[string]string{
		"garbage":                    "garbage",
		"three empty parts":          "..",
		"no signature":               body + ".",
		"another signature":          body + "." + strings.Repeat("A", 342),
		"without an expiry":          with("exp", nil),
		"for another audience":       with("aud", "https://another-api"),
		"by another issuer":          with("iss", "https://evil.example/"),
		"by the issuer, no slash":    with("iss", strings.TrimSuffix(shared.Tenant, "/")),
		"without a subject":          with("sub", nil),
		"not valid yet":              with("nbf", ago(-time.Minute)),
		"alg none":                   forger.signAs(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, same),
		"HS256 with our public key":  forger.signAs(t, jwt.SigningMethodHS256, forger.publicPEM(t), same),
		"RS384":                      forger.signAs(t, jwt.SigningMethodRS384, forger.key, same),
		"an invented kid":            stranger.sign(t, same),
		"an invented kid again":      stranger.sign(t, like(t, genuine, map[string]any{"jti": random()})),
		"an id_token":                issued.IDToken,
		"a forged code":              "dbc_" + strings.Repeat("a", 60),
		"two tokens":                 genuine + " " + genuine,
		"a token with a line break":  genuine[:20] + "\t" + genuine[20:],
		"as long as a header can be": genuine + strings.Repeat("A", 9000),
		"expired": forger.sign(t, like(t, genuine,
			map[string]any{"exp": ago(time.Second), "iat": ago(time.Hour)})),
	} {
		t.Run(name, func(t *testing.T) {
			r := shared.balance(t, token)
			wantRefusal(t, r, http.StatusUnauthorized, "invalid_token")
			want := `Bearer realm="drawbridge", error="invalid_token", error_description="`
			got := r.header.Get("WWW-Authenticate")
			if !strings.HasPrefix(got, want) || !strings.HasSuffix(got, shared.metadata()+`, DPoP algs="ES256"`) {
				t.Errorf("challenge %q", got)
			}
		})
	}
}

func TestWithoutABearerTokenTheChallengeNamesNoError(t *testing.T) {
	for _, authorization := range []string{
		"", "Basic YWxpY2U6c2VjcmV0", `Digest username="alice"`, "DPoPX garbage", "Negotiate",
	} {
		r := shared.call(t, "GET", shared.API+"/balance", map[string]string{"Authorization": authorization}, nil)
		wantRefusal(t, r, http.StatusUnauthorized, "unauthorized")
		want := `Bearer realm="drawbridge", ` + shared.metadata() + `, DPoP algs="ES256"`
		if got := r.header.Get("WWW-Authenticate"); got != want {
			t.Errorf("%q: challenge %q", authorization, got)
		}
	}
}

func TestAnOldSecondFactorIsAskedForAgain(t *testing.T) {
	stepUp := shared.stepUp(t, alice)
	old := newForger(t, shared).sign(t, like(t, stepUp, map[string]any{
		shared.Audience + "/mfa_at": ago(time.Hour), "jti": random(),
	}))
	r := shared.transfer(t, old, random(), payment{alice.account, bob.account, "1.00", "EUR"})
	wantRefusal(t, r, http.StatusUnauthorized, "insufficient_user_authentication")
	if r.member(t, "max_age") != 300.0 {
		t.Errorf("max_age %v", r.member(t, "max_age"))
	}
}

func TestARotatedKeyIsKnownAtOnce(t *testing.T) {
	t.Parallel()
	s := startOne(t)
	before := s.daily(t, alice).AccessToken
	s.balances(t, before)
	// The first rotation brings up a key that was published before, the second one that nobody has seen.
	for _, rotation := range []string{"first", "second"} {
		if r := s.call(t, "POST", s.Tenant+"/_tenant/rotate-keys", nil, nil); r.status != http.StatusNoContent {
			t.Fatalf("rotation: %d %s", r.status, r.body)
		}
		after := s.daily(t, alice).AccessToken
		if headerOf(t, before)["kid"] == headerOf(t, after)["kid"] {
			t.Fatalf("after the %s rotation the tenant still signs with the same key", rotation)
		}
		s.balances(t, after)
		s.balances(t, before) // its key is published until the next rotation
		before = after
	}
}

func TestValidTokensKeepWorkingWhileTheTenantIsDown(t *testing.T) {
	t.Parallel()
	s := startOne(t)
	token := s.daily(t, alice).AccessToken
	s.balances(t, token)

	tenant := 0
	for _, pid := range descendants(t, s.process.Process.Pid) {
		if strings.Contains(commandLine(pid), "auth0/local/main.js") {
			tenant = pid
		}
	}
	process, err := os.FindProcess(tenant)
	if err != nil || tenant == 0 {
		t.Fatalf("the tenant's process: %d, %v", tenant, err)
	}
	if err := process.Signal(syscall.SIGSTOP); err != nil { // it is there and never answers: worse than gone
		t.Fatal(err)
	}
	s.balances(t, token)
	testkit.Must(t, process.Signal(syscall.SIGCONT))
}

func TestAChallengeLeadsToTheIssuer(t *testing.T) {
	for name, r := range map[string]reply{
		"of the gateway": shared.call(t, "GET", shared.API+"/balance", nil, nil),
		"of a function": shared.transfer(t, shared.directLogin(t, alice), random(), payment{
			alice.account, bob.account, "1.00", "EUR",
		}),
		"of a deny": shared.balance(t, "not-a-token"),
	} {
		challenge := r.header.Get("WWW-Authenticate") + r.header.Get("X-Amzn-Remapped-Www-Authenticate")
		_, address, found := strings.Cut(challenge, `resource_metadata="`)
		address, _, _ = strings.Cut(address, `"`)
		if !found {
			t.Fatalf("%s: challenge %q", name, challenge)
		}
		metadata := shared.call(t, "GET", address, nil, nil)
		wantStatus(t, metadata, 200)
		if metadata.member(t, "resource") != shared.API ||
			fmt.Sprint(metadata.member(t, "authorization_servers")) != "["+shared.Tenant+"/]" {
			t.Errorf("%s: metadata %s", name, metadata.body)
		}
	}
}
