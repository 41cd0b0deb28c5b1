package console

import (
	"fmt"
	"testing"
)

func (r *ring) add(key string) {
	put(r, &r.requests, key, true, func(number uint64, old request) request {
		return request{Number: number, ID: key, Unlisted: old.Unlisted + 1}
	})
}

func TestTheRingKeepsTheLastTwoHundred(t *testing.T) {
	r := newRing()
	for i := range 3 * capacity {
		r.add(fmt.Sprint(i))
	}
	events, _ := r.after(0)
	if len(events) != capacity || len(r.requests.byKey) != capacity {
		t.Fatalf("%d events, %d keys", len(events), len(r.requests.byKey))
	}
	if first := events[0].value.(request); first.ID != "400" || first.Number != 401 {
		t.Errorf("the oldest is %+v", first)
	}
}

func TestWhatChangesComesAgainAsItIsNow(t *testing.T) {
	r := newRing()
	r.add("a")
	r.add("b")
	events, _ := r.after(0)
	cursor := events[1].sequence
	r.add("a")
	r.add("a")
	events, _ = r.after(cursor)
	if len(events) != 1 || events[0].value.(request).ID != "a" || events[0].value.(request).Unlisted != 3 ||
		events[0].value.(request).Number != 1 {
		t.Errorf("%+v", events)
	}
}

func TestWhoHasSeenEverythingWaitsForTheNextChange(t *testing.T) {
	r := newRing()
	r.add("a")
	events, changed := r.after(1)
	if len(events) != 0 {
		t.Fatalf("%+v", events)
	}
	select {
	case <-changed:
		t.Fatal("nothing has changed")
	default:
	}
	r.add("a")
	<-changed
}

func TestWhatIsGoneIsNotBroughtBackByALateOperation(t *testing.T) {
	r := newRing()
	if put(r, &r.requests, "gone", false, func(_ uint64, old request) request { return old }) {
		t.Error("it was put")
	}
	if events, _ := r.after(0); len(events) != 0 {
		t.Errorf("%+v", events)
	}
}
