package main

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"drawbridge/shared/testkit"
)

const wantedPackages = `{"packages":{"":{"name":"x"},
	"node_modules/a":{"version":"1.0.0","integrity":"sha512-A"},"node_modules/b":{"version":"2.0.0","optional":true}}}`

func TestPackagesAreInstalledOnlyWhenTheLockSaysSomethingElse(t *testing.T) {
	for name, c := range map[string]struct {
		there string
		want  bool
	}{
		"nothing installed": {"", false},
		"all installed": {
			`{"packages":{"node_modules/a":{"version":"1.0.0","integrity":"sha512-A"},"node_modules/b":{"version":"2.0.0"}}}`,
			true,
		},
		"an optional one missing": {`{"packages":{"node_modules/a":{"version":"1.0.0","integrity":"sha512-A"}}}`, true},
		"another version": {
			`{"packages":{"node_modules/a":{"version":"0.9.0","integrity":"sha512-A"}}}`, false,
		},
		"another content": {
			`{"packages":{"node_modules/a":{"version":"1.0.0","integrity":"sha512-B"}}}`, false,
		},
		"one too many": {
			`{"packages":{"node_modules/a":{"version":"1.0.0","integrity":"sha512-A"},"node_modules/c":{"version":"1.0.0"}}}`,
			false,
		},
		"half a file": {`{"packages":`, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			testkit.Write(t, filepath.Join(dir, "package-lock.json"), wantedPackages)
			if c.there != "" {
				testkit.Write(t, filepath.Join(dir, "node_modules", ".package-lock.json"), c.there)
			}
			if got, err := packagesInstalled(dir); got != c.want || err != nil {
				t.Fatalf("%v, %v", got, err)
			}
		})
	}
}

func TestASiteIsBuiltAgainWhenASourceChanges(t *testing.T) {
	dir := t.TempDir()
	testkit.Write(t, filepath.Join(dir, "src", "main.ts"), "1")
	fingerprint := func() string {
		f, err := fingerprintSite(dir)
		testkit.Must(t, err)
		return f
	}
	before := fingerprint()
	for _, path := range []string{"node_modules/a.js", "dist/index.html", "test/a.test.js", ".unit/a.js"} {
		testkit.Write(t, filepath.Join(dir, path), "x")
	}
	if fingerprint() != before {
		t.Error("what is no source changes it")
	}
	testkit.Write(t, filepath.Join(dir, "src", "main.ts"), "2")
	if fingerprint() == before {
		t.Error("a source does not change it")
	}
}

func TestNoPackageRunsAScriptWhenItIsInstalled(t *testing.T) {
	var folders []string
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if entry != nil && entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git") {
			return filepath.SkipDir
		}
		if err == nil && entry.Name() == "package-lock.json" {
			folders = append(folders, filepath.Dir(path))
		}
		return err
	})
	if err != nil || len(folders) == 0 {
		t.Fatal(folders, err)
	}
	for _, folder := range folders {
		if !slices.Contains(strings.Split(testkit.Read(t, folder, ".npmrc"), "\n"), "ignore-scripts=true") {
			t.Errorf("%s/.npmrc does not say ignore-scripts=true", folder)
		}
	}
}
