package bank

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"drawbridge/shared/digest"
	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// IdempotencyKey names one transfer request among those of its customer.
type IdempotencyKey string

// ErrIdempotencyKey means that a text is not of an idempotency key's form.
var ErrIdempotencyKey = errors.New("not 1 to 128 visible ASCII characters without quotes, backslashes and commas")

const longestIdempotencyKey = 128

// ParseIdempotencyKey reads the value of an Idempotency-Key header: a string in quotes, as the IETF draft writes it, or
// bare, as most clients do. Both are the same key. A header that was sent twice has a comma in it and is refused.
//
// https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ section 2.1
func ParseIdempotencyKey(text string) (IdempotencyKey, error) {
	key := text
	if inner, quoted := strings.CutPrefix(text, `"`); quoted {
		if key, quoted = strings.CutSuffix(inner, `"`); !quoted {
			return "", ErrIdempotencyKey
		}
	}
	if key == "" || len(key) > longestIdempotencyKey || strings.ContainsFunc(key, notOfAKey) {
		return "", ErrIdempotencyKey
	}
	return IdempotencyKey(key), nil
}

func notOfAKey(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"\,`, r) }

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

// readRecord reads an idempotency record.
func readRecord(item dynamo.Item) (found record, err error) {
	if err := attributevalue.UnmarshalMap(item, &found); err != nil {
		return record{}, fmt.Errorf("bank: failed to read an idempotency record: %w", err)
	}
	return found, nil
}

// replay answers a request from the record found under its key.
func replay(request TransferRequest, item dynamo.Item) (Receipt, error) {
	found, err := readRecord(item)
	switch {
	case err != nil:
		return Receipt{}, err
	case found.Key != request.recordKey():
		return Receipt{}, errors.New("bank: an idempotency record without its key")
	case found.Fingerprint != request.fingerprint():
		return Receipt{}, ErrKeyReused
	}
	receipt := found.receipt()
	receipt.Replayed = true
	return receipt, nil
}

func (r record) receipt() Receipt {
	return Receipt{TransferID: r.TransferID, Refusal: r.Refusal, CreatedAt: r.At, Answer: r.Answer}
}

// Answered returns what became of the request that a customer sent under an idempotency key; ok is false if nothing
// is recorded under it: it never arrived, was never approved, or is still under way.
func (b *Bank) Answered(
	ctx context.Context, customerID string, key IdempotencyKey,
) (receipt Receipt, ok bool, err error) {
	found, ok, err := b.recordUnder(ctx, TransferRequest{CustomerID: customerID, Key: key}.recordKey())
	return found.receipt(), ok, err
}

func (b *Bank) recordUnder(ctx context.Context, recordKey string) (found record, ok bool, err error) {
	out, err := b.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &b.Transfers, Key: dynamo.Item{"transfer_key": dynamo.Text(recordKey)}, ConsistentRead: new(true),
	})
	if err != nil {
		return record{}, false, fmt.Errorf("bank: failed to read an idempotency record: %w", err)
	}
	if out.Item == nil {
		return record{}, false, nil
	}
	found, err = readRecord(out.Item)
	return found, err == nil, err
}

// FindTransfer returns what the bank remembers of a transfer that the customer made or received; ok is false if there
// is none in the customer's ledger. It takes two reads, both strongly consistent.
func (b *Bank) FindTransfer(
	ctx context.Context, customerID string, id TransferID,
) (receipt Receipt, ok bool, err error) {
	entries, err := b.EntriesOf(ctx, customerID, id)
	if err != nil || len(entries) == 0 || entries[0].TransferKey == "" {
		return Receipt{}, false, err
	}
	found, ok, err := b.recordUnder(ctx, entries[0].TransferKey)
	return found.receipt(), ok, err
}
