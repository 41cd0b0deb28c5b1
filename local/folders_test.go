package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestADataFolderHasOneRunner(t *testing.T) {
	o := options{data: filepath.Join(t.TempDir(), "data")}
	f, err := openFolder(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openFolder(o); err == nil ||
		!strings.Contains(err.Error(), o.data+" is in use by another Drawbridge") {
		t.Fatalf("a second runner: %v", err)
	}
	f.close()
	if _, err := openFolder(o); err != nil {
		t.Fatal(err)
	}
}

func TestFreshForgetsItsOwnFilesOnly(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"tables.db", "tables.db-wal", "tenant/tenant-secrets.json", "diary.txt"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := openFolder(options{data: dir, fresh: true})
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	entries, _ := os.ReadDir(dir)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got := strings.Join(names, " "); got != "diary.txt lock" {
		t.Fatalf("left: %s", got)
	}
}

func TestInMemoryThereIsNoFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	f, err := openFolder(options{data: dir, memory: true})
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	if _, err := os.Stat(dir); !os.IsNotExist(err) || f.tables() != "" || f.tenant() != "" {
		t.Fatalf("%v, %q, %q", err, f.tables(), f.tenant())
	}
}

func TestADataFolderThatCannotBeWrittenIsNamed(t *testing.T) {
	for _, path := range []string{"/dev/null/data", "/proc/data"} {
		_, err := openFolder(options{data: path})
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "--data") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestAFullDiskIsNamed(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full here")
	}
	dir := t.TempDir()
	if err := os.Symlink("/dev/full", filepath.Join(dir, "full?")); err != nil {
		t.Fatal(err)
	}
	_, err := openFolder(options{data: dir})
	if err == nil || !strings.Contains(err.Error(), "cannot be written") ||
		!strings.Contains(err.Error(), "no space left") {
		t.Fatal(err)
	}
}

func TestASecretIsMadeOnceAFolder(t *testing.T) {
	dir := t.TempDir()
	secret := func(o options) string {
		f, err := openFolder(o)
		if err != nil {
			t.Fatal(err)
		}
		defer f.close()
		made, err := f.secret(approvalSecret)
		if err != nil || !secretForm.MatchString(made) {
			t.Fatalf("%q, %v", made, err)
		}
		return made
	}
	first := secret(options{data: dir})
	if again := secret(options{data: dir}); again != first {
		t.Error("the second start has another secret")
	}
	if info, err := os.Stat(filepath.Join(dir, "approval-secret")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	if fresh := secret(options{data: dir, fresh: true}); fresh == first {
		t.Error("--fresh kept it")
	}
	inMemory := secret(options{memory: true})
	if again := secret(options{memory: true}); again == inMemory {
		t.Error("in memory it is not new")
	}
}

func TestADamagedSecretIsRefused(t *testing.T) {
	f := &folder{path: t.TempDir()}
	if err := os.WriteFile(f.join("approval-secret"), []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := f.secret(approvalSecret); err == nil {
		t.Errorf("got %q", got)
	}
}

func TestTheTenantHasTheSettingsOfTheStack(t *testing.T) {
	for _, c := range []struct {
		parameters map[string]string
		want       []string
	}{
		{nil, []string{
			"APPROVAL_SECRET=made", "APPROVAL_BINDING=optional", "DPOP=allowed", "APPROVALS_CLIENT_PUBLIC_KEY=PEM",
		}},
		{
			map[string]string{"ApprovalSecret": "given", "ApprovalBinding": "required", "Dpop": "off"},
			[]string{
				"APPROVAL_SECRET=given", "APPROVAL_BINDING=required", "DPOP=off", "APPROVALS_CLIENT_PUBLIC_KEY=PEM",
			},
		},
	} {
		got := options{parameters: c.parameters}.stackEnvironment("made", approvalsKey{public: "PEM"})
		if !slices.Equal(got, c.want) {
			t.Errorf("with %v: %v", c.parameters, got)
		}
	}
}
