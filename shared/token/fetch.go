package token

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
)

// maxKeySet is the largest key set that we read, in bytes. Auth0's has 3 KiB, with two keys and their certificates.
const maxKeySet = 256 << 10

// FetchFailure says why the issuer gave no key set. The list is closed.
type FetchFailure string

// The failures.
const (
	Unreachable  FetchFailure = "unreachable"  // no connection, or it broke
	TimedOut     FetchFailure = "timed_out"    // not all of the answer within the time allowed
	WrongStatus  FetchFailure = "wrong_status" // not 200; a redirect is not followed: it would move the root of trust
	KeySetTooBig FetchFailure = "key_set_too_big"
	NotAKeySet   FetchFailure = "not_a_key_set"
	NoUsableKey  FetchFailure = "no_usable_key"
	GivenUp      FetchFailure = "given_up" // the caller's context ended before the answer came
)

// FetchError is the cause of an ErrKeysUnavailable. It holds no URL and no content.
type FetchError struct {
	Failure FetchFailure
}

func (e *FetchError) Error() string { return "key set: " + string(e.Failure) }

// newClient returns an HTTP client that follows no redirect.
func newClient(transport http.RoundTripper) *http.Client {
	if transport == nil {
		transport = &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DisableKeepAlives:      true, // after ten minutes, in which Lambda froze the process, a connection is dead
			MaxResponseHeaderBytes: 16 << 10,
		}
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// fetch gets the document at url, within the time that ctx allows.
func fetch(ctx context.Context, client *http.Client, url string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", &FetchError{Failure: Unreachable}
	}
	request.Header.Set("Accept", "application/jwk-set+json, application/json")
	response, err := client.Do(request)
	if err != nil {
		return "", failed(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", &FetchError{Failure: WrongStatus}
	}
	var body strings.Builder
	n, err := io.Copy(&body, io.LimitReader(response.Body, maxKeySet+1))
	switch {
	case err != nil:
		return "", failed(err)
	case n > maxKeySet:
		return "", &FetchError{Failure: KeySetTooBig}
	}
	return body.String(), nil
}

func failed(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return &FetchError{Failure: TimedOut}
	}
	return &FetchError{Failure: Unreachable}
}
