package testkit

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
)

// Log keeps what is logged, a JSON object a line. Its zero value is empty and ready.
type Log struct {
	mu  sync.Mutex
	all bytes.Buffer
}

// Logger writes to the log.
func (l *Log) Logger() *slog.Logger { return slog.New(slog.NewJSONHandler(l, nil)) }

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

// String is the whole log.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// Reset forgets what was logged.
func (l *Log) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all.Reset()
}

// Lines are all lines. The test ends if one is no JSON object.
func (l *Log) Lines(t T) (lines []map[string]any) {
	t.Helper()
	for text := range strings.Lines(l.String()) {
		var line map[string]any
		Must(t, json.Unmarshal([]byte(text), &line))
		lines = append(lines, line)
	}
	return lines
}

// Last is the last line. The test ends if there is none.
func (l *Log) Last(t T) map[string]any {
	t.Helper()
	lines := l.Lines(t)
	if len(lines) == 0 {
		t.Fatal("nothing was logged")
	}
	return lines[len(lines)-1]
}
