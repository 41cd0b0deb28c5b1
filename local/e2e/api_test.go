package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"drawbridge/shared/testkit"
)

// reply is an answer over HTTP.
type reply struct {
	status int
	header http.Header
	body   string
}

func (r reply) decode(t *testing.T, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), into); err != nil {
		t.Fatalf("%v in %d %q", err, r.status, r.body)
	}
}

// member returns a member of a JSON body.
func (r reply) member(t *testing.T, name string) any {
	t.Helper()
	var body map[string]any
	r.decode(t, &body)
	return body[name]
}

// call is send, and each 401 must have a challenge.
func (s *system) call(t *testing.T, method, address string, header map[string]string, body any) reply {
	t.Helper()
	r := send(t, method, address, header, body)
	if r.status == http.StatusUnauthorized && r.header.Get("WWW-Authenticate") == "" &&
		r.header.Get("X-Amzn-Remapped-Www-Authenticate") == "" {
		t.Errorf("%s %s: a 401 without a challenge (RFC 9110 section 15.5.2)", method, address)
	}
	return r
}

// send sends a request; a body that is not a string is sent as JSON.
func send(t *testing.T, method, address string, header map[string]string, body any) reply {
	t.Helper()
	var payload io.Reader
	if body != nil {
		text, isText := body.(string)
		if !isText {
			encoded, err := json.Marshal(body)
			testkit.Must(t, err)
			text = string(encoded)
		}
		payload = strings.NewReader(text)
	}
	request, err := http.NewRequest(method, address, payload)
	testkit.Must(t, err)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	testkit.Must(t, err)
	defer response.Body.Close()
	var read bytes.Buffer
	if _, err := read.ReadFrom(response.Body); err != nil {
		t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, read.String()}
}

// Each 401 is held to its challenge by call; here are those of every route and of every kind of bad credential.
func TestEveryRouteRefusesABadCredentialWithAChallenge(t *testing.T) {
	ended := shared.directLogin(t, bob)
	wantStatus(t, shared.call(t, "POST", shared.API+"/logout", bearer(ended), nil), http.StatusNoContent)
	for _, route := range []string{
		"GET /balance", "GET /transfers", "POST /transfer", "POST /nonce", "POST /logout",
		"GET /identities", "POST /identities", "DELETE /identities",
	} {
		method, path, _ := strings.Cut(route, " ")
		for name, credential := range map[string]string{
			"none": "", "garbage": "Bearer x", "Basic": "Basic YTpi", "two words": "Bearer a b",
			"an ended code": "Bearer " + ended,
		} {
			header := map[string]string{"Idempotency-Key": random()}
			if credential != "" {
				header["Authorization"] = credential
			}
			if r := shared.call(t, method, shared.API+path, header,
				map[string]string{}); r.status != http.StatusUnauthorized {
				t.Errorf("%s, %s: %d %s", route, name, r.status, r.body)
			}
		}
	}
}

func (s *system) balance(t *testing.T, token string) reply {
	t.Helper()
	return s.call(t, "GET", s.API+"/balance", bearer(token), nil)
}

// payment is the body of POST /transfer.
type payment struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

func (s *system) transfer(t *testing.T, token, key string, p payment) reply {
	t.Helper()
	header := bearer(token)
	header["Idempotency-Key"] = key
	return s.call(t, "POST", s.API+"/transfer", header, p)
}

// metadata is the parameter of each challenge that leads a client to the issuer.
func (s *system) metadata() string {
	return `resource_metadata="` + s.API + `/.well-known/oauth-protected-resource"`
}

func bearer(token string) map[string]string {
	return map[string]string{"Authorization": "Bearer " + token}
}

// balances returns the caller's balances by account.
func (s *system) balances(t *testing.T, token string) map[string]string {
	t.Helper()
	r := s.balance(t, token)
	wantStatus(t, r, http.StatusOK)
	var body struct {
		Accounts []struct {
			ID       string `json:"account_id"`
			Currency string `json:"currency"`
			Balance  string `json:"balance"`
		} `json:"accounts"`
	}
	r.decode(t, &body)
	all := make(map[string]string)
	for _, a := range body.Accounts {
		all[a.ID] = a.Balance
	}
	return all
}

func wantStatus(t *testing.T, r reply, status int) {
	t.Helper()
	if r.status != status {
		t.Fatalf("answered %d %s, want %d", r.status, r.body, status)
	}
}

// wantRefusal checks status and code of a problem.
func wantRefusal(t *testing.T, r reply, status int, code string) {
	t.Helper()
	wantStatus(t, r, status)
	if got := r.member(t, "code"); got != code {
		t.Fatalf("code %v, want %s: %s", got, code, r.body)
	}
}
