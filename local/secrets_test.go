package main

import (
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"drawbridge/shared/backchannel"
	"drawbridge/shared/testkit"
)

func TestTheKeyOfApprovalsIsMadeOnceAFolder(t *testing.T) {
	key := madeOnce(t, approvalsKeyFile, (*folder).approvalsKey)
	if _, err := backchannel.ParseKey(key.private); err != nil {
		t.Errorf("the functions do not take the key: %v", err)
	}
	if block, rest := pem.Decode([]byte(key.public)); block == nil || block.Type != "PUBLIC KEY" || len(rest) > 0 {
		t.Errorf("the tenant is given %q", key.public)
	}
}

func TestADamagedKeyOfApprovalsIsRefused(t *testing.T) {
	f := &folder{path: t.TempDir()}
	for _, damaged := range []string{"", "?", "AAAA"} {
		testkit.Write(t, f.join(approvalsKeyFile), damaged)
		if got, err := f.approvalsKey(); err == nil {
			t.Errorf("of %q it made %v", damaged, got)
		}
	}
}

func TestTheBackChannelIsOnOnlyIfAskedFor(t *testing.T) {
	const says = "approvals by the back channel"
	for flag, on := range map[string]bool{"--fresh": false, "--back-channel": true} {
		o := parsed(t, flag)
		if got := strings.Contains(banner(o, demoWorld{}, nil, 0), says); got != on || o.backChannel != on {
			t.Errorf("%s: %v, and the banner says so: %v", flag, o.backChannel, got)
		}
	}
}

func TestTheBackChannelNeedsTheTenantWhoseClientItIs(t *testing.T) {
	for _, arguments := range [][]string{
		{"--back-channel", "--only", "dynamodb"},
		{"--parameter", "ApprovalsClientId=" + approvalsClientID},
		{"--parameter", "ApprovalsClientKey=AAAA"},
	} {
		_, err := parseOptions(arguments)
		testkit.Refused(t, err, "--")
	}
}

func TestATenantWithAnotherIDForAClientIsRefused(t *testing.T) {
	ids := map[string]string{webClient: webClientID}
	testkit.Must(t, options{}.checkClients(ids))
	o := options{backChannel: true}
	testkit.Refused(t, o.checkClients(ids), approvalsClient)
	ids[approvalsClient] = approvalsClientID
	testkit.Must(t, o.checkClients(ids))
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
		got := options{parameters: c.parameters}.stackEnvironment(
			secrets{approvals: "made", key: approvalsKey{public: "PEM"}},
		)
		if !slices.Equal(got, c.want) {
			t.Errorf("with %v: %v", c.parameters, got)
		}
	}
}
