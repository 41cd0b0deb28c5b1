package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"drawbridge/shared/testkit"
)

// opened is a folder until the test ends.
func opened(t *testing.T, o options) *folder {
	t.Helper()
	f, err := openFolder(o)
	testkit.Must(t, err)
	t.Cleanup(f.close)
	return f
}

func TestADataFolderHasOneRunner(t *testing.T) {
	o := options{data: filepath.Join(t.TempDir(), "data")}
	f := opened(t, o)
	_, err := openFolder(o)
	testkit.Refused(t, err, o.data+" is in use by another Drawbridge")
	f.close()
	opened(t, o)
}

func TestFreshForgetsItsOwnFilesOnly(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"tables.db", "tables.db-wal", "tenant/tenant-secrets.json", "diary.txt"} {
		testkit.Write(t, filepath.Join(dir, name), "")
	}
	opened(t, options{data: dir, fresh: true})
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	testkit.Must(t, err)
	testkit.Equal(t, []string{filepath.Join(dir, "diary.txt"), filepath.Join(dir, "lock")}, left)
}

func TestInMemoryThereIsNoFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	f := opened(t, options{data: dir, memory: true})
	if _, err := os.Stat(dir); !os.IsNotExist(err) || f.tables() != "" || f.tenant() != "" {
		t.Fatalf("%v, %q, %q", err, f.tables(), f.tenant())
	}
}

func TestADataFolderThatCannotBeWrittenIsNamed(t *testing.T) {
	for _, path := range []string{"/dev/null/data", "/proc/data"} {
		_, err := openFolder(options{data: path})
		testkit.Refused(t, err, path, "--data")
	}
}

func TestAFullDiskIsNamed(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full here")
	}
	dir := t.TempDir()
	testkit.Must(t, os.Symlink("/dev/full", filepath.Join(dir, "full?")))
	_, err := openFolder(options{data: dir})
	testkit.Refused(t, err, "cannot be written", "no space left")
}

// madeOnce checks what a folder makes at its first start and keeps from then on in a file for its owner.
func madeOnce[T comparable](t *testing.T, file string, of func(*folder) (T, error)) (first T) {
	t.Helper()
	dir := t.TempDir()
	read := func(o options) T {
		t.Helper()
		f, err := openFolder(o)
		testkit.Must(t, err)
		defer f.close()
		made, err := of(f)
		testkit.Must(t, err)
		return made
	}
	first = read(options{data: dir})
	if again := read(options{data: dir}); again != first {
		t.Error("the second start has another one")
	}
	if info, err := os.Stat(filepath.Join(dir, file)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	if fresh := read(options{data: dir, fresh: true}); fresh == first {
		t.Error("--fresh kept it")
	}
	if read(options{memory: true}) == read(options{memory: true}) {
		t.Error("in memory it is not new")
	}
	return first
}

func TestASecretIsMadeOnceAFolder(t *testing.T) {
	for _, name := range []string{approvalSecret, dpopSecret} {
		made := madeOnce(t, name, func(f *folder) (string, error) { return f.secret(name) })
		if !secretForm.MatchString(made) {
			t.Errorf("%s: %q", name, made)
		}
	}
}

func TestADamagedSecretIsRefused(t *testing.T) {
	f := &folder{path: t.TempDir()}
	testkit.Write(t, f.join(approvalSecret), "short")
	if got, err := f.secret(approvalSecret); err == nil {
		t.Errorf("got %q", got)
	}
}

func TestTheTenantHasTheSettingsOfTheStack(t *testing.T) {
	for _, c := range []struct {
		parameters map[string]string
		want       []string
	}{
		{nil, []string{"APPROVAL_SECRET=made", "APPROVAL_BINDING=optional", "DPOP=allowed",
			"APPROVALS_CLIENT_PUBLIC_KEY=PEM"}},
		{map[string]string{"ApprovalSecret": "given", "ApprovalBinding": "required", "Dpop": "off"},
			[]string{"APPROVAL_SECRET=given", "APPROVAL_BINDING=required", "DPOP=off", "APPROVALS_CLIENT_PUBLIC_KEY=PEM"}},
	} {
		got := options{parameters: c.parameters}.stackEnvironment("made", approvalsKey{public: "PEM"})
		if !slices.Equal(got, c.want) {
			t.Errorf("with %v: %v", c.parameters, got)
		}
	}
}
