package bank

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"drawbridge/shared/digest"
	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Booking is money that enters the bank, or leaves it, through an account: cash over the counter. It has one ledger
// entry, without a counterparty. The daily limit bounds what customers send: a booking is exempt from it.
type Booking struct {
	Account  AccountID
	Amount   Amount // negative if the money leaves
	Currency Currency
	Key      string // with the account, names the booking: it happens once
}

// Book carries out a booking on an open account, once for each (Account, Key), and returns the id under which its
// ledger entry stands. A key used before for another amount is ErrKeyReused; an account that is not there is
// ErrNoSuchAccount, and one that is not open, in another currency or without the money is ErrState.
func (b *Bank) Book(ctx context.Context, booking Booking) (id string, err error) {
	if err := booking.check(); err != nil {
		return "", err
	}
	now := b.Now()
	id = string(newTransferID(now))
	items := b.bookingItems(booking, id, now)
	err = persist(ctx, func(ctx context.Context) error {
		_, err := b.Client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
		if reasons, cancelled := dynamo.Cancellation(err); cancelled && len(reasons) == len(items) {
			switch {
			case dynamo.Failed(reasons[0]):
				found, err := readRecord(reasons[0].Item)
				if err == nil {
					id, err = booking.repeated(found)
				}
				return err
			case dynamo.Transient(err):
			case dynamo.Failed(reasons[1]) && len(reasons[1].Item) == 0:
				return fmt.Errorf("%w: %s", ErrNoSuchAccount, booking.Account)
			case dynamo.Failed(reasons[1]):
				return fmt.Errorf("%w: %s", ErrState, booking.Account)
			}
		}
		if err != nil {
			return fmt.Errorf("bank: failed to book on %s: %w", booking.Account, err)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// Booked returns the id of a booking that has been carried out, and "" if it has not been. A key used for another
// amount is ErrKeyReused.
func (b *Bank) Booked(ctx context.Context, booking Booking) (id string, err error) {
	if err := booking.check(); err != nil {
		return "", err
	}
	found, there, err := b.recordUnder(ctx, booking.recordKey())
	if err != nil || !there {
		return "", err
	}
	return booking.repeated(found)
}

func (k Booking) check() error {
	if k.Amount == 0 || k.Amount > MaxAmount || k.Amount < -MaxAmount || k.Key == "" {
		return errors.New("bank: a booking needs an amount in range and a key")
	}
	return nil
}

// recordKey is the same for both directions: one key cannot bring money in and take it out.
func (k Booking) recordKey() string { return digest.Of("deposit", string(k.Account), k.Key) }

func (k Booking) fingerprint() string {
	return digest.Of(strconv.FormatInt(int64(k.Amount), 10), string(k.Currency))
}

// bookingItems are the record, the account and the ledger entry.
func (b *Bank) bookingItems(k Booking, id string, now time.Time) []types.TransactWriteItem {
	values := dynamo.Item{":amount": dynamo.Number(int64(k.Amount))}
	condition := ""
	if k.Amount < 0 {
		condition = "balance >= :needed"
		values[":needed"] = dynamo.Number(int64(-k.Amount))
	}
	return []types.TransactWriteItem{
		b.putRecord(record{Key: k.recordKey(), Fingerprint: k.fingerprint(), TransferID: id, At: timestamp(now)}),
		b.update(k.Account, k.Currency, values, credit, condition),
		put(b.Ledger, "entry_id", newEntry(id, k.Account, "", k.Amount, k.Currency, now)),
	}
}

// repeated is the answer to a booking whose key has a record.
func (k Booking) repeated(found record) (id string, err error) {
	if found.Fingerprint != k.fingerprint() {
		return "", ErrKeyReused
	}
	return found.TransferID, nil
}
