package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"drawbridge/shared/testkit"
)

func TestAPortInUseIsNamedWithItsFlag(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	testkit.Must(t, err)
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	testkit.Refused(t, checkFree(port, "the tenant"), "port "+strconv.Itoa(port), "--base-port")
}

func TestAPortSaysSoUntilWhatItIsForIsReady(t *testing.T) {
	p := &port{}
	status := func(path string) int {
		w := httptest.NewRecorder()
		p.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code
	}
	if got := status(readyPath); got != http.StatusServiceUnavailable {
		t.Errorf("before: %d", got)
	}
	p.let(http.NotFoundHandler())
	if got := status(readyPath); got != http.StatusOK {
		t.Errorf("after: %d", got)
	}
	if got := status("/elsewhere"); got != http.StatusNotFound {
		t.Errorf("behind: %d", got)
	}
}

// onPath makes a PATH of scripts that each print one line.
func onPath(t *testing.T, programs map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, says := range programs {
		script := "#!/bin/sh\necho '" + says + "'\n"
		testkit.Must(t, os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755))
	}
	t.Setenv("PATH", dir)
}

func TestAProgramThatIsMissingOrTooOldIsNamed(t *testing.T) {
	for _, c := range []struct {
		name     string
		programs map[string]string
		want     string // "" means that all is well
	}{
		{"all there", map[string]string{"node": "v20.19.0", "npm": "10.0.0", "go": "go1.26.0"}, ""},
		{"newer", map[string]string{"node": "v26.1.0", "npm": "12.0.0", "go": "go1.27.3 X:jsonv2"}, ""},
		{"a Go from its source", map[string]string{"node": "v20.19.0", "npm": "10.0.0", "go": "devel go1.28-ab"}, ""},
		{"no Node", map[string]string{"go": "go1.26.0"}, "Node is missing"},
		{"an old Node", map[string]string{"node": "v20.9.0", "npm": "10.0.0", "go": "go1.26.0"},
			"Node 20.9.0 is too old"},
		{"no npm", map[string]string{"node": "v20.19.0", "go": "go1.26.0"}, "npm is missing"},
		{"no Go", map[string]string{"node": "v20.19.0", "npm": "10.0.0"}, "Go is missing"},
		{"an old Go", map[string]string{"node": "v20.19.0", "npm": "10.0.0", "go": "go1.25.7"}, "Go 1.25.7 is too old"},
	} {
		t.Run(c.name, func(t *testing.T) {
			onPath(t, c.programs)
			err := checkTools(t.Context(), parsed(t))
			if c.want == "" {
				testkit.Must(t, err)
			} else {
				testkit.Refused(t, err, c.want, "Install")
			}
		})
	}
}

func TestATemplateThatIsNotThereIsSaidSo(t *testing.T) {
	o := parsed(t, "--template", filepath.Join(t.TempDir(), "template.yaml"))
	r := newRunner(o, newTerminal(&strings.Builder{}))
	defer r.Close()
	testkit.Refused(t, r.Start(t.Context()), "there is no "+o.template)
}

func TestTheBannersLinesAreWhatAShellCanRun(t *testing.T) {
	world, err := readDemoWorld("..")
	testkit.Must(t, err)
	text := banner(parsed(t), world, nil, 0)
	for _, want := range []string{
		"http://localhost:3000", "http://localhost:3001/phone", "http://localhost:3002", "alice@example.com / alice-at-auth0",
		"bob / bob-at-the-bank",
		`curl -s http://localhost:3000/login -H 'Content-Type: application/json' -d '{"username":"alice"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "%!") {
		t.Error(text)
	}
}

func TestTheBannerNamesTheLinksThatPairAPhoneAndTheDanger(t *testing.T) {
	o := parsed(t, "--expose-phone-to-network")
	const link = "http://192.0.2.7:3004/phone/pair/abc"
	if text := banner(o, demoWorld{}, []string{link}, 0); !strings.Contains(text, link) ||
		!strings.Contains(text, "EXPOSED") {
		t.Error(text)
	}
	if text := banner(o, demoWorld{}, nil, 0); strings.Contains(text, "EXPOSED") {
		t.Error(text)
	}
}
