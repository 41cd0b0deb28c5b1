// Package backchannel asks a person at Auth0 to approve a transfer, by a request that no browser takes part in.
//
//	asked, err := phone.Ask(ctx, request)
//	...
//	at, err := phone.Fetch(ctx, asked.ID, request, askedAt, asked.Interval) // ErrPending until the person answers
//
// The bank is a confidential client of the tenant. It posts to /bc-authorize (OpenID Connect CIBA Core 1.0, poll mode)
// with authorization_details (RFC 9396), which Auth0's Guardian app shows: amount, payee, payer's account. It polls
// /oauth/token until the person has answered. The token that comes says what was approved (RFC 9396 section 9.1). It is
// verified as the authorizer would, compared with what was asked, member by member, and dropped: only its time of issue
// leaves this package.
//
// Auth0 gives each token once. A token that is lost on its way is gone: [ErrSpent].
//
// The client authenticates by private_key_jwt (RFC 7523 section 2.2): an assertion of a minute, for one request. Auth0
// accepts two keys of one client at once, and the assertion names none, so that the key changes without a pause.
//
//   - https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html
//   - https://auth0.com/docs/api/authentication/login/start-back-channel-login and check-back-channel-login-status
//   - https://auth0.com/docs/get-started/apis/configure-rich-authorization-requests
//   - https://auth0.com/docs/get-started/authentication-and-authorization-flow/authenticate-with-private-key-jwt
package backchannel

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/approval"
	"drawbridge/shared/bank"
	"drawbridge/shared/identity"
	"drawbridge/shared/issuer"
	"drawbridge/shared/token"
)

// Lifetime is for how long a person may answer. Above 300 s Auth0 sends an e-mail instead of a push.
const Lifetime = 300 * time.Second

const (
	defaultInterval = 5 * time.Second // CIBA Core section 7.3
	maxInterval     = time.Minute
	maxID           = 4 << 10 // bytes
	skew            = 10 * time.Second
)

// Config says whom to ask as whom. All fields but Transport and Now are needed.
type Config struct {
	Issuer    string // with its slash: bc-authorize and oauth/token are under it
	Audience  string // of the API
	ClientID  identity.ClientID
	Key       *rsa.PrivateKey
	Tokens    *issuer.Set       // of the Issuer alone
	Transport http.RoundTripper // one of our own if nil
	Now       func() time.Time  // time.Now if nil
}

// Client may be used by several goroutines.
type Client struct {
	Config
	http *http.Client
}

// New returns a client. It makes no request.
func New(c Config) *Client {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Client{Config: c, http: newHTTPClient(c.Transport)}
}

// Request is what a person is asked to approve.
type Request struct {
	Subject   identity.Subject // who is asked: the sub at the issuer
	Transfer  approval.Transfer
	Reference bank.Reference
}

// Asked is a request that is on the person's phone.
type Asked struct {
	ID       string        // auth_req_id: of use to this client alone
	Lifetime time.Duration // of the request
	Interval time.Duration // between two calls of Fetch
}

// What comes of a request, if not an approval.
var (
	ErrPending = errors.New("backchannel: nobody has answered yet")
	// ErrRefused is Auth0's access_denied: the person said no, or nobody answered in time.
	ErrRefused = errors.New("backchannel: the person refused, or the request has expired")
	// ErrSpent means that Auth0 has given the token for this request before, or does not know the request any more.
	ErrSpent = errors.New("backchannel: the request was used up")
	// ErrForeign means that a token came which is not the approval that was asked for.
	ErrForeign = errors.New("backchannel: the token does not approve what was asked")
	// ErrNobody means that Auth0 does not know the person, or may not ask them.
	ErrNobody = errors.New("backchannel: the person cannot be asked")
	// ErrUnwilling means that Auth0 answered with an error of another kind: it did nothing.
	ErrUnwilling = errors.New("backchannel: the request was not accepted")
	// ErrSilent means that no usable answer came: whether the phone rang, or a token was given, is unknown.
	ErrSilent = errors.New("backchannel: no answer")
)

// SlowDown means that the person has not answered, and that Fetch was called too early.
type SlowDown struct{ Interval time.Duration } // from now on

func (s *SlowDown) Error() string {
	return "backchannel: called too early; every " + s.Interval.String()
}

// Busy means that Auth0 takes no more requests for now: its limit is 5 a minute and person.
type Busy struct{ RetryAfter time.Duration }

func (b *Busy) Error() string {
	return "backchannel: too many requests; again in " + b.RetryAfter.String()
}

// Ask makes the person's phone ring. Errors: [ErrNobody], [*Busy], [ErrUnwilling], [ErrSilent].
func (c *Client) Ask(ctx context.Context, r Request) (Asked, error) {
	hint, err := json.Marshal(map[string]string{"format": "iss_sub", "iss": c.Issuer, "sub": string(r.Subject)})
	if err != nil {
		return Asked{}, fmt.Errorf("backchannel: failed to name a person: %w", err)
	}
	answer, err := c.post(ctx, "bc-authorize", url.Values{
		"login_hint": {string(hint)}, "scope": {"openid " + access.ScopeTransferFunds}, "audience": {c.Audience},
		"binding_message": {bindingMessage(r.Transfer)}, "requested_expiry": {strconv.Itoa(int(Lifetime / time.Second))},
		"authorization_details": {details(r)},
	})
	if err != nil {
		return Asked{}, err
	}
	switch code := answer.refusal(); code {
	case "":
	case "unknown_user_id", "access_denied":
		return Asked{}, fmt.Errorf("%w: %s", ErrNobody, code)
	default:
		return Asked{}, fmt.Errorf("%w: %s", ErrUnwilling, code)
	}
	id, _ := answer.text("auth_req_id")
	lifetime, lives := answer.seconds("expires_in")
	if id == "" || len(id) > maxID || !lives || lifetime <= 0 {
		return Asked{}, fmt.Errorf("%w: no auth_req_id, or no end of it", ErrSilent)
	}
	interval, given := answer.seconds("interval")
	if !given {
		interval = defaultInterval
	}
	return Asked{ID: id, Lifetime: min(lifetime, Lifetime), Interval: min(max(interval, time.Second), maxInterval)}, nil
}

// Fetch returns when the approval of r was given, once. id is from Ask, which was called at askedAt; interval is the
// present one. Errors: [ErrPending], [*SlowDown], [ErrRefused], [ErrSpent], [ErrForeign], [*Busy], [ErrUnwilling],
// [ErrSilent].
func (c *Client) Fetch(
	ctx context.Context, id string, r Request, askedAt time.Time, interval time.Duration,
) (time.Time, error) {
	answer, err := c.post(ctx, "oauth/token", url.Values{
		"grant_type": {"urn:openid:params:grant-type:ciba"}, "auth_req_id": {id},
	})
	if err != nil {
		return time.Time{}, err
	}
	switch code := answer.refusal(); code {
	case "":
	case "authorization_pending":
		return time.Time{}, ErrPending
	case "slow_down": // by 5 s at least (CIBA Core section 11); Auth0 says how long in the body or a header
		told, _ := answer.seconds("interval")
		return time.Time{}, &SlowDown{Interval: min(max(interval+defaultInterval, told, answer.retryAfter), maxInterval)}
	case "access_denied", "expired_token":
		return time.Time{}, ErrRefused
	case "invalid_grant":
		return time.Time{}, ErrSpent
	default:
		return time.Time{}, fmt.Errorf("%w: %s", ErrUnwilling, code)
	}
	raw, ok := answer.text("access_token")
	if !ok {
		return time.Time{}, fmt.Errorf("%w: no access_token", ErrSilent)
	}
	return c.judge(ctx, raw, r, askedAt)
}

// judge verifies that a token approves r and nothing else, and returns its time of issue.
func (c *Client) judge(ctx context.Context, raw string, r Request, askedAt time.Time) (time.Time, error) {
	claims, _, err := c.Tokens.Verify(ctx, raw)
	switch {
	case errors.Is(err, token.ErrKeysUnavailable):
		return time.Time{}, fmt.Errorf("%w: %w", ErrSilent, err)
	case err != nil:
		return time.Time{}, fmt.Errorf("%w: %w", ErrForeign, err)
	case claims.Subject != r.Subject:
		return time.Time{}, fmt.Errorf("%w: another person's", ErrForeign)
	case claims.ClientID != c.ClientID:
		return time.Time{}, fmt.Errorf("%w: another client's", ErrForeign)
	case !slices.Contains(claims.Scopes, access.ScopeTransferFunds):
		return time.Time{}, fmt.Errorf("%w: without the scope", ErrForeign)
	case claims.IssuedAt.Before(askedAt.Add(-skew)):
		return time.Time{}, fmt.Errorf("%w: from before it was asked for", ErrForeign)
	case !sameDetails(claims.AuthorizationDetails, details(r)):
		return time.Time{}, fmt.Errorf("%w: other details", ErrForeign)
	}
	return claims.IssuedAt, nil
}
