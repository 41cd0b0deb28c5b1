package main

import (
	"encoding/pem"
	"os"
	"strings"
	"testing"

	"drawbridge/shared/backchannel"
)

func TestTheKeyOfApprovalsIsMadeOnceAFolder(t *testing.T) {
	dir := t.TempDir()
	read := func(o options) approvalsKey {
		f, err := openFolder(o)
		if err != nil {
			t.Fatal(err)
		}
		defer f.close()
		key, err := f.approvalsKey()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := backchannel.ParseKey(key.private); err != nil {
			t.Fatalf("the functions do not take the key: %v", err)
		}
		if block, rest := pem.Decode([]byte(key.public)); block == nil || block.Type != "PUBLIC KEY" || len(rest) > 0 {
			t.Fatalf("the tenant is given %q", key.public)
		}
		return key
	}
	first := read(options{data: dir})
	if again := read(options{data: dir}); again != first {
		t.Error("the second start has another key")
	}
	f := folder{path: dir}
	if info, err := os.Stat(f.join(approvalsKeyFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	if fresh := read(options{data: dir, fresh: true}); fresh == first {
		t.Error("--fresh kept it")
	}
}

func TestADamagedKeyOfApprovalsIsRefused(t *testing.T) {
	f := &folder{path: t.TempDir()}
	for _, damaged := range []string{"", "?", "AAAA"} {
		if err := os.WriteFile(f.join(approvalsKeyFile), []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := f.approvalsKey(); err == nil {
			t.Errorf("of %q it made %v", damaged, got)
		}
	}
}

func TestTheBackChannelIsOnOnlyIfAskedFor(t *testing.T) {
	const says = "approvals by the back channel"
	for flag, on := range map[string]bool{"--fresh": false, "--back-channel": true} {
		o, err := parseOptions([]string{flag})
		if err != nil || o.backChannel != on {
			t.Fatalf("%s: %v, %v", flag, o.backChannel, err)
		}
		if got := strings.Contains(banner(o, demoWorld{}, nil, 0), says); got != on {
			t.Errorf("%s: the banner says so: %v", flag, got)
		}
	}
}

func TestTheBackChannelNeedsTheTenantWhoseClientItIs(t *testing.T) {
	for _, arguments := range [][]string{
		{"--back-channel", "--only", "dynamodb"},
		{"--parameter", "ApprovalsClientId=" + approvalsClientID},
		{"--parameter", "ApprovalsClientKey=AAAA"},
	} {
		if _, err := parseOptions(arguments); err == nil || !strings.Contains(err.Error(), "--") {
			t.Errorf("%v: %v", arguments, err)
		}
	}
}

func TestATenantWithAnotherIDForAClientIsRefused(t *testing.T) {
	ids := map[string]string{webClient: webClientID}
	if err := (options{}).checkClients(ids); err != nil {
		t.Error(err)
	}
	o := options{backChannel: true}
	if err := o.checkClients(ids); err == nil || !strings.Contains(err.Error(), approvalsClient) {
		t.Error(err)
	}
	ids[approvalsClient] = approvalsClientID
	if err := o.checkClients(ids); err != nil {
		t.Error(err)
	}
}
