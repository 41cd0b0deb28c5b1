package bank

import "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

// Items returns the transaction of a new transfer, for benchmarks to send it bare.
func (b *Bank) Items(request TransferRequest) ([]types.TransactWriteItem, error) {
	attempt := b.newAttempt(request)
	record, err := b.newRecord(request, attempt.outcome)
	if err != nil {
		return nil, err
	}
	return attempt.items(record), nil
}
