package session

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/dynamo"
)

// Draft is a session that is not stored yet: its code opens nothing until Writes are committed. So a code can be
// written in the same transaction as whatever earned it.
type Draft struct {
	Code    string // the only copy: the table gets its hash
	Session Session
	Writes  []types.TransactWriteItem
}

// Issue logs customerID in by password and returns the code, in one transaction with the given conditions and writes.
// If one of their conditions fails, the error is that of the transaction (see dynamo.Cancellation): they come after the
// draft's own.
func (s *Store) Issue(ctx context.Context, customerID string, with ...types.TransactWriteItem) (Draft, error) {
	draft, err := s.Draft(ctx, customerID, ByPassword)
	if err != nil {
		return Draft{}, err
	}
	err = dynamo.Transact(ctx, s.Client, append(draft.Writes, with...)...)
	if err := s.Settle(ctx, draft, err); err != nil {
		return Draft{}, fmt.Errorf("session: failed to issue a code: %w", err)
	}
	return draft, nil
}

// Settle is for a caller who commits a draft: given the error of the transaction, it returns nil if the draft is stored
// all the same. The transaction may have been carried out and every answer been lost; since nobody else knows the code,
// a session under it can only be the draft's own. So nobody is refused, or told to try again, who has in fact logged
// in.
func (s *Store) Settle(ctx context.Context, d Draft, err error) error {
	if err == nil {
		return nil
	}
	if _, unread := s.get(ctx, d.Session.ID); unread == nil {
		return nil
	}
	return err
}

// Draft makes a code for customerID, and room for it among that customer's sessions.
func (s *Store) Draft(ctx context.Context, customerID, openedBy string) (Draft, error) {
	if err := s.makeRoom(ctx, customerID); err != nil {
		return Draft{}, err
	}
	now := s.Now().Truncate(time.Second)
	code := newCode()
	session := fromItem(Session{ID: idOf(code), CustomerID: customerID, OpenedBy: openedBy, CreatedAt: now, UsedAt: now,
		EndsAt: now.Add(AbsoluteLimit)}.item())
	return Draft{Code: code, Session: session, Writes: []types.TransactWriteItem{
		{Put: &types.Put{
			TableName: &s.Table, Item: session.item(),
			ConditionExpression: new("attribute_not_exists(code_hash)"),
		}},
		{Update: &types.Update{
			// Every code in the set ends before the one that is added now, so the set may be swept after it.
			TableName: &s.Table, Key: s.setKey(customerID),
			UpdateExpression: new("ADD codes :code SET expires_at = :end"),
			ExpressionAttributeValues: dynamo.Item{":code": dynamo.Set(session.ID),
				":end": dynamo.Seconds(session.EndsAt)},
		}},
	}}, nil
}
