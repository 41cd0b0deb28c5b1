package dynamo_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/dynamo"
)

// answers gives one answer a request, and the last one for ever.
type answers struct {
	reasons []string // of a cancellation; empty for success
	asked   int
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	reason := a.reasons[min(a.asked, len(a.reasons)-1)]
	a.asked++
	status, body := 200, `{}`
	if reason != "" {
		status = 400
		body = `{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",` +
			`"CancellationReasons":[` + reason + `]}`
	}
	return &http.Response{
		StatusCode: status, Request: r, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body: io.NopCloser(strings.NewReader(body)),
	}, nil
}

func (a *answers) transact(t *testing.T) error {
	t.Helper()
	client := dynamo.New(dynamo.Config{
		Region: "eu-central-1", Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		HTTPClient: &http.Client{Transport: a},
	})
	return dynamo.Transact(t.Context(), client, types.TransactWriteItem{Delete: &types.Delete{
		TableName: new("t"), Key: dynamo.Item{"k": dynamo.Text("v")},
	}})
}

const (
	collision = `{"Code":"TransactionConflict"},{"Code":"None"}`
	condition = `{"Code":"None"},{"Code":"ConditionalCheckFailed"}`
)

func TestATransactionThatCollidesIsSentAgain(t *testing.T) {
	a := &answers{reasons: []string{collision, collision, ""}}
	if err := a.transact(t); err != nil || a.asked != 3 {
		t.Errorf("asked %d times: %v", a.asked, err)
	}
}

func TestAFailedConditionIsFinal(t *testing.T) {
	a := &answers{reasons: []string{condition, ""}}
	if err := a.transact(t); !dynamo.ConditionFailed(err) || a.asked != 1 {
		t.Errorf("asked %d times: %v", a.asked, err)
	}
}

func TestATransactionThatAlwaysCollidesIsGivenUpAsTransient(t *testing.T) {
	a := &answers{reasons: []string{collision}}
	if err := a.transact(t); !dynamo.Transient(err) || a.asked != 12 {
		t.Errorf("asked %d times: %v", a.asked, err)
	}
}
