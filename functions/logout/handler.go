package main

import (
	"context"
	"log/slog"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/audit"
	"drawbridge/shared/rest"
	"drawbridge/shared/session"
)

type handler struct {
	sessions *session.Store
	log      *slog.Logger
}

// New returns the route. Only an authorization code opens it: an Auth0 token is not ours to end.
func New(sessions *session.Store, log *slog.Logger, now func() time.Time) rest.Handler {
	h := handler{sessions: sessions, log: log}
	return rest.Guard(access.ScopeViewBalance, []access.Kind{access.KindSession}, now, h.logout)
}

// extent is the body, which may be left out.
type extent struct {
	Everywhere bool `json:"everywhere"` // all sessions of the customer, not only this one
}

func (h handler) logout(ctx context.Context, r *rest.Request) (rest.Response, error) {
	var e extent
	if len(r.Body) > 0 {
		if err := r.DecodeJSON(&e); err != nil {
			return rest.Response{}, err
		}
	}
	ended, err := h.end(ctx, r.Principal, e)
	if err != nil {
		return rest.Response{}, err
	}
	audit.Write(ctx, h.log, r, audit.SessionRevoked, slog.String("customer_id", r.Principal.CustomerID),
		audit.Name("session", r.Principal.TokenID), slog.Bool("everywhere", e.Everywhere), slog.Int("ended", ended))
	return rest.NoContent(), nil
}

func (h handler) end(ctx context.Context, p access.Principal, e extent) (ended int, err error) {
	if e.Everywhere {
		return h.sessions.RevokeAll(ctx, p.CustomerID)
	}
	return 1, h.sessions.Revoke(ctx, p.TokenID)
}
