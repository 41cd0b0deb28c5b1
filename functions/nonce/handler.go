package main

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/audit"
	"drawbridge/shared/bridge"
	"drawbridge/shared/identity"
	"drawbridge/shared/rest"
)

type handler struct {
	nonces  *bridge.Bridge
	clients []identity.ClientID // for whose users session_ids are made
	log     *slog.Logger
}

// New returns the route. Only a machine may call it, with a token of client credentials that carries create:session.
func New(nonces *bridge.Bridge, clients []identity.ClientID, log *slog.Logger, now func() time.Time) rest.Handler {
	h := handler{nonces: nonces, clients: clients, log: log}
	return rest.Guard(access.ScopeCreateSession, []access.Kind{access.KindClient}, now, h.create)
}

// login is the login at Auth0 that a session_id is made for.
type login struct {
	Subject  string `json:"sub"`
	ClientID string `json:"client_id"`
}

type created struct {
	SessionID string `json:"session_id"`
	ExpiresIn int    `json:"expires_in"` // seconds
}

func (h handler) create(ctx context.Context, r *rest.Request) (rest.Response, error) {
	var l login
	if err := r.DecodeJSON(&l); err != nil {
		return rest.Response{}, err
	}
	by := slog.String("by", string(r.Principal.ClientID))
	sub, err := identity.ParseSubject(l.Subject)
	client := identity.ClientID(l.ClientID)
	problem := ""
	switch {
	case err != nil:
		problem = "sub is " + err.Error() + "."
	case !slices.Contains(h.clients, client):
		problem = "client_id is not a client of the login bridge."
	}
	if problem != "" {
		audit.Write(ctx, h.log, r, audit.NonceRefused, by, slog.String("reason", problem))
		return rest.Response{}, rest.Refuse("invalid_request", problem)
	}
	person := identity.PersonOf(r.Principal.Tenant, sub) // a machine of one tenant vouches for nobody of another
	sessionID, expiresIn, err := h.nonces.Issue(ctx, person, client)
	if err != nil {
		return rest.Response{}, err
	}
	audit.Write(ctx, h.log, r, audit.NonceIssued, by, audit.Person(person),
		slog.String("client_id", string(client)),
		audit.Name("nonce", bridge.ID(sessionID)))
	return rest.JSON(http.StatusCreated, created{SessionID: sessionID, ExpiresIn: int(expiresIn.Seconds())}), nil
}
