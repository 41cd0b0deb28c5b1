package dynamo

import (
	"context"
	"math/rand/v2"
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

const (
	backoffBase = 25 * time.Millisecond
	backoffCap  = 400 * time.Millisecond
)

// Backoff is how long to wait after the given failed attempt (the first is 1): a random share of 25 ms doubled with
// each attempt, at most 400 ms. The full range is random ("full jitter",
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), so those who collided once spread out.
func Backoff(attempt int) time.Duration {
	ceiling := backoffCap
	if attempt < 5 { // 25, 50, 100, 200: beyond that the cap, and no shift can overflow
		ceiling = backoffBase << max(attempt-1, 0)
	}
	return rand.N(ceiling)
}
