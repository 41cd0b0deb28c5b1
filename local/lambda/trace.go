package lambda

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Trace is a tracing header, X-Amzn-Trace-Id
// (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader).
type Trace struct {
	Root    string // "1-<8 hexadecimal digits>-<24>"
	Parent  string // 16 hexadecimal digits; empty if the trace begins here
	Sampled string // "0" or "1"; empty if nobody has decided
}

// NewTrace begins a trace.
func NewTrace(now time.Time) Trace {
	return Trace{Root: fmt.Sprintf("1-%08x-%s", now.Unix(), randomHex(12))}
}

var (
	traceRoot   = regexp.MustCompile(`^1-[0-9a-f]{8}-[0-9a-f]{24}$`)
	traceParent = regexp.MustCompile(`^[0-9a-f]{16}$`)
)

// ParseTrace reads a header. It reports false if the header has no root or a malformed one.
func ParseTrace(header string) (t Trace, ok bool) {
	for field := range strings.SplitSeq(header, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		switch {
		case name == "Root" && traceRoot.MatchString(value):
			t.Root = value
		case name == "Parent" && traceParent.MatchString(value):
			t.Parent = value
		case name == "Sampled" && (value == "0" || value == "1"):
			t.Sampled = value
		}
	}
	return t, t.Root != ""
}

// child is the same trace with a new parent. Where nobody has decided, it is not sampled.
func (t Trace) child() Trace {
	t.Parent = randomHex(8)
	if t.Sampled == "" {
		t.Sampled = "0"
	}
	return t
}

// String is the header.
func (t Trace) String() string {
	header := "Root=" + t.Root
	if t.Parent != "" {
		header += ";Parent=" + t.Parent
	}
	if t.Sampled != "" {
		header += ";Sampled=" + t.Sampled
	}
	return header
}

type traceKey struct{}

// WithTrace puts the invocations under ctx into a trace, as the Invoke API's X-Amzn-Trace-Id does. The function
// finds it in its tracing header, and its SDK sends it on with every request that the function makes, so that a
// recipient knows what the request is for.
func WithTrace(ctx context.Context, t Trace) context.Context {
	return context.WithValue(ctx, traceKey{}, t)
}

// traceOf is the trace that ctx was given, else a new one.
func traceOf(ctx context.Context) Trace {
	if t, ok := ctx.Value(traceKey{}).(Trace); ok {
		return t
	}
	return NewTrace(time.Now())
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b) // never fails: crypto/rand ends the process rather than return an error
	return hex.EncodeToString(b)
}
