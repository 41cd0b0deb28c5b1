package dynamotest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Fault is a way in which a request to DynamoDB goes wrong.
type Fault int

const (
	DropBefore  Fault = iota // the connection breaks, and the request is not carried out
	DropAfter                // the request is carried out, and the connection breaks
	ErrorBefore              // status 500, not carried out
	ErrorAfter               // status 500, carried out all the same
	Throttle                 // refused for lack of capacity
	Conflict                 // refused for another transaction on the same item
	KillBefore               // the process ends before the request leaves it
	KillAfter                // the request is carried out, and the process ends: Lambda's deadline
	HalfRead                 // carried out, and the connection breaks in the middle of the answer
	Latency                  // a few milliseconds late on the way there and back
	faultKinds
)

func (f Fault) String() string {
	return [...]string{
		"drop before", "drop after", "500 before", "500 after", "throttle", "conflict", "kill before", "kill after",
		"half read", "latency",
	}[f]
}

// Trouble is what the requests made under one context meet. It belongs to one operation and is not safe for
// concurrent use: the same random source then gives the same operation the same faults, whatever runs beside it.
type Trouble struct {
	Rate float64 // the share of requests that meet a fault
	Rand *rand.Rand
	Kill context.CancelFunc // ends the operation, as the end of its process would; nil: no kills
	Kind []Fault            // the faults to choose from; all if empty
	Most int                // how many requests meet one at most; all may if 0

	met int
}

type troubleKey struct{}

// WithTrouble returns a context under which requests through a [Faults] transport meet trouble.
func WithTrouble(ctx context.Context, trouble *Trouble) context.Context {
	return context.WithValue(ctx, troubleKey{}, trouble)
}

// Faults is a transport that injects what the engine never does by itself. Requests whose context has no [Trouble]
// pass undisturbed.
type Faults struct {
	next     http.RoundTripper
	injected [faultKinds]atomic.Int64
	carried  sync.Map // the tokens of transactions that were carried out, and whose answers were lost
}

// NewFaults returns a transport.
func NewFaults() *Faults { return &Faults{next: Transport()} }

// Injected is how often each fault has happened so far.
func (f *Faults) Injected() map[Fault]int {
	counts := map[Fault]int{}
	for kind := range faultKinds {
		counts[kind] = int(f.injected[kind].Load())
	}
	return counts
}

// RoundTrip implements http.RoundTripper.
func (f *Faults) RoundTrip(request *http.Request) (*http.Response, error) {
	trouble, _ := request.Context().Value(troubleKey{}).(*Trouble)
	if trouble == nil || trouble.Rand.Float64() >= trouble.Rate || trouble.Most > 0 && trouble.met == trouble.Most {
		return f.next.RoundTrip(request)
	}
	kind := Fault(trouble.Rand.IntN(int(faultKinds)))
	if len(trouble.Kind) > 0 {
		kind = trouble.Kind[trouble.Rand.IntN(len(trouble.Kind))]
	}
	if trouble.Kill == nil && (kind == KillBefore || kind == KillAfter) {
		kind = DropAfter
	}
	token, err := tokenOf(request)
	if err != nil {
		return nil, err
	}
	if _, known := f.carried.Load(token); kind == Conflict && (known && token != "" || !conflicts(request)) {
		return f.next.RoundTrip(request)
	}
	f.injected[kind].Add(1)
	trouble.met++
	switch kind {
	case DropBefore:
		return refuse(request, nil, errors.New("injected: connection reset before the request"))
	case DropAfter:
		f.carryOut(request, token)
		return nil, fmt.Errorf("injected: connection reset: %w", io.ErrUnexpectedEOF)
	case ErrorBefore:
		return refuse(request, Answer(http.StatusInternalServerError, "InternalServerError", nil), nil)
	case ErrorAfter:
		f.carryOut(request, token)
		return Answer(http.StatusInternalServerError, "InternalServerError", nil), nil
	case Throttle, Conflict:
		return refuse(request, refusal(request, kind, trouble.Rand), nil)
	case KillBefore:
		trouble.Kill()
		return refuse(request, nil, request.Context().Err())
	case KillAfter:
		f.carryOut(request, token)
		trouble.Kill()
		return nil, request.Context().Err()
	case HalfRead:
		response, err := f.next.RoundTrip(request)
		if err == nil {
			f.carried.Store(token, true)
			response.Body = &half{response.Body, max(response.ContentLength/2, 1)}
		}
		return response, err
	}
	time.Sleep(time.Duration(trouble.Rand.IntN(5)) * time.Millisecond)
	response, err := f.next.RoundTrip(request)
	time.Sleep(time.Duration(trouble.Rand.IntN(5)) * time.Millisecond)
	return response, err
}

// carryOut sends a request whose answer nobody will see.
func (f *Faults) carryOut(request *http.Request, token string) {
	f.carried.Store(token, true)
	if response, err := f.next.RoundTrip(request.WithContext(context.WithoutCancel(request.Context()))); err == nil {
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
	}
}

// Operation is what a request asks of DynamoDB, as PutItem.
func Operation(request *http.Request) string {
	_, operation, _ := strings.Cut(request.Header.Get("X-Amz-Target"), ".")
	return operation
}

// conflicts tells whether DynamoDB refuses such a request while another transaction is on the same item.
func conflicts(request *http.Request) bool {
	switch Operation(request) {
	case "TransactWriteItems", "TransactGetItems", "PutItem", "UpdateItem", "DeleteItem":
		return true
	}
	return false
}

// tokenOf is the token of a transaction, by which DynamoDB knows it again; empty for any other request.
func tokenOf(request *http.Request) (string, error) {
	var transaction struct{ ClientRequestToken string }
	content, err := io.ReadAll(request.Body)
	request.Body = io.NopCloser(bytes.NewReader(content))
	_ = json.Unmarshal(content, &transaction)
	return transaction.ClientRequestToken, err
}

// refuse answers a request that is not sent.
func refuse(request *http.Request, response *http.Response, err error) (*http.Response, error) {
	if request.Body != nil {
		_ = request.Body.Close()
	}
	return response, err
}

// refusal is how DynamoDB says Throttle or Conflict to this operation: a transaction gives a reason an item.
func refusal(request *http.Request, kind Fault, random *rand.Rand) *http.Response {
	throttled := Answer(http.StatusBadRequest, "ProvisionedThroughputExceededException", nil)
	switch Operation(request) {
	case "TransactWriteItems", "TransactGetItems":
	case "PutItem", "UpdateItem", "DeleteItem":
		if kind == Conflict {
			return Answer(http.StatusBadRequest, "TransactionConflictException", nil)
		}
		return throttled
	default:
		return throttled
	}
	var body struct{ TransactItems []json.RawMessage }
	content, err := io.ReadAll(request.Body)
	if err != nil || json.Unmarshal(content, &body) != nil || len(body.TransactItems) == 0 {
		return throttled
	}
	code := "TransactionConflict"
	if kind == Throttle {
		code = []string{"ProvisionedThroughputExceeded", "ThrottlingError"}[random.IntN(2)]
	}
	reasons := make([]map[string]string, len(body.TransactItems))
	for i := range reasons {
		reasons[i] = map[string]string{"Code": "None"}
	}
	reasons[random.IntN(len(reasons))] = map[string]string{"Code": code, "Message": "injected"}
	return Answer(http.StatusBadRequest, "TransactionCanceledException", map[string]any{"CancellationReasons": reasons})
}

// Answer is an error response as DynamoDB writes it.
func Answer(status int, name string, members map[string]any) *http.Response {
	body := map[string]any{
		"__type": "com.amazonaws.dynamodb.v20120810#" + name, "message": "injected", "Message": "injected",
	}
	for member, value := range members {
		body[member] = value
	}
	content, err := json.Marshal(body)
	if err != nil {
		panic(err) // strings, and lists of maps of strings
	}
	return &http.Response{
		Status: http.StatusText(status), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		ContentLength: int64(len(content)), Body: io.NopCloser(bytes.NewReader(content)),
	}
}

// half gives a part of an answer, then breaks.
type half struct {
	io.ReadCloser
	left int64
}

func (h *half) Read(p []byte) (int, error) {
	if h.left <= 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := h.ReadCloser.Read(p[:min(int64(len(p)), h.left)])
	h.left -= int64(n)
	return n, err
}
