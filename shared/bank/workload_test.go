package bank_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/dynamo/dynamotest"
)

// work has the workers make n operations in all, while readers watch. What each worker does, and which faults each of
// its operations meets, follows from the seed alone; how the workers interleave does not.
func (w *world) work(ctx context.Context, seed uint64, n int) {
	watching, stop := context.WithCancel(ctx)
	var readers, group sync.WaitGroup
	for range 2 {
		readers.Go(func() { w.watch(watching) })
	}
	for worker := range workers {
		group.Go(func() {
			random := rand.New(rand.NewPCG(seed, uint64(worker)))
			for i := worker; i < n; i += workers {
				w.operate(ctx, random, fmt.Sprintf("%d", i))
			}
		})
	}
	group.Wait()
	stop()
	readers.Wait()
}

// operate makes one operation: mostly transfers, a fifth of them repetitions.
func (w *world) operate(ctx context.Context, random *rand.Rand, name string) {
	from := w.hot[random.IntN(len(w.hot))]
	request := bank.TransferRequest{
		CustomerID: from.Owner(), Key: bank.IdempotencyKey("key-" + name), From: from, To: w.hot[random.IntN(len(w.hot))],
		Amount: bank.Amount(1 + random.IntN(20_00)), Currency: "EUR",
		ApprovalID: "approval-" + name,
	}
	any := func(bank.Receipt) bool { return true }
	accepted := func(r bank.Receipt) bool { return r.Refusal == "" }
	refused := func(r bank.Receipt) bool { return r.Refusal != "" }
	switch share := random.IntN(100); {
	case share < 20: // a repetition of a finished request, sometimes with a new approval
		if earlier, ok := w.pick(random, any); ok {
			if random.IntN(2) == 0 {
				earlier.ApprovalID = request.ApprovalID
			}
			w.send(ctx, random, earlier, "")
			return
		}
	case share < 25: // a finished request's key for another request
		if earlier, ok := w.pick(random, any); ok {
			earlier.Amount++
			w.send(ctx, random, earlier, "the key of another request")
			return
		}
	case share < 30: // an approval that has paid
		if earlier, ok := w.pick(random, accepted); ok {
			request.ApprovalID = earlier.ApprovalID
			w.send(ctx, random, request, "an approval that has paid")
			return
		}
	case share < 35: // an approval that was refused, and may therefore pay; two may be after the same one
		if earlier, ok := w.pick(random, refused); ok {
			request.ApprovalID = earlier.ApprovalID
			w.send(ctx, random, request, "an approval that may be taken")
			return
		}
	case share < 42: // a request that can never succeed
		hopeless := []bank.AccountID{frozen, closed, yen, nowhere, request.From}
		request.To = hopeless[random.IntN(len(hopeless))]
	case share < 50: // the same request twice at one instant
		twin := rand.New(rand.NewPCG(random.Uint64(), 0))
		var group sync.WaitGroup
		group.Go(func() { w.send(ctx, twin, request, "") })
		w.send(ctx, random, request, "")
		group.Wait()
		return
	}
	w.send(ctx, random, request, "")
}

// send makes one request under trouble and keeps what the caller learns. abuse says what the request must not get away
// with; empty for an honest one.
func (w *world) send(ctx context.Context, random *rand.Rand, request bank.TransferRequest, abuse string) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	trouble := &dynamotest.Trouble{Rate: faultRate, Rand: rand.New(rand.NewPCG(random.Uint64(), 1)), Kill: cancel}
	called := time.Now()
	receipt, err := w.bank.Transfer(dynamotest.WithTrouble(ctx, trouble), request)
	lost := errors.Is(err, bank.ErrUnavailable) || errors.Is(err, context.Canceled)
	switch {
	case abuse == "the key of another request":
		if !lost && !errors.Is(err, bank.ErrKeyReused) {
			w.violated("key %s was taken for another request: %s, %v", request.Key, receipt.Answer, err)
		}
		return
	case abuse == "an approval that has paid" && err == nil && request.From != request.To && receipt.Refusal == "":
		w.violated("approval %s paid again: %s", request.ApprovalID, receipt.Answer)
	case abuse != "" && errors.Is(err, bank.ErrApprovalUsed):
		return
	case err != nil && !lost:
		w.violated("%s: %v", request.Key, err)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.fateOf(request)
	if called.Before(f.called) {
		f.called = called
	}
	if lost {
		f.unanswered++
		return
	}
	if len(f.answers) == 0 {
		w.order = append(w.order, f)
		f.answered = time.Now()
	}
	f.answers = append(f.answers, receipt)
}
