package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"drawbridge/shared/audit"
	"drawbridge/shared/bridge"
	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/idtoken"
	"drawbridge/shared/rest"
	"drawbridge/shared/session"
	"drawbridge/shared/token"
)

// Config is what the route needs.
type Config struct {
	IDTokens  *idtoken.Reader
	Nonces    *bridge.Bridge
	Sessions  *session.Store
	Customers *customer.Directory
	Log       *slog.Logger

	Floor time.Duration // the least time that a refusal takes; 250 ms if zero
}

const defaultFloor = 250 * time.Millisecond

type handler struct{ Config }

// New returns the route. It is public: it is where a caller gets its first credential.
func New(c Config) rest.Handler {
	if c.Floor == 0 {
		c.Floor = defaultFloor
	}
	return handler{c}.login
}

// credentials is the body: username and password, or id_token.
type credentials struct {
	Username string `json:"username"`
	Password string `json:"password"`
	IDToken  string `json:"id_token"`
}

type accepted struct {
	AuthorizationCode string `json:"authorization_code"`
	TokenType         string `json:"token_type"`
	// seconds, to the absolute limit; unused, a session ends after five minutes
	ExpiresIn int `json:"expires_in"`
}

func (h handler) login(ctx context.Context, r *rest.Request) (rest.Response, error) {
	began := time.Now()
	var c credentials
	if err := r.DecodeJSON(&c); err != nil {
		return rest.Response{}, err
	}
	var draft session.Draft
	var who []slog.Attr
	var err error
	switch byPassword := c.Username != "" && c.Password != ""; {
	case byPassword && c.IDToken == "":
		draft, who, err = h.byPassword(ctx, r, c)
	case c.Username == "" && c.Password == "" && c.IDToken != "":
		draft, who, err = h.byIDToken(ctx, r, c.IDToken)
	default:
		return rest.Response{}, rest.Refuse("invalid_request", "Send either username and password, or id_token.")
	}
	if err != nil {
		return rest.Response{}, h.refuse(ctx, r, began, who, err)
	}
	audit.Write(ctx, h.Log, r, audit.LoginAccepted, append(who,
		slog.String("customer_id", draft.Session.CustomerID), audit.Name("session", draft.Session.ID))...)
	return rest.JSON(http.StatusOK, accepted{
		AuthorizationCode: draft.Code, TokenType: "Bearer",
		ExpiresIn: int(draft.Session.EndsAt.Sub(draft.Session.CreatedAt).Seconds()),
	}), nil
}

func (h handler) byPassword(ctx context.Context, r *rest.Request, c credentials) (session.Draft, []slog.Attr, error) {
	who := []slog.Attr{slog.String("by", "password"), slog.String("account", customer.Account(c.Username))}
	login, err := h.Customers.Authenticate(ctx, c.Username, c.Password, r.SourceIP)
	if err != nil {
		return session.Draft{}, who, err
	}
	draft, err := h.Sessions.Issue(ctx, login.CustomerID, login.Writes...)
	if dynamo.ConditionFailed(err) {
		err = refused("customer_disabled_or_changed")
	}
	return draft, who, err
}

// refused are the reasons of a failed login that no other package names.
type refused string

func (r refused) Error() string { return string(r) }

// refuse turns why a login failed into what the client is told: too many tries, that the fault is ours, or one and
// the same answer for all else, which takes as long whatever it was.
//
// An unknown username costs the same work as a wrong password by itself. The floor hides the rest: the right password
// of a disabled customer fails one write later than a wrong one, and id_tokens fail at different checks.
func (h handler) refuse(ctx context.Context, r *rest.Request, began time.Time, who []slog.Attr, err error) error {
	var throttled *customer.Throttled
	if errors.As(err, &throttled) {
		audit.Write(ctx, h.Log, r, audit.LoginThrottled, append(who, slog.String("limit", throttled.By))...)
		return rest.Refuse("too_many_attempts", "Wait before you try again.").After(throttled.RetryAfter)
	}
	reason, isRefusal := reasonOf(err)
	if !isRefusal {
		if errors.Is(err, token.ErrKeysUnavailable) {
			return rest.Unavailable(err)
		}
		return err
	}
	audit.Write(ctx, h.Log, r, audit.LoginRefused, append(who, slog.String("reason", reason))...)
	select {
	case <-time.After(h.Floor - time.Since(began)):
	case <-ctx.Done():
	}
	return rest.Refuse("login_failed", "The login failed. Check what you sent, and try again.")
}
