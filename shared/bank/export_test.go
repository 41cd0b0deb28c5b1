package bank

import "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

// Items returns the transaction of a new transfer, for benchmarks to send it bare.
func (b *Bank) Items(request TransferRequest) ([]types.TransactWriteItem, error) {
	attempt, err := b.newAttempt(request)
	if err != nil {
		return nil, err
	}
	record, err := b.newRecord(request, attempt.outcome)
	if err != nil {
		return nil, err
	}
	return attempt.items(record)
}
