package observatory

import (
	"bytes"
	"encoding/json"
	"slices"
)

const mostLines = 20

// logLines are the lines that a function wrote, oldest first, and the reason that the last of them gives for what it
// decided: the authorizer's "reason", a function's "code".
func logLines(tail []byte) (lines []LogLine, reason string) {
	for line := range bytes.Lines(tail) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		l := logLine(line)
		for _, f := range l.Fields {
			if f.Name == "reason" && l.Message == "decision" || f.Name == "code" && l.Message == "request" {
				reason = f.Value
			}
		}
		if lines = append(lines, l); len(lines) > mostLines {
			lines = lines[1:]
		}
	}
	return lines, reason
}

// logLine shows a line of JSON by its table. Of any other, as of one whose start the tail has lost, nothing is known,
// so nothing is shown; the runner's terminal has it.
func logLine(line []byte) LogLine {
	list, others, ok := fields(line, logShown, logIdle)
	var record struct {
		Message string `json:"msg"`
	}
	if !ok || json.Unmarshal(line, &record) != nil || record.Message == "" {
		return LogLine{Message: "a line that is no record: see the terminal", Withheld: 1}
	}
	list = slices.DeleteFunc(list, func(f Field) bool { return f == Field{Name: "level", Value: "INFO"} }) // as most are
	return LogLine{Message: words(record.Message), Fields: list, Withheld: others}
}
