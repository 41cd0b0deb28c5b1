package bank_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"drawbridge/shared/bank"
)

// TestEveryBrokenVariantIsCaught is the gate that keeps the chaos test honest: if the bank made one of these mistakes,
// would it turn red? Each is made between the bank and the network, by changing what the bank sends or what it is told,
// so that the code under test needs no hook.
func TestEveryBrokenVariantIsCaught(t *testing.T) {
	for name, c := range map[string]struct {
		mutate   func(m *mutant, request *http.Request) (*http.Response, error)
		evidence string // what must be among the violations: the harm itself, not a side effect
	}{
		"no condition on the idempotency record": {(*mutant).forgetIdempotency, "was answered"},
		"reasons read in the wrong order":        {(*mutant).misorderReasons, bank.ErrApprovalUsed.Error()},
		"plain writes instead of a transaction":  {(*mutant).writeOneByOne, "a snapshot shows"},
		"approval used outside the transaction":  {(*mutant).useApprovalBefore, "is used up, and its transfer was not made"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seed := rand.Uint64()
			w := chaos(t, seed, 300, func(next http.RoundTripper) http.RoundTripper {
				return &mutant{next: next, mutate: c.mutate}
			})
			if !slices.ContainsFunc(w.violations, func(v string) bool { return strings.Contains(v, c.evidence) }) {
				t.Errorf("seed %d: nobody noticed; violations %q", seed, w.violations)
			}
		})
	}
}

// mutant is a transport that breaks transfers, and passes everything else on.
type mutant struct {
	next   http.RoundTripper
	mutate func(*mutant, *http.Request) (*http.Response, error)
}

func (m *mutant) RoundTrip(request *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(request.Header.Get("X-Amz-Target"), ".TransactWriteItems") {
		return m.next.RoundTrip(request)
	}
	return m.mutate(m, request)
}

type object = map[string]any

func (m *mutant) forgetIdempotency(request *http.Request) (*http.Response, error) {
	body := read(request.Body)
	delete(items(body)[0]["Put"].(object), "ConditionExpression")
	delete(items(body)[0]["Put"].(object), "ReturnValuesOnConditionCheckFailure")
	return m.send(request, "TransactWriteItems", body)
}

// misorderReasons drops the first reason where there is another: so it looks to code that reads the first reason last.
func (m *mutant) misorderReasons(request *http.Request) (*http.Response, error) {
	response, err := m.next.RoundTrip(request)
	if err != nil || response.StatusCode != http.StatusBadRequest {
		return response, err
	}
	body := read(response.Body)
	reasons, _ := body["CancellationReasons"].([]any)
	for _, reason := range reasons[min(1, len(reasons)):] {
		if reason.(object)["Code"] != "None" {
			reasons[0] = object{"Code": "None"}
		}
	}
	return rewrite(response, body), nil
}

func (m *mutant) writeOneByOne(request *http.Request) (response *http.Response, err error) {
	for _, item := range items(read(request.Body)) {
		for action, content := range item {
			content := content.(object)
			delete(content, "ConditionExpression")
			delete(content, "ReturnValuesOnConditionCheckFailure")
			for name := range values(content) { // DynamoDB refuses values that no expression uses
				if update, _ := content["UpdateExpression"].(string); !strings.Contains(update, name) {
					delete(values(content), name)
				}
			}
			delete(content, "ExpressionAttributeNames")
			if response, err = m.send(request, action+"Item", content); err != nil || response.StatusCode != http.StatusOK {
				return response, err
			}
		}
	}
	return rewrite(response, object{}), nil
}

// useApprovalBefore even lets the same transfer use its approval again, so that only what happens between its two
// writes can give it away.
func (m *mutant) useApprovalBefore(request *http.Request) (*http.Response, error) {
	body := read(request.Body)
	if len(items(body)) != 6 {
		return m.send(request, "TransactWriteItems", body)
	}
	use := items(body)[5]["Put"].(object)
	use["ConditionExpression"] = "attribute_not_exists(approval_id) OR transfer_key = :key"
	use["ExpressionAttributeValues"] = object{":key": use["Item"].(object)["transfer_key"]}
	response, err := m.send(request, "PutItem", use)
	if err != nil {
		return response, err
	}
	if answer := read(response.Body); response.StatusCode != http.StatusOK {
		if kind, _ := answer["__type"].(string); strings.HasSuffix(kind, "ConditionalCheckFailedException") {
			none := object{"Code": "None"}
			answer["__type"] = strings.Replace(kind, "ConditionalCheckFailedException", "TransactionCanceledException", 1)
			answer["CancellationReasons"] = []any{none, none, none, none, none, object{"Code": "ConditionalCheckFailed"}}
		}
		return rewrite(response, answer), nil
	}
	// In its place, something that never fails: the bank expects six reasons.
	body["TransactItems"].([]any)[5] = object{"ConditionCheck": object{
		"TableName": use["TableName"], "Key": object{"approval_id": object{"S": "never used"}},
		"ConditionExpression": "attribute_not_exists(approval_id)",
	}}
	return m.send(request, "TransactWriteItems", body)
}

func (m *mutant) send(request *http.Request, operation string, body object) (*http.Response, error) {
	changed := request.Clone(request.Context())
	changed.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	changed.Body, changed.ContentLength = write(body)
	changed.Header.Set("Content-Length", strconv.FormatInt(changed.ContentLength, 10))
	return m.next.RoundTrip(changed)
}

func rewrite(response *http.Response, body object) *http.Response {
	response.Body, response.ContentLength = write(body)
	response.Header.Del("X-Amz-Crc32")
	response.Header.Del("Content-Length")
	return response
}

func items(body object) (items []object) {
	for _, item := range body["TransactItems"].([]any) {
		items = append(items, item.(object))
	}
	return items
}

func values(content object) object {
	values, _ := content["ExpressionAttributeValues"].(object)
	return values
}

func read(body io.ReadCloser) (content object) {
	defer body.Close()
	_ = json.NewDecoder(body).Decode(&content) // an answer broken off stays empty, and is lost like any other
	return content
}

func write(content object) (io.ReadCloser, int64) {
	text, err := json.Marshal(content)
	if err != nil {
		panic(err) // it came from JSON
	}
	return io.NopCloser(bytes.NewReader(text)), int64(len(text))
}
