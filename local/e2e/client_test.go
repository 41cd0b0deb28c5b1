package e2e

import (
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"
)

var client = flag.String("client", "", "a program built from local/contract/testdata/client; .ci/contract generates it")

func TestAClientGeneratedFromTheDocumentWalksTheFlow(t *testing.T) {
	if *client == "" {
		t.Skip("no -client was given: .ci/contract generates one and runs this test")
	}
	login := shared.call(t, "POST", shared.API+"/login", nil,
		map[string]string{"username": alice.username, "password": alice.bankPassword})
	program := exec.Command(*client)
	program.Env = append(os.Environ(), "API="+shared.API, "FROM="+alice.account, "TO="+bob.account, "KEY="+random(),
		"CODE="+login.member(t, "authorization_code").(string),
		"PAYING="+shared.stepUp(t, alice))
	out, err := program.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "walked") {
		t.Fatalf("%v: %s", err, out)
	}
}
