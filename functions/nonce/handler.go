package main

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/audit"
	"drawbridge/shared/bridge"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/rest"
)

type handler struct {
	nonces  *bridge.Bridge
	clients []string // for whose users session_ids are made
	log     *slog.Logger
}

// New returns the route. Only a machine may call it, with a token of client credentials that carries create:session.
func New(nonces *bridge.Bridge, clients []string, log *slog.Logger, now func() time.Time) rest.Handler {
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
	if problem := h.check(l); problem != "" {
		audit.Write(ctx, h.log, r, audit.NonceRefused, slog.String("by", r.Principal.ClientID), slog.String("reason", problem))
		return rest.Response{}, rest.Refuse("invalid_request", problem)
	}
	sessionID, expiresIn, err := h.nonces.Issue(ctx, l.Subject, l.ClientID)
	switch {
	case dynamo.Transient(err):
		return rest.Response{}, rest.Refuse("unavailable", "Send the same request again.").After(time.Second).Because(err)
	case err != nil:
		return rest.Response{}, err
	}
	audit.Write(ctx, h.log, r, audit.NonceIssued,
		slog.String("by", r.Principal.ClientID), slog.String("sub", l.Subject), slog.String("client_id", l.ClientID),
		audit.Name("nonce", bridge.ID(sessionID)))
	return rest.JSON(http.StatusCreated, created{SessionID: sessionID, ExpiresIn: int(expiresIn.Seconds())}), nil
}

// maxSubject is OpenID Connect Core's (section 2).
const maxSubject = 255

func (h handler) check(l login) (problem string) {
	switch {
	case !visible(l.Subject, maxSubject):
		return "sub must be 1 to 255 visible ASCII characters."
	case !slices.Contains(h.clients, l.ClientID):
		return "client_id is not a client of the login bridge."
	}
	return ""
}

func visible(s string, most int) bool {
	return s != "" && len(s) <= most && !strings.ContainsFunc(s, func(r rune) bool { return r < '!' || r > '~' })
}
