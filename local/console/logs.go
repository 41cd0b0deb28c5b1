package console

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

const mostLines = 20

// logLines are the lines that a function wrote, oldest first. reason is what the last of them gives: the authorizer's
// "reason", a function's "code".
func logLines(tail []byte) (lines []string, reason string) {
	for line := range bytes.Lines(tail) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		var record struct {
			Message string `json:"msg"`
			Reason  string `json:"reason"`
			Code    string `json:"code"`
		}
		if json.Unmarshal(line, &record) == nil && (record.Message == "decision" || record.Message == "request") {
			reason = plain(record.Reason + record.Code)
		}
		lines = append(lines, readable(string(line), plain))
	}
	return lines[max(0, len(lines)-mostLines):], reason
}

// idle are members of log lines that are known here anyway, and _aws, which is for CloudWatch.
var idle = []string{"time", "request_id", "_aws"}

// Readable makes "message name=value …" of a line of JSON, as the functions log; any other line stays as it is.
func Readable(line string) string {
	return readable(line, func(text string) string { return text })
}

// readable is Readable, with clean applied to each value, and to a line that is no record.
func readable(line string, clean func(string) string) string {
	var message string
	var rest strings.Builder
	ok := eachMember([]byte(line), func(name string, value json.RawMessage) {
		switch {
		case slices.Contains(idle, name), name == "level" && string(value) == `"INFO"`:
		case name == "msg":
			message = clean(bare(value))
		default:
			rest.WriteString(" " + name + "=" + clean(bare(value)))
		}
	})
	if !ok || message == "" {
		return clean(line)
	}
	return message + rest.String()
}

// bare is a string without its quotes if it needs none.
func bare(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil && text != "" && !strings.ContainsAny(text, " \"=") {
		return text
	}
	return string(value)
}
