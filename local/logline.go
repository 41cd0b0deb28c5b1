package main

import (
	"bytes"
	"encoding/json"
	"strings"
)

// hidden are members of a function's log lines that say nothing here: the time is now, the request stands before the
// line, and _aws is for CloudWatch.
var hidden = map[string]bool{"time": true, "request_id": true, "_aws": true}

// readable makes "message name=value …" of a line of JSON, as the functions log; any other line stays as it is.
func readable(line string) string {
	d := json.NewDecoder(strings.NewReader(line))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return line
	}
	var message string
	var rest bytes.Buffer
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return line
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return line
		}
		switch name := name.(string); {
		case hidden[name], name == "level" && string(value) == `"INFO"`:
		case name == "msg":
			message = plain(value)
		default:
			rest.WriteString(" " + name + "=" + plain(value))
		}
	}
	if message == "" {
		return line
	}
	return message + rest.String()
}

// plain takes the quotes off a string that does without them.
func plain(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil && text != "" && !strings.ContainsAny(text, " \"=") {
		return text
	}
	return string(value)
}
