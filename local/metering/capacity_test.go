package metering

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"drawbridge/shared/testkit"
)

// request is what the meter reads of a request to DynamoDB.
type request struct {
	TableName                                         string
	Key, Item                                         item
	ConsistentRead                                    bool
	FilterExpression, ProjectionExpression, IndexName string
	TransactItems                                     []map[string]request
	RequestItems                                      map[string]batch // of a BatchGetItem, by table
}

// batch is what a BatchGetItem reads of one table.
type batch struct {
	Keys           []item
	ConsistentRead bool
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
	case "GetItem", "Query", "TransactGetItems", "BatchGetItem":
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
	if operation == "BatchGetItem" {
		return units{reads: batchReads(r, answer)}
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

// batchReads costs as much as a GetItem for each key, of items that are not there too.
func batchReads(r request, answer []byte) (total float64) {
	var found struct{ Responses map[string][]item }
	mustDecode(json.Unmarshal(answer, &found))
	for table, b := range r.RequestItems {
		factor := 0.5
		if b.ConsistentRead {
			factor = 1
		}
		for _, i := range found.Responses[table] {
			total += factor * blocks(i.size(), readBlock)
		}
		total += factor * float64(len(b.Keys)-len(found.Responses[table]))
	}
	return total
}

// blocks is how many blocks a size fills, at least one.
func blocks(size, block int) float64 { return float64(max((size+block-1)/block, 1)) }

// item is an item, or a key, as it stands in DynamoDB's JSON: {"name":{"S":"value"}}.
type item map[string]map[string]json.RawMessage

// size is the item's size in bytes, by
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
func (i item) size() int {
	total := 0
	for name, value := range i {
		total += len(name) + valueSize(value)
	}
	return total
}

func valueSize(value map[string]json.RawMessage) int {
	for kind, raw := range value {
		switch kind {
		case "S":
			return len(text(raw))
		case "N":
			return numberSize(text(raw))
		case "B":
			b, err := base64.StdEncoding.DecodeString(text(raw))
			mustDecode(err)
			return len(b)
		case "SS":
			var members []string
			mustDecode(json.Unmarshal(raw, &members))
			return len(strings.Join(members, ""))
		default:
			panic("an attribute of type " + kind)
		}
	}
	panic("an attribute without a type")
}

// numberSize is a byte for two significant digits and one more, for a sign another: the most that AWS's "approximately"
// allows for an integer.
func numberSize(number string) int {
	digits := strings.TrimRight(strings.TrimLeft(strings.TrimPrefix(number, "-"), "0"), "0")
	size := (len(digits)+1)/2 + 1
	if strings.HasPrefix(number, "-") {
		size++
	}
	return size
}

func text(raw json.RawMessage) (s string) {
	mustDecode(json.Unmarshal(raw, &s))
	return s
}

// mustDecode is for what an engine or an SDK has written.
func mustDecode(err error) {
	if err != nil {
		panic(fmt.Sprintf("not DynamoDB's JSON: %v", err))
	}
}

func TestAnItemsSizeIsThatOfItsNamesAndValues(t *testing.T) {
	for text, want := range map[string]int{
		`{"key":{"S":"ü"}}`:           3 + 2,
		`{"n":{"N":"1732233600"}}`:    1 + 5,
		`{"n":{"N":"-5"}}`:            1 + 3,
		`{"n":{"N":"0"}}`:             1 + 1,
		`{"b":{"B":"AAEC"}}`:          1 + 3,
		`{"set":{"SS":["ab","cde"]}}`: 3 + 5,
	} {
		var i item
		testkit.Must(t, json.Unmarshal([]byte(text), &i))
		if got := i.size(); got != want {
			t.Errorf("%s is %d bytes, want %d", text, got, want)
		}
	}
}
