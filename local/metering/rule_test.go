package metering

import (
	"encoding/json"
	"strings"
)

// request is what the meter reads of a request to DynamoDB.
type request struct {
	TableName                                         string
	Key, Item                                         item
	ConsistentRead                                    bool
	FilterExpression, ProjectionExpression, IndexName string
	TransactItems                                     []map[string]request
}

// write is one item that an operation may write.
type write struct {
	table string
	key   item
	put   item // the new item, of a Put
}

// writes lists what an operation may write; a ConditionCheck counts among them, as it takes part in the transaction.
func (m *meter) writes(operation string, r request) (list []write) {
	switch operation {
	case "PutItem", "Put":
		key := item{}
		for _, name := range m.keys[r.TableName] {
			key[name] = r.Item[name]
		}
		return []write{{r.TableName, key, r.Item}}
	case "UpdateItem", "Update", "DeleteItem", "Delete", "ConditionCheck":
		return []write{{r.TableName, r.Key, nil}}
	case "TransactWriteItems":
		for _, member := range r.TransactItems {
			for kind, action := range member {
				list = append(list, m.writes(kind, action)...)
			}
		}
		return list
	case "GetItem", "Query", "TransactGetItems":
		return nil
	}
	m.t.Errorf("%s is an operation that the meter does not know", operation)
	return nil
}

// consumed is what the operation costs by AWS's rule.
func (m *meter) consumed(operation string, r request, writes []write, before, after []int, answer []byte) units {
	factor := 1.0
	if strings.HasPrefix(operation, "Transact") {
		factor = 2
	}
	if len(writes) > 0 {
		total := 0.0
		for i, w := range writes {
			larger := max(before[i], after[i], w.put.size())
			m.note(w.table, larger)
			total += factor * blocks(larger, writeBlock)
		}
		return units{writes: total}
	}
	if r.FilterExpression != "" || r.ProjectionExpression != "" || r.IndexName != "" {
		m.t.Errorf("%s with a filter, a projection or an index: the answer does not show what was read", operation)
	}
	var found struct {
		Item      item
		Items     []item
		Responses []struct{ Item item }
	}
	mustDecode(json.Unmarshal(answer, &found))
	if operation == "TransactGetItems" {
		total := 0.0
		for _, response := range found.Responses {
			total += factor * blocks(response.Item.size(), readBlock)
		}
		return units{reads: total}
	}
	size := found.Item.size()
	for _, i := range found.Items {
		size += i.size()
	}
	if !r.ConsistentRead {
		factor = 0.5
	}
	return units{reads: factor * blocks(size, readBlock)}
}

// blocks is how many blocks a size fills, at least one.
func blocks(size, block int) float64 { return float64(max((size+block-1)/block, 1)) }
