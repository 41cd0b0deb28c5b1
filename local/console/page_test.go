package console

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"drawbridge/shared/testkit"
)

func visit(t *testing.T, method, path string) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	open(t, Config{}).ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w.Result()
}

func TestTheConsoleAnswersItsPathsAlone(t *testing.T) {
	for path, want := range map[string]int{
		Root: 200, Root + "/": 200, Root + "/console.js": 200, Root + "/console.css": 200, Root + "/icon.svg": 200,
		Root + "/page.go": 404, Root + "/page/index.html": 404, "/": 404, Root + "s": 404,
	} {
		if got := visit(t, "GET", path).StatusCode; got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	if got := visit(t, "POST", Root+"/events").StatusCode; got != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", got)
	}
}

func TestThePageMayReachItselfAndNothingElse(t *testing.T) {
	policy := visit(t, "GET", Root).Header.Get("Content-Security-Policy")
	for _, source := range regexp.MustCompile(`'[^']*'|https?:\S*|\*|data:`).FindAllString(policy, -1) {
		if source != "'none'" && source != "'self'" && source != "'script'" {
			t.Errorf("%s is in %q", source, policy)
		}
	}
	for _, directive := range []string{
		"default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
	} {
		if !strings.Contains(policy, directive) {
			t.Errorf("%s is not in %q", directive, policy)
		}
	}
}

func TestEveryFileOfThePageHasItsType(t *testing.T) {
	entries, err := files.ReadDir("page")
	testkit.Must(t, err)
	for _, entry := range entries {
		if got := visit(t, "GET", Root+"/"+entry.Name()).Header.Get("Content-Type"); got == "" {
			t.Errorf("%s has no content type", entry.Name())
		}
	}
}
