package bank

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// PayeesADay is how many payees a customer may learn about on one day (UTC) without an approval.
//
// A refusal tells that an account is missing, closed, frozen or in another currency; a challenge tells that it is none
// of these. So each payee counts once a day, whatever the answer was. Beyond the bound the challenge comes at once, and
// what the payee breaks is told after the approval. With an approval that names no transfer a customer may ask about
// any number of payees while it is good; with one that names its transfer, about that payee alone.
const PayeesADay = 10

// Preview is what can be said of a request that is not approved. The zero Preview says nothing: it may succeed.
type Preview struct {
	Answered *Receipt // what the key was answered with
	Refusal  Refusal  // else why the request would be refused now; this is not kept under the key
	Party    Party
}

// Preview looks at a request without carrying it out, so that nobody is asked to approve what cannot succeed. It writes
// nothing but which payees the customer has asked for. ErrKeyReused and ErrUnavailable are as of [Bank.Transfer].
func (b *Bank) Preview(ctx context.Context, request TransferRequest) (preview Preview, err error) {
	if err := request.check(); err != nil {
		return Preview{}, err
	}
	err = persist(ctx, func(ctx context.Context) (err error) {
		preview, err = b.preview(ctx, request)
		return err
	})
	return preview, err
}

func (b *Bank) preview(ctx context.Context, request TransferRequest) (Preview, error) {
	refusal, party := request.breaksAlone()
	found, err := b.readForPreview(ctx, request, refusal == "")
	switch {
	case err != nil:
		return Preview{}, err
	case found.record != nil:
		receipt, err := replay(request, found.record)
		return Preview{Answered: &receipt}, err
	case refusal != "":
		return Preview{Refusal: refusal, Party: party}, nil
	}
	now := b.Now()
	if refusal, _, err := request.payerBreaks(found.payer, now); err != nil || refusal != "" {
		return Preview{Refusal: refusal, Party: Payer}, err
	}
	refusal, err = request.payeeBreaks(found.payee)
	if err != nil {
		return Preview{}, err
	}
	told, err := b.mayLearnOf(ctx, request, now)
	if err != nil || !told || refusal == "" {
		return Preview{}, err
	}
	return Preview{Refusal: refusal, Party: Payee}, nil
}

// previewed are the items that a preview reads; one that is not there is nil.
type previewed struct{ record, payer, payee dynamo.Item }

// readForPreview reads the record of the key and, if wanted, both accounts, in one round trip.
func (b *Bank) readForPreview(ctx context.Context, request TransferRequest, accounts bool) (previewed, error) {
	var found previewed
	recordKey := dynamo.Item{"transfer_key": dynamo.Text(request.recordKey())}
	items := map[string]types.KeysAndAttributes{b.Transfers: {Keys: []dynamo.Item{recordKey}, ConsistentRead: new(true)}}
	if accounts {
		keys := []dynamo.Item{request.From.key(), request.To.key()}
		items[b.Accounts] = types.KeysAndAttributes{Keys: keys, ConsistentRead: new(true)}
	}
	out, err := b.Client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: items})
	if err != nil {
		return found, fmt.Errorf("bank: failed to read for a preview: %w", err)
	}
	if len(out.UnprocessedKeys) > 0 { // throttled
		return found, errUnsettled
	}
	for _, item := range slices.Concat(slices.Collect(maps.Values(out.Responses))...) {
		switch {
		case item["transfer_key"] != nil:
			found.record = item
		case dynamo.TextOf(item["account_id"]) == string(request.From):
			found.payer = item
		default:
			found.payee = item
		}
	}
	return found, nil
}

// mayLearnOf counts the payee for the customer's day, and tells whether there was room. Customers' own accounts do not
// count.
func (b *Bank) mayLearnOf(ctx context.Context, request TransferRequest, now time.Time) (bool, error) {
	if request.To.Owner() == request.CustomerID {
		return true, nil
	}
	// No approval_id has a slash, so this key is free.
	counter := "payees/" + request.CustomerID + "/" + day(now)
	_, err := b.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &b.Approvals, Key: dynamo.Item{"approval_id": dynamo.Text(counter)},
		UpdateExpression:    new("ADD payees :payees SET expires_at = :end"),
		ConditionExpression: new("attribute_not_exists(payees) OR contains(payees, :payee) OR size(payees) < :most"),
		ExpressionAttributeValues: dynamo.Item{
			":payees": dynamo.Set(string(request.To)), ":payee": dynamo.Text(string(request.To)),
			":most": dynamo.Number(PayeesADay), ":end": dynamo.Seconds(now.Add(48 * time.Hour)),
		},
	})
	if dynamo.ConditionFailed(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("bank: failed to count a payee: %w", err)
	}
	return true, nil
}
