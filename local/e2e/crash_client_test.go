package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

const (
	mostTries   = 100                    // a client that keeps trying has its answer long before
	backOff     = 100 * time.Millisecond // at most, between two tries
	hangUp      = 40 * time.Millisecond  // a client that hangs up does so within this
	longestCall = 30 * time.Second       // API Gateway answers within 29 s
)

// order is a transfer that a client is to make, and how it goes about it.
type order struct {
	key     string
	payment payment
	token   string     // with an approval of its own
	another string     // and one more, for what the client tries besides
	random  *rand.Rand // of this client

	mischief mischief
	twice    bool // the same request is sent twice at one instant
	leaves   bool // the client hangs up during its first try and never comes back
}

// mischief is what a client does, before its order, with a request that has been answered.
type mischief int

const (
	none        mischief = iota
	repeats              // sends it again
	repeatsAnew          // sends it again with another approval
	alters               // sends another request under its key
	paysAgain            // sends it under another key with the same approval, which has paid
)

// work carries out orders until there are none left.
func (s *storm) work(ctx context.Context, orders <-chan order) {
	for o := range orders {
		s.misbehave(ctx, o)
		var twin sync.WaitGroup
		if o.twice {
			also := o
			also.random = rand.New(rand.NewPCG(o.random.Uint64(), 0))
			twin.Go(func() { s.learn(o, s.persist(ctx, also, o.key, o.token, o.payment)) })
		}
		s.learn(o, s.persist(ctx, o, o.key, o.token, o.payment))
		twin.Wait()
		s.done.Add(1)
	}
}

func (s *storm) misbehave(ctx context.Context, o order) {
	earlier, ok := s.pick(o)
	if !ok {
		return
	}
	o.leaves = false
	switch o.mischief {
	case repeats:
		s.learn(earlier, s.persist(ctx, o, earlier.key, earlier.token, earlier.payment))
	case repeatsAnew:
		s.learn(earlier, s.persist(ctx, o, earlier.key, earlier.another, earlier.payment))
	case alters:
		altered := earlier.payment
		altered.Amount = "4711.00"
		s.wantCode(s.persist(ctx, o, earlier.key, earlier.token, altered), "idempotency_key_reused")
	case paysAgain:
		// What the account no longer covers is said first.
		s.wantCode(s.persist(ctx, o, o.key+"-unpaid", earlier.token, earlier.payment),
			"insufficient_user_authentication", "insufficient_funds")
	}
}

// persist sends a request, in the manner of o's client, until it is answered for good; nil if the client leaves before.
func (s *storm) persist(ctx context.Context, o order, key, token string, p payment) *reply {
	for range mostTries {
		limit := longestCall
		if o.leaves || o.random.IntN(20) == 0 {
			limit = upTo(o.random, hangUp)
		}
		r, err := s.send(ctx, limit, key, token, p)
		if err == nil && r.status < http.StatusInternalServerError {
			return &r
		}
		s.doubt(r)
		if o.leaves {
			return nil
		}
		pause(ctx, upTo(o.random, backOff))
	}
	s.violated("%s was not answered in %d tries", key, mostTries)
	return nil
}

func (s *storm) send(ctx context.Context, limit time.Duration, key, token string, p payment) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	body, err := json.Marshal(p)
	if err != nil {
		return reply{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.system.API+"/transfer", bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	request.Header = http.Header{
		"Content-Type": {"application/json"}, "Authorization": {"Bearer " + token}, "Idempotency-Key": {key},
	}
	response, err := s.client.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, string(text)}, err
}

// codeOf returns the code of a problem, "" if it is none.
func codeOf(r reply) string {
	var problem struct {
		Code string `json:"code"`
	}
	_ = json.Unmarshal([]byte(r.body), &problem)
	return problem.Code
}
