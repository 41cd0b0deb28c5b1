package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// API Gateway may reuse an authorizer's Allow (AuthorizerCacheSeconds). What that can and cannot prolong:

func TestWithACachedAllowACodeOutlivesItsLogoutUntilTheCacheForgets(t *testing.T) {
	t.Parallel()
	const window = 3 * time.Second
	s := startOne(t, "--parameter", "AuthorizerCacheSeconds=3", "--parameter", "Dpop=off")
	code := s.directLogin(t, bob)
	asked := time.Now()
	s.balances(t, code)
	cached := time.Now()
	wantStatus(t, s.call(t, "POST", s.API+"/logout", bearer(code), nil), http.StatusNoContent)

	for lived := false; ; lived = true {
		sent := time.Now()
		r := s.balance(t, code)
		if r.status != http.StatusOK {
			wantRefusal(t, r, http.StatusUnauthorized, "invalid_token")
			if !lived && time.Since(asked) < window {
				t.Error("dead at once: nothing was cached, so nothing was tested")
			}
			return
		}
		if sent.Sub(cached) > window {
			t.Fatalf("the code still works %v after the authorizer last allowed it", sent.Sub(cached))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func TestATokenThatExpiresWhileItsAllowIsCachedIsRefusedByTheFunctions(t *testing.T) {
	t.Parallel()
	s := startOne(t, "--parameter", "AuthorizerCacheSeconds=300", "--parameter", "Dpop=off")
	token := s.expire(t)
	for name, r := range map[string]reply{
		"balance":   s.balance(t, token),
		"statement": s.call(t, "GET", s.API+"/transfers", bearer(token), nil),
		"transfer":  s.transfer(t, token, random(), payment{alice.account, bob.account, "1.00", "EUR"}),
	} {
		t.Run(name, func(t *testing.T) {
			wantRefusal(t, r, http.StatusUnauthorized, "invalid_token")
			if r.header.Get("X-Amzn-Remapped-Www-Authenticate") == "" {
				t.Error("it was not the function that refused it")
			}
		})
	}
}

func TestWithoutACacheTheAuthorizerRefusesATokenThatExpires(t *testing.T) {
	t.Parallel()
	r := shared.balance(t, shared.expire(t))
	wantRefusal(t, r, http.StatusUnauthorized, "invalid_token")
	if r.header.Get("Www-Authenticate") == "" {
		t.Error("it was not the gateway that refused it")
	}
}

// expire returns a token that was allowed everything a moment ago, and has expired since.
func (s *system) expire(t *testing.T) string {
	t.Helper()
	genuine := s.stepUp(t, alice)
	forger := newForger(t, s)
	for life := 2 * time.Second; life < time.Minute; life *= 2 {
		expiry := time.Now().Add(life).Truncate(time.Second)
		token := forger.sign(t, like(t, genuine, jwt.MapClaims{
			"jti": random(), "iat": ago(time.Second), "exp": expiry.Unix(), "scope": "openid view:balance transfer:funds",
		}))
		if s.balance(t, token).status == http.StatusOK {
			time.Sleep(time.Until(expiry))
			return token
		}
		// This machine is slow today: it had expired before it arrived.
	}
	t.Fatal("no token is accepted, however long it lives")
	return ""
}
