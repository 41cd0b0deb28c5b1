package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"drawbridge/local/reaper"

	"drawbridge/shared/remedy"
)

func (r *runner) buildSite(ctx context.Context) error {
	if err := r.packages(ctx, "web"); err != nil {
		return err
	}
	return r.terminal.step("web app", func() (string, error) {
		return r.locked("web", func(folder string) (string, error) { return buildSite(ctx, r.reaper, folder) })
	})
}

// builtFrom is a file in web/dist with the fingerprint of its sources. Vite empties the folder before it writes, so
// after a build that broke off, or one by hand, there is no such file.
const builtFrom = ".built-from"

// buildSite runs Vite in web/, unless web/dist was made of the same sources.
func buildSite(ctx context.Context, k *reaper.Reaper, folder string) (string, error) {
	fingerprint, err := fingerprintSite(folder)
	if err != nil {
		return "", err
	}
	mark := filepath.Join(folder, "dist", builtFrom)
	if made, err := os.ReadFile(mark); err == nil && string(made) == fingerprint {
		return "unchanged", nil
	}
	if err := finish(
		ctx, k, folder, "node", filepath.Join("node_modules", "vite", "bin", "vite.js"), "build", "--logLevel", "warn",
	); err != nil {
		return "", remedy.New(
			"the web app does not build", "Mend what Vite says above; run `npm run check` in web for more.", err,
		)
	}
	return "built", os.WriteFile(mark, []byte(fingerprint), 0o644)
}

// fingerprintSite hashes what a build may read: the folder without packages, results and tests.
func fingerprintSite(folder string) (string, error) {
	h := sha256.New()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if name == "node_modules" || name == "dist" || name == "test" || name == "screenshots" ||
				strings.HasPrefix(name, ".") && path != folder {
				return filepath.SkipDir
			}
			return nil
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		fmt.Fprintf(h, "\x00%s\x00", path)
		_, err = io.Copy(h, file)
		return err
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

// site serves the web app as a static host would: the files of web/dist, index.html for the app's own paths, and
// config.json, the one file that differs from host to host.
type site struct {
	files  fs.FS
	config []byte
	policy string // Content-Security-Policy
}

// siteConfig is what config.json says.
type siteConfig struct {
	Issuer   string `json:"issuer"` // with its trailing slash
	ClientID string `json:"client_id"`
	Audience string `json:"audience"`
	API      string `json:"api"` // without one
}

func newSite(dist string, c siteConfig) (*site, error) {
	root, err := os.OpenRoot(dist) // no path, and no link in it, leads out of the folder
	if err != nil {
		return nil, err
	}
	config, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	policy, err := contentSecurityPolicy(c)
	return &site{root.FS(), config, policy}, err
}

// contentSecurityPolicy allows the page its own scripts, the API and the tenant. The tenant is in frame-src too, for
// silent logins, which use an iframe.
func contentSecurityPolicy(c siteConfig) (string, error) {
	var origins []string
	for _, address := range []string{c.API, c.Issuer} {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			return "", errors.New("not a URL: " + address)
		}
		origins = append(origins, u.Scheme+"://"+u.Host)
	}
	return strings.Join([]string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'",
		"connect-src 'self' " + strings.Join(origins, " "), "frame-src " + origins[1],
		"base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
	}, "; "), nil
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", s.policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin-allow-popups") // the step-up may be a popup, which answers its opener
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "this is a static site", http.StatusMethodNotAllowed)
		return
	}
	if r.URL.Path == "/config.json" {
		h.Set("Content-Type", "application/json")
		h.Set("Cache-Control", "no-store")
		_, _ = w.Write(s.config)
		return
	}
	name := s.file(r.URL.Path)
	if name == "" {
		h.Set("Cache-Control", "no-store")
		http.NotFound(w, r)
		return
	}
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable") // Vite puts a hash into their names
	}
	s.send(w, r, name)
}

// file is the file that answers a path; "" if there is none. A path without an extension is the app's index.html.
func (s *site) file(requested string) string {
	name := strings.TrimPrefix(path.Clean("/"+requested), "/")
	if name == "" || path.Ext(name) == "" {
		return "index.html"
	}
	for segment := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(segment, ".") {
			return ""
		}
	}
	if info, err := fs.Stat(s.files, name); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return name
}

// send is http.ServeFileFS without its redirect of /index.html.
func (s *site) send(w http.ResponseWriter, r *http.Request, name string) {
	content, err := fs.ReadFile(s.files, name)
	if err != nil {
		http.Error(w, "the site is not built", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", cmp.Or(contentTypes[path.Ext(name)], "application/octet-stream"))
	_, _ = w.Write(content)
}

// contentTypes are the same on every machine, unlike those of package mime.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".json": "application/json", ".map": "application/json", ".svg": "image/svg+xml", ".png": "image/png",
	".woff2": "font/woff2",
}
