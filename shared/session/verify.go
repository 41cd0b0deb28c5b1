package session

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/dynamo"
)

// Verify returns the session that code opens, and counts as its use. It returns [ErrInvalid] if there is none; any
// other error means that the table could not be asked, and says nothing about the code.
func (s *Store) Verify(ctx context.Context, code string) (Session, error) {
	if !IsCode(code) {
		return Session{}, ErrInvalid
	}
	session, err := s.get(ctx, idOf(code))
	if err != nil {
		return Session{}, err
	}
	now := s.Now()
	if !session.aliveAt(now) {
		return Session{}, ErrInvalid
	}
	if now.Sub(session.UsedAt) < clockStep {
		return session, nil
	}
	return s.moveClock(ctx, session, now)
}

// Get returns the session with this ID, or [ErrInvalid] if there is none or it has ended. It does not count as a use.
func (s *Store) Get(ctx context.Context, id string) (Session, error) {
	session, err := s.get(ctx, id)
	if err == nil && !session.aliveAt(s.Now()) {
		return Session{}, ErrInvalid
	}
	return session, err
}

// get reads one session with strong consistency: an eventually consistent read would still see a revoked one.
func (s *Store) get(ctx context.Context, id string) (Session, error) {
	out, err := s.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &s.Table, Key: dynamo.Item{"code_hash": dynamo.Text(id)}, ConsistentRead: new(true),
	})
	if err != nil {
		return Session{}, fmt.Errorf("session: failed to read: %w", err)
	}
	if out.Item == nil {
		return Session{}, ErrInvalid
	}
	return fromItem(out.Item), nil
}

// moveClock writes that the session is used now. The condition makes sure that it neither brings back a session that
// was revoked or went idle since the read, nor turns the clock back behind a request that was faster; and it still
// holds when the SDK sends the same write again after a lost answer.
func (s *Store) moveClock(ctx context.Context, session Session, now time.Time) (Session, error) {
	err := dynamo.Transact(ctx, s.Client, types.TransactWriteItem{Update: &types.Update{
		TableName: &s.Table, Key: dynamo.Item{"code_hash": dynamo.Text(session.ID)},
		UpdateExpression:    new("SET used_at = :now"),
		ConditionExpression: new("used_at > :idle AND used_at <= :now AND expires_at > :now"),
		ExpressionAttributeValues: dynamo.Item{
			":now": dynamo.Seconds(now), ":idle": dynamo.Seconds(now.Add(-IdleLimit)),
		},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}})
	if err == nil {
		session.UsedAt = now
		return fromItem(session.item()), nil
	}
	reasons, cancelled := dynamo.Cancellation(err)
	if !cancelled || len(reasons) == 0 || !dynamo.Failed(reasons[0]) {
		return Session{}, fmt.Errorf("session: failed to move the clock: %w", err)
	}
	if latest := fromItem(reasons[0].Item); latest.aliveAt(now) { // a faster request moved it further
		return latest, nil
	}
	return Session{}, ErrInvalid
}
