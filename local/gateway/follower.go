package gateway

import "net/http"

// Follower is an Observer that is also told about a request while it is on its
// way. The request waits for each call.
type Follower interface {
	Observer
	// Receive is called with a request that has a route and arrived whole, before
	// anything is decided about it. Header and body hold credentials; they must be
	// neither kept nor changed.
	Receive(Exchange, http.Header, []byte)
	// Follow is called when a function is about to be invoked and when the
	// authorizer has decided, with the exchange as it stands. It may be kept.
	Follow(Exchange)
}

// Receive tells those that follow.
func (list Observers) Receive(e Exchange, header http.Header, body []byte) {
	for _, observer := range list {
		followerOf(observer).Receive(e, header, body)
	}
}

// Follow tells those that follow.
func (list Observers) Follow(e Exchange) {
	for _, observer := range list {
		followerOf(observer).Follow(e)
	}
}

func followerOf(o Observer) Follower {
	if f, ok := o.(Follower); ok {
		return f
	}
	return lastWord{o}
}

// lastWord is for whom the outcome is enough.
type lastWord struct{ Observer }

func (lastWord) Receive(Exchange, http.Header, []byte) {}
func (lastWord) Follow(Exchange)                       {}

// snapshot is an Exchange that the next steps do not change.
func (e Exchange) snapshot() Exchange {
	if e.Authorizer != nil {
		step := *e.Authorizer
		e.Authorizer = &step
	}
	if e.Function != nil {
		invocation := *e.Function
		e.Function = &invocation
	}
	return e
}
