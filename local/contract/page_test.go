package contract_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"drawbridge/local/contract"
	"drawbridge/shared/testkit"
)

func pages(t *testing.T) http.Handler {
	t.Helper()
	handler, err := parsed(t).Pages(document(t), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
	}))
	testkit.Must(t, err)
	return handler
}

func ask(h http.Handler, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w
}

func TestThePageShowsEveryRouteStatusAndCode(t *testing.T) {
	body := ask(pages(t), "GET", contract.PagePath).Body.String()
	for name, operation := range operations(t) {
		if !strings.Contains(body, "<code>"+name+"</code>") {
			t.Errorf("%s is not on the page", name)
		}
		for status := range operation.Responses.Map() {
			if !strings.Contains(body, `<th scope="row">`+status+"</th>") {
				t.Errorf("%s is not on the page", status)
			}
		}
	}
	for _, code := range []string{"insufficient_funds", "invalid_token", "no_such_account"} {
		if !strings.Contains(body, "<code>"+code+"</code>") {
			t.Errorf("%s is not on the page", code)
		}
	}
}

func TestThePageAsksNobodyElse(t *testing.T) {
	page := ask(pages(t), "GET", contract.PagePath)
	csp := page.Header().Get("Content-Security-Policy")
	if !strings.HasPrefix(csp, "default-src 'none'; style-src 'unsafe-inline';") {
		t.Errorf("policy %q", csp)
	}
	foreign := regexp.MustCompile(`<(script|img|link|iframe)|(src|href)="https?:`)
	if found := foreign.FindString(page.Body.String()); found != "" {
		t.Errorf("the page has %q", found)
	}
}

func TestTheTextIsServedAsItIs(t *testing.T) {
	text := ask(pages(t), "GET", contract.TextPath)
	if text.Body.String() != string(document(t)) || text.Header().Get("Content-Type") != "application/yaml" {
		t.Error("not the file")
	}
}

func TestTheDocumentIsOnlyReadAndHidesNoOtherPath(t *testing.T) {
	for request, status := range map[string]int{
		"POST " + contract.PagePath: 405, "DELETE " + contract.TextPath: 405, "GET /balance": 418, "GET /openapi.yaml/x": 418,
	} {
		method, path, _ := strings.Cut(request, " ")
		if got := ask(pages(t), method, path).Code; got != status {
			t.Errorf("%s answered %d, want %d", request, got, status)
		}
	}
}
