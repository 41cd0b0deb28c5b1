package main

import (
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"drawbridge/shared/testkit"
)

// Other emulators served routes without their authorizer where they did not understand it (aws-sam-cli 7483, floci 788
// and 1011, ministack 1345). Here the start stops: nothing listens, and the error names the line. Of what a template is
// refused for, package template's own tests have the rest.
func TestAStackThatIsNotUnderstoodIsNeverServed(t *testing.T) {
	text := testkit.Read(t, "..", "template.yaml")
	for name, c := range map[string]struct{ old, new, reason, at string }{
		"an authorizer behind an alias": {"FunctionArn: !GetAtt AuthorizerFunction.Arn",
			`FunctionArn: !Sub "${AuthorizerFunction.Arn}:live"`, "FunctionArn must be !GetAtt", "FunctionArn:"},
		"no default authorizer": {"DefaultAuthorizer: TokenAuthorizer", "AddApiKeyRequiredToCorsPreflight: false",
			"the route has no authorizer", "GetBalance:"},
		"an intrinsic function that is unknown": {"TOKEN_ISSUERS: !Ref TokenIssuers",
			"TOKEN_ISSUERS: !Transform { Name: x }", "Fn::Transform is not understood", "!Transform"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(text, c.old) {
				t.Fatalf("template.yaml has no %q", c.old)
			}
			changed := strings.Replace(text, c.old, c.new, 1)
			folder := t.TempDir()
			testkit.Write(t, filepath.Join(folder, "template.yaml"), changed)
			o := parsed(t, "--memory", "--base-port", strconv.Itoa(freePort(t)), "--template",
				filepath.Join(folder, "template.yaml"))
			r := newRunner(o, newTerminal(io.Discard))
			defer r.Close()
			err := r.Start(t.Context())
			at := fmt.Sprintf("template.yaml:%d: ", 1+strings.Count(changed[:strings.Index(changed, c.at)], "\n"))
			testkit.Refused(t, err, at, c.reason)
			if c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", o.apiPort())); err == nil {
				c.Close()
				t.Error("it listens all the same")
			}
		})
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	testkit.Must(t, err)
	defer listener.Close()
	return min(listener.Addr().(*net.TCPAddr).Port, 65000)
}
