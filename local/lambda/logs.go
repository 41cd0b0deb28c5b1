package lambda

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"sync"
)

const (
	lineLimit = 256 << 10 // CloudWatch Logs cuts a longer event
	tailLimit = 4 << 10   // Lambda's LogType "Tail"
)

// mark is what the host itself writes into a process's log pipe. A function that writes the mark itself ends one wait
// of the host early, for its own log alone.
var mark = []byte("\x00drawbridge: end of invocation\x00\n")

// logs reads what one process writes and attributes each line to the invocation that it belongs to. A pipe has no
// borders: when an invocation ends, some of its lines may still be unread. drain therefore writes a mark behind them
// and waits for the reader to come across it. The process is frozen meanwhile, so nothing can follow the mark.
type logs struct {
	function string
	sink     func(Line)
	pipe     *os.File // the end that the process has as stdout and stderr, too
	marks    chan struct{}
	draining sync.Mutex

	mu      sync.Mutex
	current *invocation
}

func openLogs(function string, sink func(Line)) (*logs, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	l := &logs{function: function, sink: sink, pipe: w, marks: make(chan struct{}, 1)}
	go l.read(r)
	return l, nil
}

// attribute gives what is written from now on to inv.
func (l *logs) attribute(inv *invocation) {
	l.mu.Lock()
	l.current = inv
	l.mu.Unlock()
}

// drain returns when everything written so far has been handed to the sink.
func (l *logs) drain() {
	l.draining.Lock()
	defer l.draining.Unlock()
	// The line break first ends a line that the process left open.
	if _, err := l.pipe.Write(append([]byte{'\n'}, mark...)); err == nil {
		<-l.marks
	}
}

// close drains and ends the reader, unless a grandchild still holds the pipe; the reader then ends with it.
func (l *logs) close() {
	l.drain()
	l.draining.Lock()
	defer l.draining.Unlock()
	l.pipe.Close()
}

func (l *logs) read(pipe *os.File) {
	defer pipe.Close()
	r := bufio.NewReaderSize(pipe, lineLimit)
	for {
		line, err := r.ReadSlice('\n') // a line over the limit comes in pieces
		if bytes.Equal(line, mark) {
			select {
			case l.marks <- struct{}{}:
			default: // forged, and nobody waits
			}
			continue
		}
		if text := bytes.TrimRight(line, "\r\n"); len(text) > 0 {
			l.write(text)
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if !errors.Is(err, io.EOF) {
				l.write([]byte("the log could not be read: " + err.Error()))
			}
			return
		}
	}
}

func (l *logs) write(text []byte) {
	l.mu.Lock()
	line := Line{Function: l.function, Text: string(text)}
	if inv := l.current; inv != nil {
		line.RequestID = inv.id
		inv.keep(text)
	}
	l.mu.Unlock()
	l.sink(line)
}
