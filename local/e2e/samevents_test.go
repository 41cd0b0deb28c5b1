package e2e

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/testkit"
)

// The events in the functions' testdata are for `sam local invoke` (docs/SAM-LOCAL.md). Here the real functions get
// them over Lambda's Invoke API, as they stand in the repository and as the guide freshens them.

// samEvent is an event and what the function answers to it: a member of the answer, and that member's value. No member
// is an answer of null.
type samEvent struct{ file, member, want string }

var samEvents = []samEvent{
	{"authorizer/testdata/event.json", "context.error", "invalid_token"},
	{"functions/balance/testdata/event.json", "statusCode", "200"},
	{"functions/statement/testdata/event.json", "statusCode", "200"},
	{"functions/statement/testdata/transfer.json", "statusCode", "404"}, // no such transfer is there
	// its second factor was given when it was committed
	{"functions/transfer/testdata/event.json", "statusCode", "401"},
	{"functions/metadata/testdata/event.json", "statusCode", "200"},
	{"functions/nonce/testdata/event.json", "statusCode", "201"},
	{"functions/login/testdata/event.json", "statusCode", "200"},
	{"functions/login/testdata/id-token.json", "statusCode", "403"}, // no id_token stands in it
	{"functions/logout/testdata/event.json", "statusCode", "204"},
	{"functions/identities/testdata/event.json", "statusCode", "200"},
	{"functions/reconcile/testdata/event.json", "", ""},
	{"functions/admin/testdata/clear_daily_limit.json", "outcome", "unchanged"},
	{"functions/admin/testdata/close_account.json", "code", "account_not_empty"},
	{"functions/admin/testdata/create_customer.json", "outcome", "planned"},
	{"functions/admin/testdata/deposit.json", "outcome", "planned"},
	{"functions/admin/testdata/disable_customer.json", "outcome", "planned"},
	{"functions/admin/testdata/enable_customer.json", "outcome", "unchanged"},
	{"functions/admin/testdata/freeze_account.json", "outcome", "planned"},
	{"functions/admin/testdata/link_identity.json", "outcome", "planned"},
	{"functions/admin/testdata/open_account.json", "outcome", "planned"},
	{"functions/admin/testdata/revoke_sessions.json", "outcome", "planned"}, // of the login above
	{"functions/admin/testdata/set_daily_limit.json", "outcome", "planned"},
	{"functions/admin/testdata/set_password.json", "outcome", "planned"},
	{"functions/admin/testdata/show_account.json", "outcome", "shown"},
	{"functions/admin/testdata/show_customer.json", "outcome", "shown"},
	{"functions/admin/testdata/show_request.json", "code", "no_such_request"},
	{"functions/admin/testdata/show_transfer.json", "code", "no_such_transfer"},
	{"functions/admin/testdata/unfreeze_account.json", "outcome", "unchanged"},
	{"functions/admin/testdata/unlink_identity.json", "outcome", "planned"},
	{"functions/admin/testdata/withdraw.json", "outcome", "planned"},
}

func TestEveryEventForSAMLocalIsAnsweredAsItShouldBe(t *testing.T) {
	for _, c := range samEvents {
		t.Run(c.file, func(t *testing.T) {
			answer := shared.result(t, functionOf(c.file), readEvent(t, c.file))
			if got := at(answer, c.member); got != c.want {
				t.Errorf("%s is %q, want %q: %v", c.member, got, c.want, answer)
			}
		})
	}
}

func TestNoEventForSAMLocalIsLeftOut(t *testing.T) {
	var tried []string
	for _, c := range samEvents {
		tried = append(tried, c.file)
	}
	folders, err := filepath.Glob(filepath.Join(repository, "functions", "*"))
	if err != nil || len(folders) == 0 {
		t.Fatal(folders, err)
	}
	for _, folder := range append(folders, filepath.Join(repository, "authorizer")) {
		events, err := filepath.Glob(filepath.Join(folder, "testdata", "*.json"))
		if err != nil || len(events) == 0 {
			t.Errorf("%s has no event: %v", folder, err)
		}
		for _, event := range events {
			if name, _ := filepath.Rel(repository, event); !slices.Contains(tried, filepath.ToSlash(name)) {
				t.Errorf("%s is never tried", name)
			}
		}
	}
}

func TestATransferEventWithAFreshApprovalMovesMoney(t *testing.T) {
	event := readEvent(t, "functions/transfer/testdata/event.json")
	put(t, event, strconv.FormatInt(time.Now().Unix(), 10), "requestContext", "authorizer", "mfa_at")
	put(t, event, random(), "requestContext", "authorizer", "approval_id")
	put(t, event, []any{random()}, "multiValueHeaders", "Idempotency-Key")
	first := shared.result(t, "TransferFunction", event)
	if at(first, "statusCode") != "201" {
		t.Fatal(first)
	}
	put(t, event, []any{random()}, "multiValueHeaders", "Idempotency-Key")
	if again := shared.result(t, "TransferFunction", event); at(again, "statusCode") != "401" {
		t.Errorf("the same approval paid twice: %v", again)
	}
}

func TestAnAuthorizerEventWithACredentialIsAllowed(t *testing.T) {
	for kind, credential := range map[string]string{
		"session": shared.directLogin(t, alice),
		"user":    shared.daily(t, alice).AccessToken,
	} {
		event := readEvent(t, "authorizer/testdata/event.json")
		put(t, event, []any{"Bearer " + credential}, "multiValueHeaders", "Authorization")
		if answer := shared.result(t, "AuthorizerFunction", event); at(answer, "context.kind") != kind {
			t.Errorf("%s: %v", kind, answer)
		}
	}
}

func TestALoginEventWithAnIDTokenLogsIn(t *testing.T) {
	event := readEvent(t, "functions/login/testdata/id-token.json")
	put(t, event, fmt.Sprintf(`{"id_token":%q}`, shared.daily(t, alice).IDToken), "body")
	if answer := shared.result(t, "LoginFunction", event); at(answer, "statusCode") != "200" {
		t.Error(answer)
	}
}

func TestTheEnvFileOfSAMLocalNamesTheTenantsWebClient(t *testing.T) {
	environment := readEvent(t, "local/sam-local.env.json")
	for _, function := range []string{"LoginFunction", "NonceFunction"} {
		if got := at(environment, function+".BRIDGE_CLIENT_IDS"); got != shared.ClientID {
			t.Errorf("%s: %s, want %s", function, got, shared.ClientID)
		}
	}
}

// result is what a function answers to an event.
func (s *system) result(t *testing.T, function string, event any) any {
	t.Helper()
	var answer any
	s.invoke(t, function, event).decode(t, &answer)
	return answer
}

// functionOf is the logical id of the function whose folder an event lies in.
func functionOf(file string) string {
	name := filepath.Base(filepath.Dir(filepath.Dir(file)))
	return strings.ToUpper(name[:1]) + name[1:] + "Function"
}

func readEvent(t *testing.T, file string) map[string]any {
	t.Helper()
	var event map[string]any
	testkit.Must(t, json.Unmarshal([]byte(testkit.Read(t, repository, file)), &event))
	return event
}

// put sets a member that is there already, so that a renamed one is noticed.
func put(t *testing.T, event map[string]any, value any, path ...string) {
	t.Helper()
	for _, name := range path[:len(path)-1] {
		event, _ = event[name].(map[string]any)
	}
	last := path[len(path)-1]
	if _, there := event[last]; !there {
		t.Fatalf("the event has no %s", strings.Join(path, "."))
	}
	event[last] = value
}

// at is the text of a member of an answer, "" if there is none.
func at(answer any, path string) string {
	for name := range strings.SplitSeq(path, ".") {
		if name != "" {
			members, _ := answer.(map[string]any)
			answer = members[name]
		}
	}
	if answer == nil {
		return ""
	}
	return fmt.Sprint(answer)
}
