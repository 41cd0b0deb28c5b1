package lambda

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/testkit"
)

func TestOneProcessServesOneRequestAfterAnother(t *testing.T) {
	s := start(t, "trial", Function{})
	first := s.invoke(`{"do":"echo"}`)
	for i := 2; i <= 50; i++ {
		if e := s.echo(`{"do":"echo"}`); e.Handled != i {
			t.Fatalf("invocation %d is number %d of its process", i, e.Handled)
		}
	}
	if again := s.invoke(`{"do":"echo"}`); !first.Cold || first.Init <= 0 || again.Cold || again.Init != 0 {
		t.Fatalf("cold %v with init %v, then cold %v with init %v", first.Cold, first.Init, again.Cold, again.Init)
	}
}

func TestAReturnedErrorKeepsItsTypeAndItsProcess(t *testing.T) {
	s := start(t, "trial", Function{})
	pid := s.echo(`{"do":"echo"}`).PID
	s.fails(`{"do":"fail"}`, "refusal", "no such account")
	if s.echo(`{"do":"echo"}`).PID != pid {
		t.Fatal("the process was replaced")
	}
}

func TestEndingsThatReplaceTheProcess(t *testing.T) {
	for _, c := range []struct{ name, event, errorType, message string }{
		{"a panic", `{"do":"panic"}`, "errorString", "out of cheese"},
		{"exit status 1", `{"do":"exit","size":1}`, "Runtime.ExitError", "Error: Runtime exited with error: exit status 1"},
		{"exit status 0", `{"do":"exit"}`, "Runtime.ExitError", "Error: Runtime exited without providing a reason"},
		{"a kill", `{"do":"killed"}`, "Runtime.ExitError", "Error: Runtime exited with error: signal: killed"},
		{"a goroutine that ends without an answer", `{"do":"goexit"}`, "Sandbox.Timedout",
			"Error: Task timed out after 0.50 seconds"},
		{"a timeout", `{"do":"sleep","ms":60000}`, "Sandbox.Timedout", "Error: Task timed out after 0.50 seconds"},
		{"an oversized answer", `{"do":"big","size":6291555}`, "Function.ResponseSizeTooLarge", "(6291556 bytes)."},
	} {
		t.Run(c.name, func(t *testing.T) {
			limit := 30 * time.Second
			if c.errorType == "Sandbox.Timedout" {
				limit = 500 * time.Millisecond
			}
			s := start(t, "trial", Function{Timeout: limit})
			pid := s.echo(`{"do":"echo"}`).PID
			s.fails(c.event, c.errorType, c.message)
			if after := s.echo(`{"do":"echo"}`); after.PID == pid || after.Handled != 1 {
				t.Fatalf("process %d was not replaced: %+v", pid, after)
			}
		})
	}
}

func TestATimeoutIsSaidInSecondsAsLambdaSaysIt(t *testing.T) {
	const want = `{"errorType":"Sandbox.Timedout",` +
		`"errorMessage":"RequestId: 8476a536 Error: Task timed out after 3.00 seconds"}`
	if got := string(timedOut("8476a536", 3*time.Second)); got != want {
		t.Fatal(got)
	}
}

func TestTheLargestAnswerPasses(t *testing.T) {
	s := start(t, "trial", Function{})
	r := s.invoke(`{"do":"big","size":6291554}`) // and two quotes
	if r.FunctionError != "" || len(r.Payload) != responseLimit {
		t.Fatalf("%q with %d bytes", r.FunctionError, len(r.Payload))
	}
}

func TestAnOversizedEventIsRefusedWithoutAProcess(t *testing.T) {
	s := start(t, "trial", Function{})
	_, err := s.Invoke(t.Context(), "f", make([]byte, requestLimit+1))
	testkit.WantError(t, err, ErrRequestTooLarge)
	if s.heldEver != 0 {
		t.Fatal("a process was started")
	}
	text := strings.Repeat("x", requestLimit-1000)
	if s.echo(fmt.Sprintf(`{"do":"echo","text":%q}`, text)).Text != text {
		t.Fatal("a large event was changed")
	}
}

func TestTheContextCarriesWhatLambdaSends(t *testing.T) {
	s := start(t, "trial", Function{Timeout: 7 * time.Second})
	var got struct {
		ID, ARN, Trace string
		Left           int
	}
	r := s.into(`{"do":"context"}`, &got)
	if got.ID != r.RequestID || len(got.ID) != 36 {
		t.Errorf("request id %q, in the result %q", got.ID, r.RequestID)
	}
	if got.ARN != "arn:aws:lambda:eu-central-1:123456789012:function:f" {
		t.Errorf("arn %q", got.ARN)
	}
	if !strings.HasPrefix(got.Trace, "Root=1-") || !strings.HasSuffix(got.Trace, ";Sampled=0") {
		t.Errorf("trace %q", got.Trace)
	}
	if got.Left < 6000 || got.Left > 7000 {
		t.Errorf("%d ms left", got.Left)
	}
}

func TestAFunctionSeesNothingOfThisProcessesEnvironment(t *testing.T) {
	t.Setenv("DRAWBRIDGE_SECRET", "of the shell")
	s := start(t, "trial", Function{Environment: map[string]string{"TABLE": "t"}, MemoryMB: 256})
	var list []string
	s.into(`{"do":"environment"}`, &list)
	got := map[string]string{}
	for _, v := range list {
		name, value, _ := strings.Cut(v, "=")
		got[name] = value
	}
	for name, want := range map[string]string{
		"TABLE": "t", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "_HANDLER": "bootstrap",
		"AWS_REGION": "eu-central-1", "AWS_LAMBDA_FUNCTION_NAME": "f",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, not %q", name, got[name], want)
		}
	}
	for _, absent := range []string{"DRAWBRIDGE_SECRET", "HOME", "USER", "GOFLAGS"} {
		if value, ok := got[absent]; ok {
			t.Errorf("%s is set to %q", absent, value)
		}
	}
}

func TestTheVariablesAreThoseOfProvidedAl2023(t *testing.T) {
	s := start(t, "trial", Function{})
	var list []string
	s.into(`{"do":"environment"}`, &list)
	for _, want := range []string{
		"LAMBDA_TASK_ROOT=/var/task", "LAMBDA_RUNTIME_DIR=/var/runtime", "PATH=/usr/local/bin:/usr/bin/:/bin:/opt/bin",
		"TZ=:UTC", "LANG=en_US.UTF-8", "AWS_XRAY_CONTEXT_MISSING=LOG_ERROR", "AWS_XRAY_DAEMON_ADDRESS=169.254.79.129:2000",
		"_AWS_XRAY_DAEMON_ADDRESS=169.254.79.129", "_AWS_XRAY_DAEMON_PORT=2000", "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"LD_LIBRARY_PATH=/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
	} {
		if !slices.Contains(list, want) {
			t.Errorf("no %s", want)
		}
	}
	for _, variable := range list {
		if strings.HasPrefix(variable, "AWS_EXECUTION_ENV=") {
			t.Error(variable)
		}
	}
}

func TestAFunctionCannotWriteWhereItRunsAndIsNotRoot(t *testing.T) {
	s := start(t, "trial", Function{})
	var at struct {
		Folder string
		User   int
	}
	s.into(`{"do":"where"}`, &at)
	if at.Folder != "/" || at.User == 0 {
		t.Errorf("it runs in %s as user %d", at.Folder, at.User)
	}
	for _, path := range []string{"made-here", "./bootstrap"} {
		if r := s.invoke(`{"do":"write","text":` + strconv.Quote(path) + `}`); r.FunctionError == "" {
			t.Errorf("it wrote %s", path)
		}
	}
}

func TestAClientContextReachesTheFunction(t *testing.T) {
	s := start(t, "trial", Function{})
	ctx := WithClientContext(t.Context(), `{"custom":{"by":"me"}}`)
	r, err := s.Invoke(ctx, "f", []byte(`{"do":"context"}`))
	if err != nil || !strings.Contains(string(r.Payload), `"client":{"by":"me"}`) {
		t.Errorf("%s, %v", r.Payload, err)
	}
}

func TestANameThatLambdaReservesIsRefused(t *testing.T) {
	for _, name := range []string{"AWS_REGION", "_HANDLER", "A=B"} {
		_, err := NewHost(Config{Binaries: &program{}, Region: "r",
			Functions: []Function{{Name: "f", Environment: map[string]string{name: "x"}}}})
		testkit.Refused(t, err, "function f sets "+name)
	}
}

func TestFunctionsThatCannotBeToldApartAreRefused(t *testing.T) {
	_, err := NewHost(Config{Functions: []Function{{}}})
	testkit.Refused(t, err, "no binaries", "no region", "a function without a name")
	_, err = NewHost(Config{Binaries: &program{}, Region: "r", Functions: []Function{{Name: "f"}, {Name: "f"}}})
	testkit.Refused(t, err, "two functions are named f")
}

func TestAnInvokerThatLeavesDoesNotStopTheFunction(t *testing.T) {
	s := start(t, "trial", Function{})
	s.echo(`{"do":"echo"}`)
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := s.Invoke(ctx, "f", []byte(`{"do":"sleep","ms":50}`))
		left <- err
	}()
	testkit.Eventually(t, "a process has the event", s.inFlight)
	leave()
	testkit.WantError(t, <-left, context.Canceled)
	testkit.Eventually(t, "it has ended", func() bool { return !s.inFlight() })
	if e := s.echo(`{"do":"echo"}`); e.Handled != 3 {
		t.Fatalf("the process handled %d", e.Handled)
	}
}
