package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// A tenant gets a domain of its own while it is in use: docs/RUNBOOK.md, "A new domain for the tenant". The tenant here
// has two names. Each stage of TokenIssuers is a runner of its own on the same tables, as it is a version of its own of
// each Lambda function; requests under way at a change are answered by the version that took them.
func TestATenantMovesToAnotherDomainAndOnlyTheEndedIssuersTokensAreRefused(t *testing.T) {
	t.Parallel()
	s := new(*shared)
	renamed := *s
	renamed.Tenant = strings.Replace(s.Tenant, "localhost", "127.0.0.1", 1)
	before, after := s.Tenant+"/;tenant=main", renamed.Tenant+"/;tenant=main"
	stages := []string{
		before, before + "," + after, after + "," + before + ";until=2999-01-01", after + "," + before + ";until=2020-01-01",
	}
	apis := make([]string, len(stages))
	var starting sync.WaitGroup
	for i, list := range stages {
		starting.Go(func() { apis[i] = s.anotherAPI(t, list) })
	}
	former := s.daily(t, alice).AccessToken
	current := renamed.daily(t, alice).AccessToken
	a, b := claims(t, former), claims(t, current)
	if a["iss"] != s.Tenant+"/" || b["iss"] != renamed.Tenant+"/" || a["sub"] != b["sub"] {
		t.Fatalf("the tenant has not two names: %v, %v", a, b)
	}
	starting.Wait()
	if t.Failed() {
		return
	}

	const each, clients = 1200, 8 // 3,600 until the last stage, in which one of the issuers has ended
	var sent, ended atomic.Int64
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for n := int(sent.Add(1)) - 1; n < each*len(stages); n = int(sent.Add(1)) - 1 {
				stage, token := n/each, former
				if stage > 0 && n%2 == 1 {
					token = current
				}
				status, err := statusOf(apis[stage]+"/balance", token)
				switch last := stage == len(stages)-1; {
				case err != nil:
					t.Errorf("stage %d: %v", stage, err)
				case status == http.StatusUnauthorized && last && token == former:
					ended.Add(1)
				case status != http.StatusOK:
					t.Errorf("stage %d, by the new name: %t: %d", stage, token == current, status)
				}
			}
		})
	}
	all.Wait()
	if ended.Load() != each/2 {
		t.Errorf("of %d tokens of the ended issuer %d were refused", each/2, ended.Load())
	}
	t.Logf("%d requests before the end and %d after it; refused: the %d of the ended issuer", each*(len(stages)-1), each,
		ended.Load())

	// The bridge: the Action asks for the session_id by the name in its secrets, whichever the login runs under.
	for _, name := range []*system{s, &renamed} {
		name.API = apis[1]
		wantStatus(t, name.trade(t, name.daily(t, alice).IDToken), http.StatusOK)
	}
}

// anotherAPI is the API of another runner on the same tables and tenant, with the given TokenIssuers.
func (s *system) anotherAPI(t *testing.T, list string) (api string) {
	base, err := freePorts()
	if err != nil {
		t.Error(err)
		return ""
	}
	tenant, _ := url.Parse(s.Tenant)
	port, _ := strconv.Atoi(tenant.Port())
	environment := append(os.Environ(), fmt.Sprintf("AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:%d", port+2))
	other := launchIn(environment, base, "--only", "api", "--unthrottled", "--data", t.TempDir(),
		"--parameter", "TokenIssuers="+list, "--parameter", "BridgeClientIds="+s.ClientID)
	t.Cleanup(other.stop)
	if err := other.waitUntilUp(); err != nil {
		t.Error(err)
	}
	return other.API
}

// eager keeps a connection for each of many callers.
var eager = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}

func statusOf(address, token string) (int, error) {
	request, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := eager.Do(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}
