package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode"

	"drawbridge/local/lambda"
	"drawbridge/local/lambda/gobuild"
)

// slow is after how long a step is announced that has not ended yet.
const slow = 400 * time.Millisecond

// terminal is where everything is printed, whole lines at a time. What comes from a child or a client loses its control
// characters, so that no output can move the cursor.
type terminal struct {
	mu  sync.Mutex
	out io.Writer
}

func newTerminal(out io.Writer) *terminal { return &terminal{out: out} }

func (t *terminal) printf(format string, values ...any) {
	var b bytes.Buffer
	fmt.Fprintf(&b, format+"\n", values...)
	t.Write(b.Bytes())
}

// Write takes whole lines.
func (t *terminal) Write(lines []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = t.out.Write(bytes.Map(printable, lines)) // a terminal that is gone must not end the system
	return len(lines), nil
}

func printable(r rune) rune {
	if r != '\n' && r != '\t' && unicode.IsControl(r) {
		return '\uFFFD'
	}
	return r
}

// step does a step of the start and prints a line when it has ended; before that too, if it takes its time. The work
// returns what to add to the line.
func (t *terminal) step(name string, work func() (string, error)) error {
	start := time.Now()
	announce := time.AfterFunc(slow, func() { t.printf("  … %s", name) })
	note, err := work()
	announce.Stop()
	if err != nil {
		return err
	}
	if note != "" {
		name += ": " + note
	}
	t.printf("  ✓ %s (%.1f s)", name, time.Since(start).Seconds())
	return nil
}

// functionLine prints what a function logged.
func (t *terminal) functionLine(l lambda.Line) {
	id, _, _ := strings.Cut(l.RequestID, "-")
	t.printf("  %s %s | %s", l.Function, id, readable(l.Text))
}

// rebuilt prints that a function's source has changed.
func (t *terminal) rebuilt(e gobuild.Event) {
	if e.Err != nil {
		t.printf("%v", e.Err)
		return
	}
	t.printf("  ✓ function %s built again (%.1f s)", e.Function, e.Took.Seconds())
}

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
