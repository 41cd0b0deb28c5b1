package main

import (
	"os"
	"path/filepath"
	"testing"
)

const wantedPackages = `{"packages":{"":{"name":"x"},"node_modules/a":{"version":"1.0.0","integrity":"sha512-A"},"node_modules/b":{"version":"2.0.0","optional":true}}}`

func TestPackagesAreInstalledOnlyWhenTheLockSaysSomethingElse(t *testing.T) {
	for name, c := range map[string]struct {
		there string
		want  bool
	}{
		"nothing installed":       {"", false},
		"all installed":           {`{"packages":{"node_modules/a":{"version":"1.0.0","integrity":"sha512-A"},"node_modules/b":{"version":"2.0.0"}}}`, true},
		"an optional one missing": {`{"packages":{"node_modules/a":{"version":"1.0.0","integrity":"sha512-A"}}}`, true},
		"another version":         {`{"packages":{"node_modules/a":{"version":"0.9.0","integrity":"sha512-A"}}}`, false},
		"another content":         {`{"packages":{"node_modules/a":{"version":"1.0.0","integrity":"sha512-B"}}}`, false},
		"one too many":            {`{"packages":{"node_modules/a":{"version":"1.0.0","integrity":"sha512-A"},"node_modules/c":{"version":"1.0.0"}}}`, false},
		"half a file":             {`{"packages":`, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "package-lock.json"), wantedPackages)
			if c.there != "" {
				write(t, filepath.Join(dir, "node_modules", ".package-lock.json"), c.there)
			}
			if got, err := packagesInstalled(dir); got != c.want || err != nil {
				t.Fatalf("%v, %v", got, err)
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestASiteIsBuiltAgainWhenASourceChanges(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "src", "main.ts"), "1")
	fingerprint := func() string {
		f, err := fingerprintSite(dir)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	before := fingerprint()
	for _, path := range []string{"node_modules/a.js", "dist/index.html", "test/a.test.js", ".unit/a.js"} {
		write(t, filepath.Join(dir, path), "x")
	}
	if fingerprint() != before {
		t.Error("what is no source changes it")
	}
	write(t, filepath.Join(dir, "src", "main.ts"), "2")
	if fingerprint() == before {
		t.Error("a source does not change it")
	}
}
