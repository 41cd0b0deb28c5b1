package dynamo

import (
	"math/rand/v2"
	"time"
)

const (
	backoffBase = 25 * time.Millisecond
	backoffCap  = 400 * time.Millisecond
)

// Backoff is how long to wait after the given failed attempt (the first is 1): a random share of 25 ms doubled with
// each attempt, at most 400 ms. The full range is random ("full jitter",
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), so those who collided once spread out.
func Backoff(attempt int) time.Duration {
	ceiling := backoffCap
	if attempt < 5 { // 25, 50, 100, 200: beyond that the cap, and no shift can overflow
		ceiling = backoffBase << max(attempt-1, 0)
	}
	return rand.N(ceiling)
}
