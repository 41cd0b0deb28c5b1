package invokeapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	service "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"drawbridge/local/lambda"
	"drawbridge/shared/testkit"
)

// open serves the API, whose functions answer in turn what is given.
func open(t *testing.T, answers ...stub) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, s := newAPI(t)
		if len(answers) > 0 {
			s.result, s.err = answers[0].result, answers[0].err
			answers = answers[1:]
		}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func sdk(address string) *service.Client {
	return service.New(service.Options{
		Region: "eu-central-1", BaseEndpoint: &address, Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("any", "any", ""),
	})
}

var (
	fine    = stub{result: lambda.Result{RequestID: "id-1", Payload: []byte(`{"ok":true}`), Logs: []byte("one line\n")}}
	failing = stub{result: lambda.Result{RequestID: "id-2", FunctionError: "Unhandled",
		Payload: []byte(`{"errorType":"x"}`)}}
	throttled = stub{err: lambda.ErrThrottled}
)

func TestTheSDKOfGoInvokesAFunction(t *testing.T) {
	c := sdk(open(t, fine, failing))
	out, err := c.Invoke(t.Context(), &service.InvokeInput{
		FunctionName: aws.String("AdminFunction"), Payload: []byte(`{"a":1}`), LogType: types.LogTypeTail,
	})
	testkit.Must(t, err)
	logs, _ := base64.StdEncoding.DecodeString(aws.ToString(out.LogResult))
	if out.StatusCode != 200 || string(out.Payload) != `{"ok":true}` || string(logs) != "one line\n" ||
		aws.ToString(out.ExecutedVersion) != "$LATEST" {
		t.Errorf("%d %s %q %q", out.StatusCode, out.Payload, logs, aws.ToString(out.ExecutedVersion))
	}
	out, err = c.Invoke(t.Context(), &service.InvokeInput{FunctionName: aws.String("AdminFunction")})
	if err != nil || aws.ToString(out.FunctionError) != "Unhandled" || string(out.Payload) != `{"errorType":"x"}` {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestTheSDKOfGoSendsAnEventAndTriesOne(t *testing.T) {
	c := sdk(open(t, fine, fine))
	for kind, want := range map[types.InvocationType]int32{types.InvocationTypeEvent: 202,
		types.InvocationTypeDryRun: 204} {
		out, err := c.Invoke(t.Context(), &service.InvokeInput{FunctionName: aws.String("AdminFunction"),
			InvocationType: kind})
		if err != nil || out.StatusCode != want {
			t.Errorf("%s: %+v, %v", kind, out, err)
		}
	}
}

func TestTheSDKOfGoKnowsTheRefusals(t *testing.T) {
	c := sdk(open(t, throttled))
	invoke := func(name string) error {
		_, err := c.Invoke(context.Background(), &service.InvokeInput{FunctionName: &name})
		return err
	}
	many, ok := errors.AsType[*types.TooManyRequestsException](invoke("AdminFunction"))
	if !ok || many.Reason != types.ThrottleReasonReservedFunctionConcurrentInvocationLimitExceeded ||
		many.ErrorMessage() != "Rate Exceeded." {
		t.Errorf("%+v", many)
	}
	missing, ok := errors.AsType[*types.ResourceNotFoundException](invoke("Nothing"))
	if !ok || !strings.HasSuffix(missing.ErrorMessage(),
		":function:Nothing:$LATEST") || aws.ToString(missing.Type) != "User" {
		t.Errorf("%+v", missing)
	}
}

func TestTheSDKOfJavaScriptReadsTheSameAnswers(t *testing.T) {
	folder := filepath.Join("testdata", "javascript")
	install(t, folder)
	calls := `[{"FunctionName":"AdminFunction","LogType":"Tail"},{"FunctionName":"AdminFunction"},
		{"FunctionName":"AdminFunction","InvocationType":"Event"},{"FunctionName":"AdminFunction"},
		{"FunctionName":"Nothing"}]`
	script := exec.CommandContext(t.Context(), "node", "invoke.js", open(t, fine, failing, fine, throttled), calls)
	script.Dir = folder
	var said strings.Builder
	script.Stderr = &said
	out, err := script.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	var got []map[string]any
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := []map[string]any{
		{"status": 200.0, "version": "$LATEST", "payload": `{"ok":true}`, "logs": "one line\n", "requestId": "id-1"},
		{"status": 200.0, "version": "$LATEST", "error": "Unhandled", "payload": `{"errorType":"x"}`, "requestId": "id-2"},
		{"status": 202.0, "payload": nil, "requestId": "id-of-the-event"},
		{"status": 429.0, "name": "TooManyRequestsException", "message": "Rate Exceeded.",
			"reason": "ReservedFunctionConcurrentInvocationLimitExceeded"},
		{"status": 404.0, "name": "ResourceNotFoundException",
			"message": "Function not found: arn:aws:lambda:eu-central-1:123456789012:function:Nothing:$LATEST"},
	}
	testkit.Equal(t, want, got)
}

// install has npm put a folder's packages there, unless they are those of its lock file.
func install(t *testing.T, folder string) {
	t.Helper()
	wanted, err := os.Stat(filepath.Join(folder, "package-lock.json"))
	testkit.Must(t, err)
	if there, err := os.Stat(filepath.Join(folder, "node_modules",
		".package-lock.json")); err == nil && there.ModTime().After(wanted.ModTime()) {
		return
	}
	npm := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	npm.Dir = folder
	if out, err := npm.CombinedOutput(); err != nil {
		t.Fatalf("npm ci in %s: %v\n%s", folder, err, out)
	}
}

func TestSAMsRemoteInvokeReadsTheAnswer(t *testing.T) {
	sam, err := exec.LookPath("sam")
	if err != nil {
		t.Skip("the SAM CLI is not on PATH; .ci/run installs it and runs this test")
	}
	invoke := exec.CommandContext(t.Context(), sam, "remote", "invoke", "--event", `{"a":1}`, "--output", "json",
		"arn:aws:lambda:eu-central-1:123456789012:function:AdminFunction")
	invoke.Env = append(os.Environ(), "AWS_ENDPOINT_URL_LAMBDA="+open(t, fine), "AWS_ACCESS_KEY_ID=any",
		"AWS_SECRET_ACCESS_KEY=any",
		"AWS_DEFAULT_REGION=eu-central-1", "SAM_CLI_TELEMETRY=0", "AWS_MAX_ATTEMPTS=1")
	var said strings.Builder
	invoke.Stderr = &said
	out, err := invoke.Output()
	if err != nil || !strings.Contains(string(out), `{\"ok\":true}`) || !strings.Contains(string(out), "id-1") {
		t.Errorf("%v\n%s\n%s", err, out, said.String())
	}
}
