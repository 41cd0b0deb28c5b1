package bank_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token/dpop"
)

// DynamoDB leaves out of a batch what it has no capacity for: that is no account that is missing.
func TestAPreviewAsksAgainForWhatWasLeftOut(t *testing.T) {
	f := aBank(t)
	next, asked := dynamotest.Transport(), 0
	throttled := banktest.On(f.DB, f.DB.Through(testkit.RoundTrip(func(r *http.Request) (*http.Response, error) {
		if asked++; asked > 1 {
			return next.RoundTrip(r)
		}
		var body struct{ RequestItems json.RawMessage }
		testkit.Must(t, json.NewDecoder(r.Body).Decode(&body))
		return dynamotest.Answer(200, "", map[string]any{"Responses": struct{}{}, "UnprocessedKeys": body.RequestItems}), nil
	})), func() time.Time { return f.Now })
	preview, err := throttled.Preview(t.Context(), f.Request(alice, bob, 1))
	if err != nil || preview != (bank.Preview{}) || asked < 2 {
		t.Errorf("%+v, %v, asked %d times", preview, err, asked)
	}
}

// What is remembered to be used up must outlive what could use it again: an approval's tokens live 30 days at most, a
// proof minutes, and a customer's count of payees a day.
func TestWhatIsUsedUpIsRememberedLongEnough(t *testing.T) {
	f := aBank(t)
	request := proved(f, 1_00)
	made(t, f.Pay(t, request))
	_, err := f.Preview(t.Context(), f.Request(alice, bob, 1))
	testkit.Must(t, err)
	for id, least := range map[string]time.Duration{
		request.ApprovalID: 30 * 24 * time.Hour, "proof#" + proofID: dpop.NonceLife,
		"payees/1000000001/2026-11-22": 24 * time.Hour,
	} {
		item := f.DB.Item(t, "ApprovalsTable", dynamo.Item{"approval_id": dynamo.Text(id)})
		if until := dynamo.TimeOf(item["expires_at"]); until.Before(f.Now.Add(least)) {
			t.Errorf("%s is remembered until %v", id, until)
		}
	}
}
