package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestTheApprovalSecretIsMadeOnceAFolder(t *testing.T) {
	dir := t.TempDir()
	secret := func(o options) string {
		f, err := openFolder(o)
		if err != nil {
			t.Fatal(err)
		}
		defer f.close()
		made, err := f.approvalSecret()
		if err != nil || !approvalSecretForm.MatchString(made) {
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
	if secret(options{memory: true}) == secret(options{memory: true}) {
		t.Error("in memory it is not new")
	}
}

func TestADamagedApprovalSecretIsRefused(t *testing.T) {
	f := &folder{path: t.TempDir()}
	if err := os.WriteFile(f.join("approval-secret"), []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := f.approvalSecret(); err == nil {
		t.Errorf("got %q", got)
	}
}

func TestTheTenantHasTheApprovalSettingsOfTheStack(t *testing.T) {
	for _, c := range []struct {
		parameters map[string]string
		want       []string
	}{
		{nil, []string{"APPROVAL_SECRET=made", "APPROVAL_BINDING=optional"}},
		{map[string]string{"ApprovalSecret": "given", "ApprovalBinding": "required"}, []string{"APPROVAL_SECRET=given", "APPROVAL_BINDING=required"}},
	} {
		if got := (options{parameters: c.parameters}).approvalEnvironment("made"); !slices.Equal(got, c.want) {
			t.Errorf("with %v: %v", c.parameters, got)
		}
	}
}
