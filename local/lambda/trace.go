package lambda

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"
)

type traceKey struct{}

// WithTrace has the invocations under ctx belong to a trace, as the Invoke API's X-Amzn-Trace-Id does. root is
// "1-<8 hexadecimal digits>-<24>". The function finds it in its tracing header, and its SDK sends it on with every
// request that the function makes, so that whoever gets one knows what it is for.
// (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader)
func WithTrace(ctx context.Context, root string) context.Context {
	return context.WithValue(ctx, traceKey{}, root)
}

// traceRoot is the root that ctx was given, else a new one.
func traceRoot(ctx context.Context) string {
	if root, ok := ctx.Value(traceKey{}).(string); ok {
		return root
	}
	return fmt.Sprintf("1-%08x-%s", time.Now().Unix(), randomHex(12))
}

// traceHeader is a tracing header of one invocation, which is not sampled.
func traceHeader(root string) string {
	return fmt.Sprintf("Root=%s;Parent=%s;Sampled=0", root, randomHex(8))
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b) // never fails: crypto/rand ends the process rather than return an error
	return hex.EncodeToString(b)
}
