package contract_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"drawbridge/local/contract"
)

const balances = `{"accounts":[{"account_id":"1000000001-01","currency":"EUR","balance":"1.00"}]}`

// answered is an answer to a request.
type answered struct {
	method, target string
	status         int
	header         map[string]string
	body           string
}

// checked returns what is reported of it, and what the client gets.
func (a answered) checked(t *testing.T) (string, *http.Response) {
	t.Helper()
	var reported []string
	handler := parsed(t).Check(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, value := range a.header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(a.status)
		fmt.Fprint(w, a.body)
	}), func(v contract.Violation) { reported = append(reported, v.String()) })
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(a.method, a.target, nil))
	return strings.Join(reported, "\n"), w.Result()
}

func jsonHeader() map[string]string {
	return map[string]string{"Content-Type": "application/json", "Cache-Control": "no-store"}
}

func TestAnAnswerOfTheDocumentPasses(t *testing.T) {
	for name, a := range map[string]answered{
		"a balance":   {"GET", "/balance", 200, jsonHeader(), balances},
		"a statement": {"GET", "/transfers?limit=5", 200, jsonHeader(), `{"entries":[]}`},
		"a logout":    {"POST", "/logout", 204, jsonHeader(), ""},
		"a preflight": {"OPTIONS", "/balance", 200, nil, ""},
		"no route":    {"GET", "/nowhere", 403, jsonHeader(), "{}"},
	} {
		if reported, _ := a.checked(t); reported != "" {
			t.Errorf("%s: %s", name, reported)
		}
	}
}

func TestAnAnswerThatTheDocumentLacksIsReported(t *testing.T) {
	unstored := jsonHeader()
	delete(unstored, "Cache-Control")
	problem := func(code string) string { return `{"type":"about:blank","title":"x","code":"` + code + `"}` }
	for name, a := range map[string]answered{
		"a status":         {"GET", "/balance", 418, jsonHeader(), "{}"},
		"a missing member": {"GET", "/balance", 200, jsonHeader(), `{}`},
		"another member":   {"GET", "/balance", 200, jsonHeader(), `{"accounts":[],"more":1}`},
		"another form":     {"GET", "/balance", 200, jsonHeader(), strings.Replace(balances, `"1.00"`, "1.00", 1)},
		"a missing header": {"GET", "/balance", 200, unstored, balances},
		"another media type": {"GET", "/balance", 200,
			map[string]string{"Content-Type": "text/html", "Cache-Control": "no-store"}, balances},
		"an unknown code":          {"GET", "/balance", 400, jsonHeader(), problem("no_such_code")},
		"a code of another status": {"GET", "/balance", 400, jsonHeader(), problem("insufficient_funds")},
		"no Retry-After":           {"GET", "/balance", 503, jsonHeader(), problem("unavailable")},
	} {
		if reported, _ := a.checked(t); !strings.Contains(reported, "/balance") {
			t.Errorf("%s: nothing was reported", name)
		}
	}
}

func TestAReportHoldsNoValueOfTheAnswer(t *testing.T) {
	reported, _ := answered{"POST", "/login", 200, jsonHeader(),
		`{"authorization_code":"wrong-secret-code","token_type":"Bearer","expires_in":1}`}.checked(t)
	if reported == "" || strings.Contains(reported, "secret") {
		t.Errorf("reported %q", reported)
	}
}

func TestTheClientGetsTheAnswerAsItIs(t *testing.T) {
	_, response := answered{"GET", "/balance", 418, map[string]string{"X-Own": "kept"}, "teapot"}.checked(t)
	if response.StatusCode != 418 || response.Header.Get("X-Own") != "kept" {
		t.Errorf("got %d %v", response.StatusCode, response.Header)
	}
}

func TestADocumentThatIsNotOpenAPIIsRefused(t *testing.T) {
	broken := strings.Replace(string(document(t)), "type: array", "type: lst", 1)
	for _, text := range []string{"", "openapi: 3.0.3", broken} {
		if _, err := contract.Parse([]byte(text)); err == nil {
			t.Errorf("accepted %.40q", text)
		}
	}
}
