package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Other emulators served routes without their authorizer where they did not understand it (aws-sam-cli 7483, floci 788
// and 1011, ministack 1345). Here the start stops: nothing listens, and the error names the line.
func TestAStackThatIsNotUnderstoodIsNeverServed(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	const arn, standard, route = "FunctionArn: !GetAtt AuthorizerFunction.Arn", "DefaultAuthorizer: TokenAuthorizer",
		"Path: /balance, Method: get"
	for name, c := range map[string]struct{ old, new, reason, at string }{
		"an authorizer behind an alias": {arn, `FunctionArn: !Sub "${AuthorizerFunction.Arn}:live"`,
			"FunctionArn must be !GetAtt", "FunctionArn:"},
		"an authorizer by its alias's Ref": {arn, "FunctionArn: !Ref AuthorizerFunction.Alias",
			"FunctionArn must be !GetAtt", "FunctionArn:"},
		"an authorizer of another stack": {arn, "FunctionArn: !ImportValue guard", "FunctionArn must be !GetAtt",
			"FunctionArn:"},
		"an authorizer that is written out": {arn,
			"FunctionArn: arn:aws:lambda:eu-central-1:123456789012:function:guard", "FunctionArn must be !GetAtt",
			"FunctionArn:"},
		"an authorizer's function that is missing": {arn, "FunctionArn: !GetAtt Guard.Arn", "FunctionArn must be !GetAtt",
			"FunctionArn:"},
		"an authorizer of another kind": {"FunctionPayloadType: REQUEST", "FunctionPayloadType: TOKEN",
			"must be REQUEST", "TokenAuthorizer:"},
		"no default authorizer": {standard, "AddApiKeyRequiredToCorsPreflight: false",
			"the route has no authorizer", "GetBalance:"},
		"a default authorizer that is misspelt": {standard, "DefaultAuthorizer: TokenAuthoriser",
			"is not among the authorizers", "DefaultAuthorizer:"},
		"IAM for an authorizer": {standard, "DefaultAuthorizer: AWS_IAM", "is not among the authorizers",
			"DefaultAuthorizer:"},
		"a route's authorizer that is missing": {route, route + ", Auth: { Authorizer: Nobody }",
			"authorizer Nobody does not exist", "GetBalance:"},
		"a route that wants an API key": {route, route + ", Auth: { ApiKeyRequired: true }",
			"property ApiKeyRequired is not understood", "ApiKeyRequired"},
		"a resource policy": {standard,
			standard + "\n        ResourcePolicy: { SourceVpcBlacklist: [x] }", "property ResourcePolicy is not understood",
			"ResourcePolicy"},
		"an intrinsic function that is unknown": {"TOKEN_ISSUERS: !Ref TokenIssuers", "TOKEN_ISSUERS: !Transform { Name: x }",
			"Fn::Transform is not understood", "!Transform"},
		"a function URL, which no authorizer guards": {"CodeUri: functions/balance/",
			"CodeUri: functions/balance/\n      FunctionUrlConfig: { AuthType: NONE }",
			"property FunctionUrlConfig is not understood", "FunctionUrlConfig"},
		"an HTTP API's route": {route, route + "\n        Other: { Type: HttpApi, Properties: { Path: /x, Method: get } }",
			"events of type HttpApi are not understood", "Other:"},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.Count(string(text), c.old) == 0 {
				t.Fatalf("template.yaml has no %q", c.old)
			}
			changed := strings.Replace(string(text), c.old, c.new, 1)
			if strings.HasPrefix(name, "an HTTP API") {
				changed = strings.Replace(string(text), "Properties: { RestApiId: !Ref Api, "+route+" }",
					"Properties: { RestApiId: !Ref Api, "+route+" }\n        Other: { Type: HttpApi, Properties: { Path: /x, "+
						"Method: get } }", 1)
			}
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "template.yaml"), []byte(changed), 0o600); err != nil {
				t.Fatal(err)
			}
			o, err := parseOptions([]string{"--memory", "--base-port", strconv.Itoa(freePort(t)), "--template",
				filepath.Join(folder, "template.yaml")})
			if err != nil {
				t.Fatal(err)
			}
			r := newRunner(o, newTerminal(io.Discard))
			defer r.Close()
			err = r.Start(t.Context())
			line := 1 + strings.Count(changed[:strings.Index(changed, c.at)], "\n")
			if err == nil || !strings.Contains(err.Error(),
				fmt.Sprintf("template.yaml:%d: ", line)) || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("want line %d, %q; got %v", line, c.reason, err)
			}
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
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return min(listener.Addr().(*net.TCPAddr).Port, 65000)
}
