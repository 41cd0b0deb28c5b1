package bank

import (
	"context"
	"fmt"
	"strconv"

	"drawbridge/shared/digest"
	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// AnswerSize is the most that Config.Answer may return. With it the record stays under the 1 KB that one write unit
// pays for.
const AnswerSize = 512

// record is the idempotency record: it is kept for ever, under the customer's key, with the first answer.
type record struct {
	Key         string  `dynamodbav:"transfer_key"`
	Fingerprint string  `dynamodbav:"request_hash"`
	TransferID  string  `dynamodbav:"transfer_id,omitempty"`
	Refusal     Refusal `dynamodbav:"refusal,omitempty"`
	Answer      []byte  `dynamodbav:"answer"`
	At          string  `dynamodbav:"created_at"`
}

// recordKey binds a key to its customer: no customer can occupy another's key, or find out whether it was used.
func (r TransferRequest) recordKey() string {
	return digest.Of("transfer", r.CustomerID, string(r.Key))
}

// fingerprint hashes what the request means: "5" and "5.00" are one request, and white space does not count.
func (r TransferRequest) fingerprint() string {
	meaning := []string{string(r.From), string(r.To), strconv.FormatInt(int64(r.Amount), 10), string(r.Currency)}
	if r.Reference != "" {
		meaning = append(meaning, string(r.Reference))
	}
	return digest.Of(meaning...)
}

func (b *Bank) newRecord(request TransferRequest, outcome Outcome) (record, error) {
	answer := b.Answer(outcome)
	if len(answer) > AnswerSize {
		return record{}, fmt.Errorf("bank: an answer of %d bytes, more than AnswerSize", len(answer))
	}
	return record{
		Key: request.recordKey(), Fingerprint: request.fingerprint(), TransferID: outcome.TransferID,
		Refusal: outcome.Refusal, Answer: answer, At: timestamp(outcome.At),
	}, nil
}

// replay answers a request from the record found under its key.
func replay(request TransferRequest, item map[string]types.AttributeValue) (Receipt, error) {
	var found record
	if err := attributevalue.UnmarshalMap(item, &found); err != nil {
		return Receipt{}, fmt.Errorf("bank: failed to read a transfer record: %w", err)
	}
	if found.Key != request.recordKey() {
		return Receipt{}, fmt.Errorf("bank: a transfer record without its key")
	}
	if found.Fingerprint != request.fingerprint() {
		return Receipt{}, ErrKeyReused
	}
	receipt := found.receipt()
	receipt.Replayed = true
	return receipt, nil
}

func (r record) receipt() Receipt {
	return Receipt{TransferID: r.TransferID, Refusal: r.Refusal, Answer: r.Answer}
}

// Answered is what the bank remembers of a transfer request.
type Answered struct {
	TransferID string // empty if refused
	Refusal    Refusal
	CreatedAt  string
	Answer     []byte // as Config.Answer made it when the outcome was decided
}

// Answered returns what became of the request that a customer sent under an idempotency key; ok is false if nothing
// is recorded under it: it never arrived, was never approved, or is still under way.
func (b *Bank) Answered(
	ctx context.Context, customerID string, key IdempotencyKey,
) (answered Answered, ok bool, err error) {
	return b.answered(ctx, TransferRequest{CustomerID: customerID, Key: key}.recordKey())
}

func (b *Bank) answered(ctx context.Context, recordKey string) (answered Answered, ok bool, err error) {
	item, err := b.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &b.Transfers, Key: dynamo.Item{"transfer_key": dynamo.Text(recordKey)}, ConsistentRead: new(true),
	})
	if err != nil {
		return answered, false, fmt.Errorf("bank: failed to read a transfer record: %w", err)
	}
	if item.Item == nil {
		return answered, false, nil
	}
	var found record
	if err := attributevalue.UnmarshalMap(item.Item, &found); err != nil {
		return answered, false, fmt.Errorf("bank: failed to read a transfer record: %w", err)
	}
	return Answered{
		TransferID: found.TransferID, Refusal: found.Refusal, CreatedAt: found.At, Answer: found.Answer,
	}, true, nil
}

// FindTransfer returns what the bank remembers of a transfer that the customer made or received; ok is false if there
// is none in the customer's ledger. It takes two reads, both strongly consistent.
func (b *Bank) FindTransfer(
	ctx context.Context, customerID string, id TransferID,
) (answered Answered, ok bool, err error) {
	page, err := b.Client.Query(ctx, &dynamodb.QueryInput{
		TableName: &b.Ledger, ConsistentRead: new(true), Limit: new(int32(1)),
		KeyConditionExpression: new("customer_id = :customer AND begins_with(entry_id, :transfer)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":customer": dynamo.Text(customerID), ":transfer": dynamo.Text(timestamp(id.at()) + "_" + string(id) + "_"),
		},
	})
	if err != nil {
		return answered, false, fmt.Errorf("bank: failed to read a ledger: %w", err)
	}
	entries := []Entry{}
	if err := attributevalue.UnmarshalListOfMaps(page.Items, &entries); err != nil {
		return answered, false, fmt.Errorf("bank: failed to read a ledger: %w", err)
	}
	if len(entries) == 0 || entries[0].TransferKey == "" {
		return answered, false, nil
	}
	return b.answered(ctx, entries[0].TransferKey)
}
