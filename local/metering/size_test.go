package metering

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

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
		case "BOOL", "NULL":
			return 1
		case "SS", "NS":
			var members []string
			mustDecode(json.Unmarshal(raw, &members))
			total := 0
			for _, m := range members {
				if kind == "NS" {
					total += numberSize(m)
				} else {
					total += len(m)
				}
			}
			return total
		case "L":
			var members []map[string]json.RawMessage
			mustDecode(json.Unmarshal(raw, &members))
			total := 3
			for _, m := range members {
				total += 1 + valueSize(m)
			}
			return total
		case "M":
			var members item
			mustDecode(json.Unmarshal(raw, &members))
			return 3 + len(members) + members.size()
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
		`{"key":{"S":"ü"}}`:                         3 + 2,
		`{"n":{"N":"1732233600"}}`:                  1 + 5,
		`{"n":{"N":"-5"}}`:                          1 + 3,
		`{"n":{"N":"0"}}`:                           1 + 1,
		`{"b":{"B":"AAEC"}}`:                        1 + 3,
		`{"t":{"BOOL":true},"z":{"NULL":true}}`:     2 + 2,
		`{"set":{"SS":["ab","cde"]}}`:               3 + 5,
		`{"list":{"L":[{"S":"ab"},{"N":"1"}]}}`:     4 + 3 + 1 + 2 + 1 + 2,
		`{"map":{"M":{"a":{"S":"b"},"":{"S":""}}}}`: 3 + 3 + 2 + 1 + 1,
	} {
		var i item
		if err := json.Unmarshal([]byte(text), &i); err != nil {
			t.Fatal(err)
		}
		if got := i.size(); got != want {
			t.Errorf("%s is %d bytes, want %d", text, got, want)
		}
	}
}
