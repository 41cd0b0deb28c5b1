package lambda

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
)

// invocation is one event on its way through one process. The process's lock guards delivered, answer and ended.
type invocation struct {
	id      string
	trace   string
	client  string // the invoker's ClientContext
	payload []byte
	done    chan struct{} // closed when the process has answered and asked for the next event

	delivered bool
	started   time.Time
	answer    *posted
	ended     time.Time

	logMu sync.Mutex
	tail  []byte
}

// posted is what the function posted as its response or error.
type posted struct {
	payload []byte
	failed  bool
}

func newInvocation(ctx context.Context, id string, payload []byte) *invocation {
	client, _ := ctx.Value(clientContextKey{}).(string)
	return &invocation{id: id, trace: traceOf(ctx).child().String(), client: client, payload: payload,
		done: make(chan struct{})}
}

type clientContextKey struct{}

// WithClientContext gives a ClientContext, a JSON object, to the functions that are invoked under ctx.
func WithClientContext(ctx context.Context, clientContext string) context.Context {
	return context.WithValue(ctx, clientContextKey{}, clientContext)
}

// keep remembers the end of the log.
func (i *invocation) keep(line []byte) {
	i.logMu.Lock()
	defer i.logMu.Unlock()
	i.tail = append(append(i.tail, line...), '\n')
	if over := len(i.tail) - tailLimit; over > 0 {
		i.tail = append(i.tail[:0], i.tail[over:]...)
	}
}

func (i *invocation) logged() []byte {
	i.logMu.Lock()
	defer i.logMu.Unlock()
	return append([]byte(nil), i.tail...)
}

// Result is the outcome of an invocation that reached a process.
type Result struct {
	RequestID string
	Payload   []byte // the function's answer; if FunctionError is set, {"errorMessage","errorType",…}
	// FunctionError is "" or "Unhandled", the value of X-Amz-Function-Error.
	FunctionError string
	Cold          bool          // the process was started for this invocation
	Init          time.Duration // from spawn to the first request for next; zero unless Cold
	Duration      time.Duration // from sending the event to the answer, without Init
	Logs          []byte        // the last 4 KB that the function wrote meanwhile, as LogType "Tail" gives
}

const unhandled = "Unhandled"

// failure is the payload of an error that Lambda itself reports. Types and messages are those of the Lambda service.
func failure(requestID, errorType, format string, args ...any) []byte {
	payload, err := json.Marshal(struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}{errorType, "RequestId: " + requestID + " Error: " + fmt.Sprintf(format, args...)})
	if err != nil {
		panic(err) // two strings always marshal
	}
	return payload
}

func timedOut(requestID string, limit time.Duration) []byte {
	return failure(requestID, "Sandbox.Timedout", "Task timed out after %.2f seconds", limit.Seconds())
}

func initTimedOut(requestID string, limit time.Duration) []byte {
	return failure(requestID, "Sandbox.Timedout", "Init timed out after %.2f seconds", limit.Seconds())
}

func tooLarge() []byte {
	payload, _ := json.Marshal(map[string]string{
		"errorType":    "Function.ResponseSizeTooLarge",
		"errorMessage": fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", responseLimit),
	})
	return payload
}

// exited reports a process that ended with an event in hand, or before it was ready for one.
func exited(requestID string, state *os.ProcessState) []byte {
	const errorType = "Runtime.ExitError"
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return failure(requestID, errorType, "Runtime exited with error: signal: %v", status.Signal())
	}
	if state.Success() {
		return failure(requestID, errorType, "Runtime exited without providing a reason")
	}
	return failure(requestID, errorType, "Runtime exited with error: exit status %d", state.ExitCode())
}
