package invokeapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"drawbridge/local/lambda"
	"drawbridge/shared/testkit"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// invoked is one invocation that came through.
type invoked struct {
	function string
	payload  string
}

// stub stands for the functions: it tells what it was invoked with, and answers as it is told.
type stub struct {
	invocations chan invoked
	under       context.Context // of the last invocation
	result      lambda.Result
	err         error
}

func (s *stub) Invoke(ctx context.Context, function string, payload []byte) (lambda.Result, error) {
	s.under = ctx
	s.invocations <- invoked{function, string(payload)}
	return s.result, s.err
}

func (s *stub) Send(_ context.Context, function string, payload []byte) (string, error) {
	s.invocations <- invoked{function, string(payload)}
	return "id-of-the-event", s.err
}

func newAPI(t *testing.T) (*Handler, *stub) {
	t.Helper()
	s := &stub{invocations: make(chan invoked, 10), result: lambda.Result{RequestID: "id-1",
		Payload: []byte(`{"ok":true}`), Logs: []byte("one line\n")}}
	return New(Config{Host: s, Functions: []string{"AdminFunction"}, Region: "eu-central-1", AccountID: "123456789012"}), s
}

// post sends a signed request, with headers as name, value.
func post(t *testing.T, h http.Handler, path, body string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	key := aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}
	testkit.Must(t, v4.NewSigner().SignHTTP(t.Context(), key, r, "UNSIGNED-PAYLOAD", "lambda", "eu-central-1",
		time.Now()))
	return do(h, r)
}

func do(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// of is the path at which a function is invoked, perhaps with ?Qualifier= behind its name.
func of(function string) string {
	path, query, _ := strings.Cut(function, "?")
	return Prefix + "functions/" + path + "/invocations?" + query
}

const admin = Prefix + "functions/AdminFunction/invocations"

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	testkit.Must(t, err)
	return string(b)
}

// refused checks status and exception, and that nothing was invoked.
func refused(t *testing.T, s *stub, r *http.Response, status int, kind string) {
	t.Helper()
	var body map[string]string
	testkit.Must(t, json.Unmarshal([]byte(text(t, r)), &body))
	message, fault := "message", "User"
	if kind == "ResourceNotFoundException" || kind == "ServiceException" {
		message = "Message"
	}
	if status >= 500 {
		fault = "Service"
	}
	if r.StatusCode != status || r.Header.Get("X-Amzn-ErrorType") != kind || body[message] == "" || body["Type"] != fault {
		t.Errorf("want %d %s, got %d %s %v", status, kind, r.StatusCode, r.Header.Get("X-Amzn-ErrorType"), body)
	}
	if len(s.invocations) > 0 {
		t.Errorf("invoked %v", <-s.invocations)
	}
}

func TestAFunctionIsInvokedAndItsAnswerGivenBack(t *testing.T) {
	for _, kind := range []string{"", "RequestResponse"} {
		h, s := newAPI(t)
		r := post(t, h, admin, `{"command":"x"}`, "X-Amz-Invocation-Type", kind)
		if r.StatusCode != 200 || text(t, r) != `{"ok":true}` || r.Header.Get("X-Amz-Function-Error") != "" ||
			r.Header.Get("X-Amz-Executed-Version") != "$LATEST" || r.Header.Get("X-Amzn-RequestId") != "id-1" {
			t.Errorf("%d %v", r.StatusCode, r.Header)
		}
		if got := <-s.invocations; got != (invoked{"AdminFunction", `{"command":"x"}`}) {
			t.Errorf("%v", got)
		}
	}
}

func TestAFunctionsErrorIsAnAnswerWithAHeader(t *testing.T) {
	h, s := newAPI(t)
	s.result = lambda.Result{FunctionError: "Unhandled", Payload: []byte(`{"errorType":"unavailable"}`)}
	r := post(t, h, admin, `{}`)
	if r.StatusCode != 200 || r.Header.Get("X-Amz-Function-Error") != "Unhandled" ||
		text(t, r) != `{"errorType":"unavailable"}` {
		t.Errorf("%d %v", r.StatusCode, r.Header)
	}
}

func TestAnEventIsAcceptedAndItsRequestIDTold(t *testing.T) {
	h, s := newAPI(t)
	r := post(t, h, admin, `{"n":1}`, "X-Amz-Invocation-Type", "Event")
	if r.StatusCode != 202 || text(t, r) != "" || r.Header.Get("X-Amzn-RequestId") != "id-of-the-event" {
		t.Errorf("%d %v", r.StatusCode, r.Header)
	}
	if got := <-s.invocations; got.payload != `{"n":1}` {
		t.Errorf("%v", got)
	}
}

func TestADryRunRunsNothing(t *testing.T) {
	h, s := newAPI(t)
	if r := post(t, h, admin, `{}`, "X-Amz-Invocation-Type", "DryRun"); r.StatusCode != 204 || len(s.invocations) != 0 {
		t.Errorf("%d", r.StatusCode)
	}
}

func TestTheEndOfTheLogComesWithTheAnswer(t *testing.T) {
	h, _ := newAPI(t)
	r := post(t, h, admin, `{}`, "X-Amz-Log-Type", "Tail")
	if log, err := base64.StdEncoding.DecodeString(r.Header.Get("X-Amz-Log-Result")); err != nil ||
		string(log) != "one line\n" {
		t.Errorf("%q, %v", log, err)
	}
	if r := post(t, h, admin, `{}`, "X-Amz-Log-Type", "None"); r.Header.Get("X-Amz-Log-Result") != "" {
		t.Error("unasked")
	}
}

func TestNoPayloadIsAnEmptyObject(t *testing.T) {
	h, s := newAPI(t)
	post(t, h, admin, "")
	if got := <-s.invocations; got.payload != "{}" {
		t.Errorf("%v", got)
	}
}

func TestAFunctionIsKnownByAllItsNames(t *testing.T) {
	for _, given := range []string{
		"AdminFunction", "AdminFunction:$LATEST", "AdminFunction:%24LATEST", "123456789012:function:AdminFunction",
		"function:AdminFunction",
		"arn:aws:lambda:eu-central-1:123456789012:function:AdminFunction",
		"arn%3Aaws%3Alambda%3Aeu-central-1%3A123456789012%3Afunction%3AAdminFunction",
		"arn:aws:lambda:eu-central-1:123456789012:function:AdminFunction:$LATEST", "AdminFunction?Qualifier=$LATEST",
		"AdminFunction:$LATEST?Qualifier=$LATEST",
	} {
		h, s := newAPI(t)
		r := post(t, h, of(given), `{}`)
		if r.StatusCode != 200 || (<-s.invocations).function != "AdminFunction" {
			t.Errorf("%s: %d %s", given, r.StatusCode, text(t, r))
		}
	}
}

func TestAFunctionThatIsNotThereIsNotFound(t *testing.T) {
	for _, given := range []string{
		"Nothing", strings.Repeat("a", 65), "AdminFunction?Qualifier=$latest", "AdminFunction:$LATEST.PUBLISHED",
		"adminfunction", "AdminFunction:live", "AdminFunction:1", "210987654321:function:AdminFunction",
		"arn:aws:lambda:us-east-1:123456789012:function:AdminFunction", "AdminFunction?Qualifier=live",
	} {
		h, s := newAPI(t)
		for _, kind := range []string{"RequestResponse", "Event", "DryRun"} {
			refused(t, s, post(t, h, of(given), `{}`, "X-Amz-Invocation-Type", kind), 404, "ResourceNotFoundException")
		}
	}
}

func TestAFunctionThatIsNotThereIsNamedWithItsQualifier(t *testing.T) {
	h, _ := newAPI(t)
	for given, want := range map[string]string{"Nothing": "Nothing:$LATEST", "Nothing:live": "Nothing:live",
		"AdminFunction?Qualifier=7": "AdminFunction:7"} {
		body := text(t, post(t, h, of(given), `{}`))
		if !strings.Contains(body, `"Function not found: arn:aws:lambda:eu-central-1:123456789012:function:`+want+`"`) {
			t.Errorf("%s: %s", given, body)
		}
	}
}

func TestANameThatDoesNotFitIsToldThePattern(t *testing.T) {
	h, _ := newAPI(t)
	body := text(t, post(t, h, of("Admin!"), `{}`))
	for _, part := range []string{"1 validation error detected: Value 'Admin!' at 'functionName' failed", "(eusc-)?",
		`\\$LATEST(\\.PUBLISHED)?`} {
		if !strings.Contains(body, part) {
			t.Errorf("no %s in %s", part, body)
		}
	}
}

func TestWhatIsMalformedIsRefused(t *testing.T) {
	h, s := newAPI(t)
	refused(t, s, post(t, h, admin, `{"a":`), 400, "InvalidRequestContentException")
	refused(t, s, post(t, h, admin, `{}`, "X-Amz-Invocation-Type", "Later"), 400, "ValidationException")
	refused(t, s, post(t, h, admin, `{}`, "X-Amz-Log-Type", "All"), 400, "ValidationException")
	long := base64.StdEncoding.EncodeToString([]byte(`{"a":"` + strings.Repeat("x", 3000) + `"}`))
	for _, clientContext := range []string{"{}", "W10=", "e30", long} {
		refused(t, s, post(t, h, admin, `{}`, "X-Amz-Client-Context", clientContext), 400, "InvalidRequestContentException")
	}
	for _, function := range []string{"Admin%2FFunction", "AdminFunction?Qualifier=invalid!", strings.Repeat("a", 171)} {
		refused(t, s, post(t, h, of(function), `{}`), 400, "ValidationException")
	}
	refused(t, s, post(t, h, of("AdminFunction:$LATEST?Qualifier=live"), `{}`), 400, "InvalidParameterValueException")
	for _, path := range []string{"functions/AdminFunction", "event-source-mappings/"} {
		refused(t, s, post(t, h, Prefix+path, `{}`), 404, "UnknownOperationException")
	}
}

func TestAPayloadOverTheLimitIsRefused(t *testing.T) {
	payload := func(size int) string { return `"` + strings.Repeat("x", size-2) + `"` }
	h, s := newAPI(t)
	refused(t, s, post(t, h, admin, payload(syncLimit+1)), 413, "RequestTooLargeException")
	refused(t, s, post(t, h, admin, payload(eventLimit+1), "X-Amz-Invocation-Type", "Event"), 413,
		"RequestTooLargeException")
	if r := post(t, h, admin, payload(syncLimit)); r.StatusCode != 200 {
		t.Errorf("at the limit: %d", r.StatusCode)
	}
}

func TestARequestThatIsNotSignedIsRefused(t *testing.T) {
	for _, authorization := range []string{"", "Bearer x",
		"AWS4-HMAC-SHA256 Credential=a/20261122/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"} {
		h, s := newAPI(t)
		r := httptest.NewRequest(http.MethodPost, admin, strings.NewReader(`{}`))
		r.Header.Set("Authorization", authorization)
		refused(t, s, do(h, r), 403, "MissingAuthenticationTokenException")
	}
}

func TestAWebPageElsewhereGetsNoLeaveToCall(t *testing.T) {
	h, s := newAPI(t)
	r := httptest.NewRequest(http.MethodOptions, admin, nil)
	r.Header.Set("Origin", "https://evil.example")
	r.Header.Set("Access-Control-Request-Method", "POST")
	r.Header.Set("Access-Control-Request-Headers", "authorization")
	answer := do(h, r)
	refused(t, s, answer, 403, "MissingAuthenticationTokenException")
	for header := range answer.Header {
		if strings.HasPrefix(header, "Access-Control-") {
			t.Errorf("it gives %s", header)
		}
	}
}

func TestWhatKeepsAFunctionFromRunningHasLambdasNameForIt(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		kind   string
	}{
		{fmt.Errorf("%w: f", lambda.ErrUnknownFunction), 404, "ResourceNotFoundException"},
		{fmt.Errorf("%w: 7 bytes", lambda.ErrRequestTooLarge), 413, "RequestTooLargeException"},
		{fmt.Errorf("%w: f", lambda.ErrThrottled), 429, "TooManyRequestsException"},
		{&lambda.BuildError{Function: "f", Output: "main.go:1: no"}, 500, "ServiceException"},
		{errors.New("anything else"), 500, "ServiceException"},
	} {
		h, s := newAPI(t)
		s.err = c.err
		for _, invocation := range []string{"RequestResponse", "Event"} {
			r := post(t, h, admin, `{}`, "X-Amz-Invocation-Type", invocation)
			<-s.invocations
			refused(t, s, r, c.status, c.kind)
			if again := r.Header.Get("Retry-After"); (again != "") != (c.status == 429) {
				t.Errorf("%v: Retry-After %q", c.err, again)
			}
		}
	}
}
