package bridge_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
)

// unreliable disturbs transactions on their way: some are lost before they arrive, some are carried out and the answer
// is lost, some collide. A transaction is disturbed at most `most` times, however often it is sent: with fewer than the
// SDK's attempts the caller gets its answer in the end, with more it is left in doubt.
type unreliable struct {
	next  http.RoundTripper
	share float64
	most  int

	mu        sync.Mutex
	random    *rand.Rand
	disturbed map[string]int  // by ClientRequestToken
	sent      map[string]bool // those that arrived: they cannot collide any more, DynamoDB knows their token
	lost      int             // answers of those
}

func newUnreliable(share float64, most int, seed uint64) *unreliable {
	return &unreliable{
		next: dynamotest.Transport(), share: share, most: most, random: rand.New(rand.NewPCG(seed, 0)),
		disturbed: make(map[string]int), sent: make(map[string]bool),
	}
}

var errLost = errors.New("connection reset by peer")

type fault int

const (
	none fault = iota
	lostBefore
	lostAfter
	failedAfter // 500, and yet it was carried out
	conflict    // no local engine raises it by itself
)

func (u *unreliable) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("X-Amz-Target") != "DynamoDB_20120810.TransactWriteItems" {
		return u.next.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	switch u.choose(body) {
	case lostBefore:
		return nil, errLost
	case lostAfter:
		if response, err := u.next.RoundTrip(r); err == nil {
			_ = response.Body.Close()
		}
		return nil, errLost
	case failedAfter:
		if response, err := u.next.RoundTrip(r); err == nil {
			_ = response.Body.Close()
		}
		return answer(r, 500,
			`{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"injected"}`), nil
	case conflict:
		return answer(r, 400,
			`{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"injected",`+
				`"CancellationReasons":[{"Code":"TransactionConflict","Message":"injected"},{"Code":"None"}]}`), nil
	}
	return u.next.RoundTrip(r)
}

func (u *unreliable) choose(body []byte) fault {
	var request struct{ ClientRequestToken string }
	_ = json.Unmarshal(body, &request) // without a token all transactions count as one: the test would fail at once
	u.mu.Lock()
	defer u.mu.Unlock()
	token := request.ClientRequestToken
	chosen := none
	if u.random.Float64() < u.share && u.disturbed[token] < u.most {
		chosen = lostBefore + fault(u.random.IntN(4))
	}
	if chosen == conflict && u.sent[token] {
		chosen = none
	}
	if chosen != none {
		u.disturbed[token]++
	}
	if chosen == lostAfter || chosen == failedAfter {
		u.lost++
	}
	if chosen != lostBefore && chosen != conflict {
		u.sent[token] = true
	}
	return chosen
}

func answer(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Request: r,
		Header:  http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body:    io.NopCloser(bytes.NewReader([]byte(body))), ContentLength: int64(len(body)),
	}
}

// nowhere is a client that must not be used.
func nowhere() *dynamodb.Client {
	return dynamo.New(dynamo.Config{Region: "eu-central-1", HTTPClient: &http.Client{Transport: unused{}}})
}

type unused struct{}

func (unused) RoundTrip(*http.Request) (*http.Response, error) {
	panic("the database was asked")
}
