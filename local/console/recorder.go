package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"drawbridge/local/gateway"
	"drawbridge/local/iam"
)

const mostOperations = 50 // of one request; more are counted

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// Receive begins a request. It is part of gateway.Observer.
func (c *Console) Receive(e gateway.Exchange, header http.Header, body []byte) {
	shown := credentials(header, body)
	c.request(e, func(r request) request {
		r.Credentials = shown
		return r
	})
}

// Follow takes a request a step further. It is part of gateway.Observer.
func (c *Console) Follow(e gateway.Exchange) { c.request(e, nil) }

// Observe ends a request. It is part of gateway.Observer.
func (c *Console) Observe(e gateway.Exchange) {
	c.request(e, func(r request) request {
		r.Answer = &answer{
			Status: e.Status, Bytes: e.Bytes, MS: ms(e.Duration), GatewayResponse: plain(e.GatewayResponse),
		}
		return r
	})
}

// Operate adds a table operation to the newest request of the trace that it carries.
func (c *Console) Operate(op iam.Operation) {
	shown := operation{
		Function: plain(op.Function), Name: plain(op.Name), MS: ms(op.Took), Touched: touched(op.Needs),
		Error: plain(op.Error),
	}
	found := op.Trace != "" &&
		put(c.ring, &c.ring.requests, c.newestOf(op.Trace), false, func(_ uint64, r request) request {
			if len(r.Operations) >= mostOperations {
				r.Unlisted++
				return r
			}
			shown.AfterMS = ms(op.At.Sub(r.At))
			r.Operations = append(slices.Clip(r.Operations), shown) // readers have the old one
			return r
		})
	if !found {
		c.ring.say(func(s status) status { s.Elsewhere++; return s })
	}
}

// request brings the state of a request up to date, and then applies more.
func (c *Console) request(e gateway.Exchange, more func(request) request) {
	put(c.ring, &c.ring.requests, e.RequestID, true, func(number uint64, r request) request {
		r.Number, r.ID, r.At, r.Method, r.Path, r.trace = number, e.RequestID, e.At, methodOf(e.Method), pathOf(e), e.Trace
		if r.Authorizer == nil || r.Authorizer.Decision == "" { // a decision does not change any more
			r.Authorizer = authorizerOf(e.Authorizer)
		}
		r.Function = functionOf(e.Function)
		if more != nil {
			r = more(r)
		}
		return r
	})
}

// newestOf is the id of the newest request of a trace, "" if there is none.
func (c *Console) newestOf(trace string) string {
	c.ring.mu.Lock()
	defer c.ring.mu.Unlock()
	for _, e := range slices.Backward(c.ring.requests.order) {
		if e.value.trace == trace {
			return e.key
		}
	}
	return ""
}

func authorizerOf(step *gateway.AuthorizerStep) *authorizer {
	if step == nil {
		return nil
	}
	a := &authorizer{
		Name: plain(step.Name), Decision: string(step.Decision), Cached: step.Cached, Principal: plain(step.Principal),
		invocation: invocationOf(step.Invocation),
	}
	if step.Running {
		a.Decision = ""
	}
	return a
}

func functionOf(step *gateway.Invocation) *invocation {
	if step == nil {
		return nil
	}
	i := invocationOf(*step)
	return &i
}

func invocationOf(i gateway.Invocation) invocation {
	lines, reason := logLines(i.Logs)
	return invocation{
		Function: plain(i.Function), Running: i.Running, Cold: i.Cold, InitMS: ms(i.Init), MS: ms(i.Duration),
		WaitedMS: ms(i.Waited), Reason: reason, Error: words(i.Error), Warning: words(i.Warning), Logs: lines,
	}
}

func methodOf(method string) string {
	if slices.Contains(methods, method) {
		return method
	}
	return "other"
}

// pathOf is the route's path; without a route, the words of the path that the client sent.
func pathOf(e gateway.Exchange) string {
	if e.Route != "" {
		return plain(e.Route)
	}
	return words(e.Path)
}

// touched counts what an operation does on each table.
func touched(needs []iam.Need) (list []touch) {
	for _, need := range needs {
		t := touch{plain(strings.TrimPrefix(need.Action, "dynamodb:")), plain(tableOf(need.Resource)), 1}
		if i := slices.IndexFunc(
			list, func(other touch) bool { return other.Action == t.Action && other.Table == t.Table },
		); i >= 0 {
			list[i].Items++
			continue
		}
		list = append(list, t)
	}
	return list
}

// tableOf is a table's name in its ARN, with an index if there is one.
func tableOf(arn string) string {
	_, name, found := strings.Cut(arn, ":table/")
	if !found {
		return ""
	}
	return name
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
