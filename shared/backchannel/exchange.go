package backchannel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"drawbridge/shared/strictjson"
)

const (
	callTimeout = 3 * time.Second // for the whole answer
	margin      = 2 * time.Second // kept of the caller's time, to write down what came of the call
	dialTimeout = time.Second
	maxAnswer   = 64 << 10 // bytes
	maxWait     = time.Hour
)

var answerLimits = strictjson.Limits{Depth: 16, Members: 64}

// newHTTPClient returns a client that follows no redirect: credentials go to the issuer and nowhere else.
func newHTTPClient(transport http.RoundTripper) *http.Client {
	if transport == nil {
		transport = &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: dialTimeout}).DialContext,
			DisableKeepAlives:      true, // after minutes, in which Lambda froze the process, a connection is dead
			MaxResponseHeaderBytes: 16 << 10,
		}
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// answer is what an endpoint said.
type answer struct {
	status     int
	retryAfter time.Duration
	members    map[string]strictjson.Value
}

// post sends an authenticated form. It returns an answer of 200, or of 4xx with an error code; a *Busy, ErrUnwilling or
// ErrSilent for every other. No error holds anything of the request or of the answer.
func (c *Client) post(ctx context.Context, path string, form url.Values) (answer, error) {
	now := c.Now()
	deadline := time.Now().Add(callTimeout)
	if end, set := ctx.Deadline(); set && end.Add(-margin).Before(deadline) {
		deadline = end.Add(-margin)
	}
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	assertion, err := c.assertion(now)
	if err != nil {
		return answer{}, err
	}
	form.Set("client_id", string(c.ClientID))
	form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	form.Set("client_assertion", assertion)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Issuer+path, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, fmt.Errorf("%w: no such address", ErrUnwilling)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, silent(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return answer{}, silent(err)
	}
	return readAnswer(response.StatusCode, response.Header.Get("Retry-After"), body)
}

func readAnswer(status int, retryAfter string, body []byte) (answer, error) {
	a := answer{status: status, members: map[string]strictjson.Value{}}
	if n, err := strconv.ParseUint(retryAfter, 10, 16); err == nil {
		a.retryAfter = min(time.Duration(n)*time.Second, maxWait)
	}
	switch {
	case status == http.StatusTooManyRequests:
		if a.retryAfter == 0 {
			a.retryAfter = time.Minute // Auth0's limit is by the minute
		}
		return a, &Busy{RetryAfter: a.retryAfter}
	case status >= 500:
		return a, fmt.Errorf("%w: status %d", ErrSilent, status)
	case status != http.StatusOK && status < 400:
		return a, fmt.Errorf("%w: status %d", ErrUnwilling, status)
	case len(body) > maxAnswer:
		return a, fmt.Errorf("%w: too long", ErrSilent)
	}
	err := answerLimits.Object(string(body), func(name string, value strictjson.Value) error {
		a.members[name] = value
		return nil
	})
	if err != nil && status == http.StatusOK {
		return a, fmt.Errorf("%w: not JSON", ErrSilent)
	}
	return a, nil
}

func silent(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: timed out", ErrSilent)
	}
	return fmt.Errorf("%w: unreachable", ErrSilent) // net/http's own words hold the URL
}

var isCode = regexp.MustCompile(`^[a-z_]{1,40}$`).MatchString

// refusal is the error code of an answer (RFC 6749 section 5.2); empty if it is none.
func (a answer) refusal() string {
	if a.status == http.StatusOK {
		return ""
	}
	if code, _ := a.text("error"); isCode(code) {
		return code
	}
	return fmt.Sprintf("status %d", a.status)
}

func (a answer) text(name string) (string, bool) {
	text, ok := a.members[name].Text()
	return text, ok && text != ""
}

func (a answer) seconds(name string) (time.Duration, bool) {
	n, ok := a.members[name].Integer()
	return time.Duration(min(max(n, 0), int64(maxWait/time.Second))) * time.Second, ok
}
