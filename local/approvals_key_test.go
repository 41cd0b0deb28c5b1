package main

import (
	"encoding/pem"
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
