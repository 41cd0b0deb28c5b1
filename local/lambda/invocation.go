package lambda

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"
)

// invocation is one event on its way through one process. The process's lock guards delivered, answer and ended.
type invocation struct {
	id      string
	trace   string
	payload []byte
	done    chan struct{} // closed when the process has answered and asked for the next event

	delivered bool
	started   time.Time
	answer    *answer
	ended     time.Time

	logMu sync.Mutex
	tail  []byte
}

// answer is what the function posted.
type answer struct {
	payload []byte
	failed  bool
}

func newInvocation(ctx context.Context, payload []byte) *invocation {
	return &invocation{
		id: uuid.NewString(), trace: traceOf(ctx).Child().String(), payload: payload, done: make(chan struct{}),
	}
}

// keep remembers the end of the log.
func (i *invocation) keep(line []byte) {
	i.logMu.Lock()
	defer i.logMu.Unlock()
	i.tail = append(append(i.tail, line...), '\n')
	if over := len(i.tail) - tailLimit; over > 0 {
		i.tail = append(i.tail[:0], i.tail[over:]...)
	}
}

func (i *invocation) logged() []byte {
	i.logMu.Lock()
	defer i.logMu.Unlock()
	return append([]byte(nil), i.tail...)
}
