package session

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/dynamo"
)

// perTransaction is how many codes one transaction revokes: DynamoDB takes 100 actions, and one is the set's.
const perTransaction = 99

// Revoke ends the session with this ID. To revoke one that has ended already is no error.
func (s *Store) Revoke(ctx context.Context, id string) error {
	session, err := s.get(ctx, id)
	if errors.Is(err, ErrInvalid) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.revoke(ctx, session.CustomerID, []string{id})
}

// RevokeAll ends every session that customerID has when it is called, and returns how many. A login that is not
// committed by then survives: to keep a customer out, disable the customer first, which every login checks when it
// commits.
func (s *Store) RevokeAll(ctx context.Context, customerID string) (int, error) {
	ids, err := s.codesOf(ctx, customerID)
	if err != nil {
		return 0, err
	}
	return len(ids), s.revoke(ctx, customerID, ids)
}

// Count returns how many sessions RevokeAll would end. Some of them may have ended already: they are taken out when
// they are swept, revoked, or in the way of another.
func (s *Store) Count(ctx context.Context, customerID string) (int, error) {
	ids, err := s.codesOf(ctx, customerID)
	return len(ids), err
}

// RevokeOpenedBy ends the sessions of customerID that were opened that way, and those that do not say how they were
// opened. It returns how many.
func (s *Store) RevokeOpenedBy(ctx context.Context, customerID, openedBy string) (int, error) {
	ids, err := s.codesOf(ctx, customerID)
	if err != nil {
		return 0, err
	}
	var goes []string
	for _, id := range ids {
		session, err := s.get(ctx, id)
		if err != nil && !errors.Is(err, ErrInvalid) {
			return 0, err
		}
		if err == nil && (session.OpenedBy == openedBy || session.OpenedBy == "") {
			goes = append(goes, id)
		}
	}
	return len(goes), s.revoke(ctx, customerID, goes)
}

// revoke deletes the sessions and takes them out of the customer's set. It only ever takes out what it deletes, so
// a login at the same instant is not forgotten.
func (s *Store) revoke(ctx context.Context, customerID string, ids []string) error {
	for chunk := range slices.Chunk(ids, perTransaction) {
		writes := []types.TransactWriteItem{{Update: &types.Update{
			TableName: &s.Table, Key: s.setKey(customerID),
			UpdateExpression:          new("DELETE codes :codes"),
			ExpressionAttributeValues: dynamo.Item{":codes": dynamo.Set(chunk...)},
		}}}
		for _, id := range chunk {
			writes = append(writes, types.TransactWriteItem{Delete: &types.Delete{
				TableName: &s.Table, Key: dynamo.Item{"code_hash": dynamo.Text(id)},
			}})
		}
		if err := dynamo.Transact(ctx, s.Client, writes...); err != nil {
			return fmt.Errorf("session: failed to revoke: %w", err)
		}
	}
	return nil
}

// makeRoom leaves a customer fewer than MaxPerCustomer sessions: those that have ended go first, then the least
// recently used. Two logins at the same instant may both find room; the next one evens it out.
func (s *Store) makeRoom(ctx context.Context, customerID string) error {
	ids, err := s.codesOf(ctx, customerID)
	if err != nil || len(ids) < MaxPerCustomer {
		return err
	}
	// One by one: a read of all in a transaction would collide with whatever the customer's other tabs do.
	ids = ids[:min(len(ids), perTransaction)]
	sessions := make([]Session, len(ids))
	for i, id := range ids {
		sessions[i], err = s.get(ctx, id)
		if err != nil && !errors.Is(err, ErrInvalid) {
			return err
		}
		sessions[i].ID = id // a swept one reads as never used, so it goes first
	}
	slices.SortFunc(sessions, func(a, b Session) int { return a.UsedAt.Compare(b.UsedAt) })
	now := s.Now()
	var goes []string
	for i, session := range sessions {
		if i <= len(sessions)-MaxPerCustomer || !session.aliveAt(now) {
			goes = append(goes, session.ID)
		}
	}
	return s.revoke(ctx, customerID, goes)
}

// codesOf returns the hashes of a customer's codes; some may have ended.
func (s *Store) codesOf(ctx context.Context, customerID string) ([]string, error) {
	out, err := s.Client.GetItem(ctx,
		&dynamodb.GetItemInput{TableName: &s.Table, Key: s.setKey(customerID), ConsistentRead: new(true)})
	if err != nil {
		return nil, fmt.Errorf("session: failed to read a customer's sessions: %w", err)
	}
	return dynamo.SetOf(out.Item["codes"]), nil
}

func (s *Store) setKey(customerID string) dynamo.Item {
	return dynamo.Item{"code_hash": dynamo.Text("customer#" + customerID)}
}
