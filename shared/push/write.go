package push

import (
	"context"
	"fmt"
	"strings"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// change is what becomes of a row that is still as it was read.
type change struct {
	set    dynamo.Item
	remove []string
	late   bool // also if another process has had its turn since, as long as auth_req_id is the same
}

// update makes a change of the row of a request on the condition that state and next_at are those of seen.
func (p *Pushes) update(request bank.TransferRequest, seen Push, c change) *types.Update {
	names, values, sets := map[string]string{"#state": "state"}, dynamo.Item{}, []string{}
	for name, value := range c.set {
		names["#set_"+name], values[":set_"+name] = name, value
		sets = append(sets, "#set_"+name+" = :set_"+name)
	}
	expression := "SET " + strings.Join(sets, ", ")
	if len(c.remove) > 0 {
		expression += " REMOVE " + strings.Join(c.remove, ", ")
	}
	condition := "attribute_not_exists(#state)"
	switch {
	case c.late:
		condition = "#state = :state AND auth_req_id = :id"
		values[":state"], values[":id"] = dynamo.Text(string(seen.State)), dynamo.Text(seen.id)
	case seen.State != None:
		condition = "#state = :state AND next_at = :next_at"
		values[":state"], values[":next_at"] = dynamo.Text(string(seen.State)), millis(seen.NextAt)
	}
	return &types.Update{
		TableName: &p.Table, Key: rowKey(request), UpdateExpression: &expression, ConditionExpression: &condition,
		ExpressionAttributeNames: names, ExpressionAttributeValues: values,
	}
}

// write makes a change of one row. moved is false if the row is no longer as it was seen: another process acts on it.
func (p *Pushes) write(ctx context.Context, request bank.TransferRequest, seen Push, c change) (moved bool, err error) {
	u := p.update(request, seen, c)
	_, err = p.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: u.TableName, Key: u.Key, UpdateExpression: u.UpdateExpression,
		ConditionExpression: u.ConditionExpression, ExpressionAttributeNames: u.ExpressionAttributeNames,
		ExpressionAttributeValues: u.ExpressionAttributeValues,
	})
	if dynamo.ConditionFailed(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("push: failed to write: %w", err)
	}
	return true, nil
}

// count adds to a counter, or takes from it.
func (p *Pushes) count(key string, by int64, ends time.Time) types.TransactWriteItem {
	update := &types.Update{
		TableName: &p.Table, Key: dynamo.Item{"approval_id": dynamo.Text(key)},
		UpdateExpression:          new("ADD pushes :by"),
		ExpressionAttributeValues: dynamo.Item{":by": dynamo.Number(by)},
	}
	if by > 0 {
		update.UpdateExpression = new("ADD pushes :by SET expires_at = :end")
		update.ConditionExpression = new("attribute_not_exists(pushes) OR pushes < :most")
		update.ExpressionAttributeValues[":end"] = dynamo.Seconds(ends.Add(24 * time.Hour)) // what is given back comes before
		update.ExpressionAttributeValues[":most"] = dynamo.Number(PerHour)
	}
	return types.TransactWriteItem{Update: update}
}

// writeBack is write, and gives the push back to the counter that it was counted in.
func (p *Pushes) writeBack(ctx context.Context, request bank.TransferRequest, seen Push, c change) (bool, error) {
	err := dynamo.Transact(ctx, p.Client, types.TransactWriteItem{Update: p.update(request, seen, c)},
		p.count(seen.counter, -1, time.Time{}))
	if dynamo.ConditionFailed(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("push: failed to write: %w", err)
	}
	return true, nil
}

func millis(t time.Time) types.AttributeValue { return dynamo.Number(t.UnixMilli()) }
