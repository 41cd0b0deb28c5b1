package bank_test

import (
	"context"
	"net/http"
)

// guillotine ends an operation before or after its nth request, if its context carries a blade.
type guillotine struct{ next http.RoundTripper }

type blade struct {
	request int
	after   bool
	fall    context.CancelFunc
}

func (g *guillotine) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx := request.Context()
	blade, _ := ctx.Value(bladeKey{}).(*blade)
	if blade == nil {
		return g.next.RoundTrip(request)
	}
	if blade.request--; blade.request != 0 {
		return g.next.RoundTrip(request)
	}
	if blade.after {
		response, err := g.next.RoundTrip(request.WithContext(context.WithoutCancel(ctx)))
		if err != nil {
			return nil, err
		}
		_ = response.Body.Close()
	} else {
		_ = request.Body.Close()
	}
	blade.fall()
	return nil, context.Canceled
}

type bladeKey struct{}
