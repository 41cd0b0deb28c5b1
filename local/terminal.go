package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode"

	"drawbridge/local/console"
	"drawbridge/local/lambda"
	"drawbridge/local/lambda/gobuild"
)

// slow is how long a step may take before the terminal announces it.
const slow = 400 * time.Millisecond

// terminal prints whole lines. It replaces control characters, so that no child and no client can move the cursor.
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

// step does a step of the start and prints a line when it has ended, with the note that work returns. It announces a
// slow step beforehand.
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
	t.printf("  %s %s | %s", l.Function, id, console.Readable(l.Text))
}

// rebuilt prints that a function was built again, or why it was not.
func (t *terminal) rebuilt(e gobuild.Event) {
	if e.Err != nil {
		t.printf("%v", e.Err)
		return
	}
	t.printf("  ✓ function %s built again (%.1f s)", e.Function, e.Took.Seconds())
}
