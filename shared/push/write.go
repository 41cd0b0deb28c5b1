package push

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/digest"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// write puts next in the place of seen, and carries out the writes with it. It returns next, or how the row stands by
// now if another process has acted on it.
func (p *Pushes) write(
	ctx context.Context, request bank.TransferRequest, seen, next Push, with ...types.TransactWriteItem,
) (Push, error) {
	moved, err := p.move(ctx, request, seen, next, with...)
	if err == nil && !moved {
		return p.Find(ctx, request)
	}
	next.Changed = moved && next.State != seen.State
	return next, err
}

// move is write for a caller who wants to know who moved the row: moved is false if it is no longer as seen was read.
// It is a transaction so that the SDK's repetition after a lost answer is the same write.
func (p *Pushes) move(
	ctx context.Context, request bank.TransferRequest, seen, next Push, with ...types.TransactWriteItem,
) (moved bool, err error) {
	err = dynamo.Transact(ctx, p.Client, append(with, p.put(request, seen, next))...)
	switch {
	case dynamo.ConditionFailed(err):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("push: failed to write: %w", err)
	}
	return true, nil
}

func (p *Pushes) put(request bank.TransferRequest, seen, next Push) types.TransactWriteItem {
	condition, values := "#state = :state AND ", dynamo.Item{":state": dynamo.Text(string(seen.State))}
	switch {
	case seen.State == None:
		condition, values = "attribute_not_exists(#state)", nil
	case next.State == Approved: // another process may have had its turn since, but the token does not come twice
		condition += "auth_req_id = :id"
		values[":id"] = dynamo.Text(seen.id)
	default:
		condition += "next_at = :next_at"
		values[":next_at"] = dynamo.Number(seen.NextAt.UnixMilli())
	}
	return types.TransactWriteItem{Put: &types.Put{
		TableName: &p.Table, Item: next.row(request), ConditionExpression: &condition,
		ExpressionAttributeNames: map[string]string{"#state": "state"}, ExpressionAttributeValues: values,
	}}
}

func rowKey(request bank.TransferRequest) dynamo.Item {
	return dynamo.Item{
		"approval_id": dynamo.Text("push#" + digest.Of("push", request.CustomerID, string(request.Key))),
	}
}

func (p Push) row(request bank.TransferRequest) dynamo.Item {
	row := rowKey(request)
	row["state"], row["person"] = dynamo.Text(string(p.State)), dynamo.Text(string(p.Person))
	row["transfer"], row["counted_in"] = dynamo.Text(p.transfer), dynamo.Text(p.counter)
	row["asked_at"], row["ends_at"] = dynamo.Seconds(p.AskedAt), dynamo.Seconds(p.EndsAt)
	row["next_at"] = dynamo.Number(p.NextAt.UnixMilli())
	row["auth_req_id"], row["interval"] = dynamo.Text(p.id), dynamo.Number(int64(p.interval/time.Second))
	row["approval"], row["approved_at"] = dynamo.Text(p.ApprovalID), dynamo.Seconds(p.ApprovedAt)
	row["expires_at"] = dynamo.Seconds(p.AskedAt.Add(kept))
	return row
}

func parse(row dynamo.Item) Push {
	return Push{
		State: State(dynamo.TextOf(row["state"])), Person: identity.Person(dynamo.TextOf(row["person"])),
		AskedAt: dynamo.TimeOf(row["asked_at"]), EndsAt: dynamo.TimeOf(row["ends_at"]),
		NextAt:     time.UnixMilli(dynamo.NumberOf(row["next_at"])),
		ApprovalID: dynamo.TextOf(row["approval"]), ApprovedAt: dynamo.TimeOf(row["approved_at"]),
		transfer: dynamo.TextOf(row["transfer"]), id: dynamo.TextOf(row["auth_req_id"]),
		interval: time.Duration(dynamo.NumberOf(row["interval"])) * time.Second, counter: dynamo.TextOf(row["counted_in"]),
	}
}

// counter names the item that a customer's pushes of one hour are counted in, and says when that hour ends.
func counter(customerID string, now time.Time) (key string, ends time.Time) {
	hour := now.UTC().Truncate(time.Hour)
	return "pushes/" + customerID + "/" + strconv.FormatInt(hour.Unix(), 10), hour.Add(time.Hour)
}

// count adds a push to a counter, unless it is full.
func (p *Pushes) count(counter string, ends time.Time) types.TransactWriteItem {
	return types.TransactWriteItem{Update: &types.Update{
		TableName: &p.Table, Key: dynamo.Item{"approval_id": dynamo.Text(counter)},
		UpdateExpression:    new("ADD pushes :one SET expires_at = :end"),
		ConditionExpression: new("attribute_not_exists(pushes) OR pushes < :most"),
		ExpressionAttributeValues: dynamo.Item{
			":one": dynamo.Number(1), ":most": dynamo.Number(PerHour),
			":end": dynamo.Seconds(ends.Add(24 * time.Hour)), // what is given back comes before
		},
	}}
}

// giveBack takes a push off the counter that it was counted in.
func (p *Pushes) giveBack(counter string) types.TransactWriteItem {
	return types.TransactWriteItem{Update: &types.Update{
		TableName: &p.Table, Key: dynamo.Item{"approval_id": dynamo.Text(counter)},
		UpdateExpression: new("ADD pushes :one"), ExpressionAttributeValues: dynamo.Item{":one": dynamo.Number(-1)},
	}}
}
