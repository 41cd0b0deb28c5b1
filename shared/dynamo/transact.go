package dynamo

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// transactAttempts is how often Transact sends a transaction that keeps colliding: about two seconds in all.
const transactAttempts = 12

// Transact carries out all of items or none. It tries again, after a [Backoff], while the transaction is cancelled for
// a reason that passes by itself: that the SDK does not do, and since a cancelled transaction did nothing, nothing can
// be done twice. Any other error is returned as it came: [Cancellation] tells whose condition failed.
func Transact(ctx context.Context, client *dynamodb.Client, items ...types.TransactWriteItem) error {
	for attempt := 1; ; attempt++ {
		_, err := client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
		reasons, _ := Cancellation(err)
		if attempt == transactAttempts || !slices.ContainsFunc(reasons, Passing) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(Backoff(attempt)):
		}
	}
}
