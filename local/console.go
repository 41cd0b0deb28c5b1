package main

import (
	"bytes"
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

// console is where everything is printed, whole lines at a time. What comes from a child or a client loses its control
// characters: it shall not move the cursor of the terminal that it is shown in.
type console struct {
	mu  sync.Mutex
	out io.Writer
}

func newConsole(out io.Writer) *console { return &console{out: out} }

func (c *console) printf(format string, values ...any) {
	var b bytes.Buffer
	fmt.Fprintf(&b, format+"\n", values...)
	c.Write(b.Bytes())
}

// Write takes whole lines.
func (c *console) Write(lines []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, _ = c.out.Write(bytes.Map(printable, lines)) // a terminal that is gone must not end the system
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
func (c *console) step(name string, work func() (string, error)) error {
	start := time.Now()
	announce := time.AfterFunc(slow, func() { c.printf("  … %s", name) })
	note, err := work()
	announce.Stop()
	if err != nil {
		return err
	}
	if note != "" {
		name += ": " + note
	}
	c.printf("  ✓ %s (%.1f s)", name, time.Since(start).Seconds())
	return nil
}

// functionLine prints what a function logged.
func (c *console) functionLine(l lambda.Line) {
	id, _, _ := strings.Cut(l.RequestID, "-")
	c.printf("  %s %s | %s", l.Function, id, readable(l.Text))
}

// rebuilt prints that a function's source has changed.
func (c *console) rebuilt(e gobuild.Event) {
	if e.Err != nil {
		c.printf("%v", e.Err)
		return
	}
	c.printf("  ✓ function %s built again (%.1f s)", e.Function, e.Took.Seconds())
}
