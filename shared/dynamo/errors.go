package dynamo

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

// The codes of a cancellation reason that this project tells apart
// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html).
const (
	conditionalCheckFailed = "ConditionalCheckFailed"
	transactionConflict    = "TransactionConflict"
	throughputExceeded     = "ProvisionedThroughputExceeded"
	throttling             = "ThrottlingError"
)

// Cancellation returns why a transaction was cancelled, a reason for each of its items in their order. ok is false
// when err is anything else.
func Cancellation(err error) (reasons []types.CancellationReason, ok bool) {
	cancelled, ok := errors.AsType[*types.TransactionCanceledException](err)
	if !ok {
		return nil, false
	}
	return cancelled.CancellationReasons, true
}

// Failed reports whether one item's condition was what failed.
func Failed(reason types.CancellationReason) bool {
	return aws.ToString(reason.Code) == conditionalCheckFailed
}

// Passing reports whether an item failed for a reason that passes by itself: a conflict or a throttle.
func Passing(reason types.CancellationReason) bool {
	switch aws.ToString(reason.Code) {
	case transactionConflict, throughputExceeded, throttling:
		return true
	}
	return false
}

// ConditionFailed reports whether a condition was what failed, of a single write or of any item of a transaction.
func ConditionFailed(err error) bool {
	if _, ok := errors.AsType[*types.ConditionalCheckFailedException](err); ok {
		return true
	}
	reasons, _ := Cancellation(err)
	for _, reason := range reasons {
		if Failed(reason) {
			return true
		}
	}
	return false
}

// Transient reports whether the same call may succeed later: a throttle, a conflict with another transaction, a
// fault of the service or of the network, a time-out. Whether the call took effect is then unknown. The end of the
// caller's own context is not transient: nothing may be tried again under it.
func Transient(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	if reasons, cancelled := Cancellation(err); cancelled {
		for _, reason := range reasons {
			if Passing(reason) {
				return true
			}
		}
		return false
	}
	if _, ok := errors.AsType[*types.TransactionConflictException](err); ok {
		return true
	}
	return retry.IsErrorRetryables(retryables()).IsErrorRetryable(err) == aws.TrueTernary
}

// retryables are the SDK's own rules for what to send again, and one that it lacks: an answer that breaks off in the
// middle. The SDK calls that a failure of deserialization and gives up, though it is a lost answer like any other.
func retryables() []retry.IsErrorRetryable {
	return append(slices.Clone(retry.DefaultRetryables), retry.IsErrorRetryableFunc(func(err error) aws.Ternary {
		_, unreadable := errors.AsType[*smithy.DeserializationError](err)
		return aws.BoolTernary(unreadable && !errors.Is(err, context.Canceled))
	}))
}
