package engine

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"drawbridge/shared/remedy"
	"drawbridge/shared/testkit"
)

// tarball returns an npm package with one file, and its integrity.
func tarball(t *testing.T, name, content string) ([]byte, string) {
	t.Helper()
	var packed bytes.Buffer
	plain := gzip.NewWriter(&packed)
	archive := tar.NewWriter(plain)
	header := &tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(content))}
	if err := errors.Join(
		archive.WriteHeader(header), func() error { _, err := archive.Write([]byte(content)); return err }(),
		archive.Close(), plain.Close(),
	); err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum512(packed.Bytes())
	return packed.Bytes(), "sha512-" + base64.StdEncoding.EncodeToString(sum[:])
}

// registry serves one tarball, and counts.
func registry(
	content []byte, integrity string, asked *atomic.Int32,
) func(context.Context, string, string) (packed, error) {
	return func(_ context.Context, _, into string) (packed, error) {
		asked.Add(1)
		return packed{Filename: "p.tgz", Integrity: integrity}, os.WriteFile(
			filepath.Join(into, "p.tgz"), content, 0o600,
		)
	}
}

func TestThePackageIsFetchedOnceForAnyNumberOfCallers(t *testing.T) {
	content, integrity := tarball(t, "package/"+program(), strings.Repeat("binary", 10000))
	var asked atomic.Int32
	f := fetcher{cache: t.TempDir(), platform: "test", integrity: integrity, pack: registry(content, integrity, &asked)}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			path, err := f.locate(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := os.ReadFile(path); err != nil || len(got) != 60000 {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
	group.Wait()
	before := asked.Load()
	path, err := f.locate(t.Context())
	if err != nil || asked.Load() != before {
		t.Errorf("fetched again although it is in the cache: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o100 == 0 {
		t.Errorf("%v, %v", info, err)
	}
	if left, _ := filepath.Glob(filepath.Join(f.cache, "fetching-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAnotherPackageThanThePinnedOneIsRefused(t *testing.T) {
	content, _ := tarball(t, "package/"+program(), "evil")
	_, pinned := tarball(t, "package/"+program(), "good")
	var asked atomic.Int32
	f := fetcher{cache: t.TempDir(), platform: "test", integrity: pinned, pack: registry(content, pinned, &asked)}
	_, err := f.locate(t.Context())
	if problem, ok := errors.AsType[*remedy.Error](err); !ok || problem.Cure == "" ||
		!strings.Contains(err.Error(), "SHA-512") {
		t.Errorf("got %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(f.cache, "*", "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
func TestAPlatformThatIsNotPinnedIsSaidSoAndCheckedAgainstTheRegistry(t *testing.T) {
	content, integrity := tarball(t, "package/"+program(), "binary")
	var asked atomic.Int32
	var said bytes.Buffer
	f := fetcher{cache: t.TempDir(), platform: "test", pack: registry(content, integrity, &asked), progress: &said}
	if _, err := f.locate(t.Context()); err != nil || !strings.Contains(said.String(), "not among the packages") {
		t.Errorf("%v, said %q", err, said.String())
	}
	f.cache, f.pack = t.TempDir(), registry(append(content, 0), integrity, &asked)
	if _, err := f.locate(t.Context()); err == nil {
		t.Error("a damaged package was taken")
	}
}

func TestAPackageWithoutTheProgramIsRefused(t *testing.T) {
	for _, name := range []string{"package/readme", "../" + program(), program()} {
		content, integrity := tarball(t, name, "x")
		var asked atomic.Int32
		f := fetcher{
			cache: t.TempDir(), platform: "test", integrity: integrity, pack: registry(content, integrity, &asked),
		}
		if _, err := f.locate(t.Context()); err == nil {
			t.Errorf("%s was taken for the program", name)
		}
	}
}

// npm puts a program of that name on PATH, alone.
func npm(t *testing.T, script string) {
	t.Helper()
	folder := t.TempDir()
	if script != "" {
		testkit.Must(t, os.WriteFile(filepath.Join(folder, "npm"), []byte("#!/bin/sh\n"+script), 0o700))
	}
	t.Setenv("PATH", folder)
}

func TestEachWayInWhichNpmFailsNamesItsCure(t *testing.T) {
	for name, c := range map[string]struct{ script, names string }{
		"no npm": {"", "Install Node.js"},
		"no such package": {
			"echo 'npm error code E404' >&2; echo 'npm error 404 Not Found' >&2; exit 1",
			"the registry has no @dynoxide/x",
		},
		"no connection": {
			"echo 'npm error code ENOTFOUND' >&2; echo 'npm error network getaddrinfo' >&2; exit 1",
			"network getaddrinfo",
		},
		"damaged":          {"echo 'npm error code EINTEGRITY' >&2; exit 1", "npm cache clean"},
		"an answer unread": {"echo '<html>'", "Update npm"},
	} {
		t.Run(name, func(t *testing.T) {
			npm(t, c.script)
			_, err := npmPack(t.Context(), "@dynoxide/x@1", t.TempDir())
			if _, ok := errors.AsType[*remedy.Error](err); !ok || !strings.Contains(err.Error(), c.names) ||
				!strings.Contains(err.Error(), "AWS_ENDPOINT_URL_DYNAMODB") {
				t.Errorf("got %v", err)
			}
		})
	}
}
