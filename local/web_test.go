package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"drawbridge/shared/testkit"
)

// visit asks a site of three files and a secret beside them.
func visit(t *testing.T, method, path string) *http.Response {
	t.Helper()
	dir := t.TempDir()
	dist := filepath.Join(dir, "dist")
	testkit.Write(t, filepath.Join(dir, "secret.txt"), "secret")
	testkit.Write(t, filepath.Join(dist, "index.html"), "the page")
	testkit.Write(t, filepath.Join(dist, ".built-from"), "hash")
	testkit.Write(t, filepath.Join(dist, "assets", "app-1a2b.js"), "script")
	s, err := newSite(
		dist,
		siteConfig{
			Issuer: "http://localhost:3001/", ClientID: "id", Audience: "https://my-banking-api",
			API: "http://localhost:3000",
		},
	)
	testkit.Must(t, err)
	r := httptest.NewRequest(method, "http://localhost:3002/", nil)
	r.URL.Path = path
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func TestTheSiteAnswersItsPaths(t *testing.T) {
	for _, c := range []struct {
		path   string
		status int
		kind   string
		cache  string
	}{
		{"/", 200, "text/html; charset=utf-8", "no-cache"},
		{"/callback", 200, "text/html; charset=utf-8", "no-cache"},
		{"/assets/app-1a2b.js", 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"/config.json", 200, "application/json", "no-store"},
		{"/assets/gone.js", 404, "text/plain; charset=utf-8", "no-store"},
		{"/.built-from", 404, "text/plain; charset=utf-8", "no-store"},
		{"/../secret.txt", 404, "text/plain; charset=utf-8", "no-store"},
		{"/assets", 200, "text/html; charset=utf-8", "no-cache"},
	} {
		r := visit(t, http.MethodGet, c.path)
		if r.StatusCode != c.status || r.Header.Get("Content-Type") != c.kind ||
			r.Header.Get("Cache-Control") != c.cache {
			t.Errorf("%s: %d, %s, %s", c.path, r.StatusCode, r.Header.Get("Content-Type"), r.Header.Get("Cache-Control"))
		}
	}
}

func TestThePageMayReachTheAPIAndTheTenantAndNothingElse(t *testing.T) {
	policy := visit(t, http.MethodGet, "/").Header.Get("Content-Security-Policy")
	for _, directive := range []string{
		"default-src 'none'", "script-src 'self'", "connect-src 'self' http://localhost:3000 http://localhost:3001",
		"frame-src http://localhost:3001", "frame-ancestors 'none'",
	} {
		if !strings.Contains(policy+";", directive+";") {
			t.Errorf("%q is not in %q", directive, policy)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Error(policy)
	}
}

func TestASiteIsOnlyRead(t *testing.T) {
	if r := visit(t, http.MethodPost, "/"); r.StatusCode != http.StatusMethodNotAllowed {
		t.Fatal(r.Status)
	}
}
