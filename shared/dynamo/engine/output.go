package engine

import (
	"bytes"
	"sync"
)

// output keeps the end of what the engine writes, and notices when it says that it listens.
type output struct {
	mu        sync.Mutex
	kept      []byte
	said      bool
	announced chan struct{} // closed at the line "Dynoxide listening on …"
}

const outputKept = 4 << 10

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.kept = append(o.kept, p...)
	if !o.said && bytes.Contains(o.kept, []byte("listening on")) {
		o.said = true
		close(o.announced)
	}
	if excess := len(o.kept) - outputKept; excess > 0 {
		o.kept = append(o.kept[:0], o.kept[excess:]...)
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.kept)
}
