package gateway

import (
	"sync"
	"time"

	"drawbridge/local/template"
)

// bucket is the token bucket of one method: it holds a burst of tokens at most, fills at the method's rate, and a
// request takes one. Without one the request is throttled, before anything is asked or invoked. API Gateway keeps a
// bucket for each method of a stage, also where one setting is for all of them
// (API Gateway Developer Guide, "Throttle requests to your REST APIs for better throughput"). There the limits are
// targets, "applied on a best-effort basis"; here they are exact.
type bucket struct {
	limit template.Throttle

	mu     sync.Mutex
	tokens float64
	at     time.Time // when tokens was right
}

func newBucket(limit template.Throttle) *bucket {
	return &bucket{limit: limit, tokens: float64(limit.Burst)}
}

// take takes a token if there is one. A nil bucket never runs dry.
func (b *bucket) take(now time.Time) bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if passed := now.Sub(b.at); passed > 0 {
		if !b.at.IsZero() {
			b.tokens = min(b.tokens+passed.Seconds()*b.limit.Rate, float64(b.limit.Burst))
		}
		b.at = now
	}
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
