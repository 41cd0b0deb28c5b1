package main

import (
	"encoding/json"
	"strconv"
)

// object is a JSON object in the making, from its brace on. The authorizer writes two for each request, a policy and a
// log line, whose form never changes; encoding/json and log/slog find that form anew each time, which together takes
// as long as reading the token does.
type object []byte

// text adds a member. Names are ours and need no escaping.
func (o object) text(name, value string) object {
	return appendText(o.name(name), value)
}

// textIfAny adds a member unless it would be empty.
func (o object) textIfAny(name, value string) object {
	if value == "" {
		return o
	}
	return o.text(name, value)
}

func (o object) number(name string, value int64) object {
	return strconv.AppendInt(o.name(name), value, 10)
}

// name begins a member, whose value the caller appends.
func (o object) name(name string) object {
	if o[len(o)-1] != '{' {
		o = append(o, ',')
	}
	o = append(o, '"')
	o = append(o, name...)
	return append(o, `":`...)
}

// appendText appends text as a JSON string.
func appendText(out []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(text) // never fails for a string
			return append(out, quoted...)
		}
	}
	out = append(out, '"')
	out = append(out, text...)
	return append(out, '"')
}
