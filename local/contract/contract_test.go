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

// answer checks one answer to a request, and returns what was reported of it and what the client got.
func answer(
	t *testing.T, method, target string, status int, header map[string]string, body string,
) (string, *http.Response) {
	t.Helper()
	var reported []string
	handler := parsed(t).Check(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, value := range header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}), func(v contract.Violation) { reported = append(reported, v.String()) })
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return strings.Join(reported, "\n"), w.Result()
}

func jsonHeader() map[string]string {
	return map[string]string{"Content-Type": "application/json", "Cache-Control": "no-store"}
}

func TestAnAnswerOfTheDocumentPasses(t *testing.T) {
	for name, reported := range map[string]string{
		"a balance":   first(answer(t, "GET", "/balance", 200, jsonHeader(), balances)),
		"a statement": first(answer(t, "GET", "/transfers?limit=5", 200, jsonHeader(), `{"entries":[]}`)),
		"a logout":    first(answer(t, "POST", "/logout", 204, jsonHeader(), "")),
		"a preflight": first(answer(t, "OPTIONS", "/balance", 200, nil, "")),
		"no route":    first(answer(t, "GET", "/nowhere", 403, jsonHeader(), "{}")),
	} {
		if reported != "" {
			t.Errorf("%s: %s", name, reported)
		}
	}
}

func TestAnAnswerThatTheDocumentLacksIsReported(t *testing.T) {
	without := func(name string) map[string]string {
		header := jsonHeader()
		delete(header, name)
		return header
	}
	problem := `{"type":"about:blank","title":"x","code":"%s"}`
	for name, reported := range map[string]string{
		"a status":         first(answer(t, "GET", "/balance", 418, jsonHeader(), "{}")),
		"a missing member": first(answer(t, "GET", "/balance", 200, jsonHeader(), `{}`)),
		"another member":   first(answer(t, "GET", "/balance", 200, jsonHeader(), `{"accounts":[],"more":1}`)),
		"another form": first(answer(t, "GET", "/balance", 200, jsonHeader(),
			strings.Replace(balances, `"1.00"`, "1.00", 1))),
		"a missing header": first(answer(t, "GET", "/balance", 200, without("Cache-Control"), balances)),
		"another media type": first(answer(t, "GET", "/balance", 200,
			map[string]string{"Content-Type": "text/html", "Cache-Control": "no-store"}, balances)),
		"an unknown code": first(answer(t, "GET", "/balance", 400, jsonHeader(), fmt.Sprintf(problem, "no_such_code"))),
		"a code of another status": first(answer(t, "GET", "/balance", 400, jsonHeader(),
			fmt.Sprintf(problem, "insufficient_funds"))),
		"no Retry-After": first(answer(t, "GET", "/balance", 503, jsonHeader(), fmt.Sprintf(problem, "unavailable"))),
	} {
		if !strings.Contains(reported, "/balance") {
			t.Errorf("%s: nothing was reported", name)
		}
	}
}

func TestAReportHoldsNoValueOfTheAnswer(t *testing.T) {
	reported, _ := answer(t, "POST", "/login", 200, jsonHeader(),
		`{"authorization_code":"wrong-secret-code","token_type":"Bearer","expires_in":1}`)
	if reported == "" || strings.Contains(reported, "secret") {
		t.Errorf("reported %q", reported)
	}
}

func TestTheClientGetsTheAnswerAsItIs(t *testing.T) {
	_, response := answer(t, "GET", "/balance", 418, map[string]string{"X-Own": "kept"}, "teapot")
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

func first(reported string, _ *http.Response) string { return reported }
