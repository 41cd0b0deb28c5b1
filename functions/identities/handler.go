package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/audit"
	"drawbridge/shared/bridge"
	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
	"drawbridge/shared/idtoken"
	"drawbridge/shared/rest"
	"drawbridge/shared/session"
	"drawbridge/shared/token"
)

// Config is what the routes need.
type Config struct {
	IDTokens  *idtoken.Reader
	Nonces    *bridge.Bridge
	Sessions  *session.Store
	Customers *customer.Directory
	Log       *slog.Logger
	Now       func() time.Time
}

type handler struct{ Config }

// freshFor is how old the login by password may be that changes links.
const freshFor = 5 * time.Minute

// New returns the routes. Only an authorization code opens them.
func New(c Config) rest.Handler {
	h := handler{c}
	return rest.Guard(access.ScopeViewBalance, []access.Kind{access.KindSession}, c.Now,
		func(ctx context.Context, r *rest.Request) (response rest.Response, err error) {
			switch r.Method {
			case http.MethodGet:
				response, err = h.list(ctx, r)
			case http.MethodPost:
				response, err = h.link(ctx, r)
			default: // template.yaml has one more
				response, err = h.unlink(ctx, r)
			}
			if errors.Is(err, token.ErrKeysUnavailable) {
				err = rest.Unavailable(err)
			}
			return response, err
		})
}

// linked is one link.
type linked struct {
	Tenant   identity.Tenant  `json:"tenant"`
	Subject  identity.Subject `json:"sub"`
	LinkedBy string           `json:"linked_by"`
	LinkedAt time.Time        `json:"linked_at"`
}

type list struct {
	Identities []linked `json:"identities"`
}

func (h handler) list(ctx context.Context, r *rest.Request) (rest.Response, error) {
	links, err := h.Customers.Links(ctx, r.Principal.CustomerID)
	if err != nil {
		return rest.Response{}, err
	}
	answer := list{Identities: []linked{}}
	for _, link := range links {
		answer.Identities = append(answer.Identities, linked{
			link.Person.Tenant(), link.Person.Subject(), link.LinkedBy, link.LinkedAt.UTC(),
		})
	}
	return rest.JSON(http.StatusOK, answer), nil
}

type proof struct {
	IDToken string `json:"id_token"`
}

// link uses up the session_id of a login at Auth0 for a link of its identity to the code's customer.
func (h handler) link(ctx context.Context, r *rest.Request) (rest.Response, error) {
	var p proof
	if err := r.DecodeJSON(&p); err != nil {
		return rest.Response{}, err
	}
	if p.IDToken == "" {
		return rest.Response{}, rest.Refuse("invalid_request", "Send an id_token.")
	}
	customerID := r.Principal.CustomerID
	who := []slog.Attr{slog.String("customer_id", customerID), audit.Name("session", r.Principal.TokenID)}
	login, err := h.IDTokens.Read(ctx, p.IDToken)
	who = append(who, login.Attributes()...)
	if err == nil {
		err = h.checkFresh(ctx, r)
	}
	if err == nil {
		err = h.redeem(ctx, login, customerID)
	}
	if err != nil {
		return rest.Response{}, h.refuse(ctx, r, who, err)
	}
	audit.Write(ctx, h.Log, r, audit.IdentityLinked, who...)
	return h.list(ctx, r)
}

// redeem links the identity, or finds that it is linked: an earlier answer may have been lost. A link that is there
// stays as it is: it approves as before.
func (h handler) redeem(ctx context.Context, login idtoken.Login, customerID string) error {
	owner, err := h.Customers.IdentityOwner(ctx, login.Person)
	if err != nil || owner == customerID {
		return err
	}
	err = h.Nonces.Redeem(ctx, login.SessionID, login.Person, login.Client,
		h.Customers.LinkOwn(customerID, login.Person)...)
	if err == nil {
		return nil
	}
	if reasons, _ := dynamo.Cancellation(err); len(reasons) > 1 {
		if refused := customer.OwnLinkRefused(reasons[1:]); refused != nil {
			return refused
		}
	}
	if owner, unread := h.Customers.IdentityOwner(ctx, login.Person); unread == nil && owner == customerID {
		return nil
	}
	return err
}

// unlink ends a link and the sessions that its identity opened, in this order: so that none is opened in between.
func (h handler) unlink(ctx context.Context, r *rest.Request) (rest.Response, error) {
	text, _ := r.Query("sub")
	sub, err := identity.ParseSubject(text)
	if err != nil {
		return rest.Response{}, rest.Refuse("invalid_request", "sub is "+err.Error()+".")
	}
	tenant := identity.Main
	if text, given := r.Query("tenant"); given {
		if tenant, err = identity.ParseTenant(text); err != nil {
			return rest.Response{}, rest.Refuse("invalid_request", "tenant is "+err.Error()+".")
		}
	}
	person := identity.PersonOf(tenant, sub)
	customerID := r.Principal.CustomerID
	who := []slog.Attr{
		slog.String("customer_id", customerID), audit.Name("session", r.Principal.TokenID),
		audit.Person(person),
	}
	if err := h.checkFresh(ctx, r); err != nil {
		return rest.Response{}, h.refuse(ctx, r, who, err)
	}
	// An identity that nobody has is no refusal: the answer to an earlier request may have been lost before the
	// sessions were ended.
	err = h.Customers.Unlink(ctx, customerID, person)
	if errors.Is(err, customer.ErrLinkedElsewhere) { // to this caller, it is nobody's
		audit.Write(ctx, h.Log, r, audit.IdentityRefused, append(who, slog.String("reason", "linked_elsewhere"))...)
		return rest.NoContent(), nil
	}
	if err != nil {
		return rest.Response{}, h.refuse(ctx, r, who, err)
	}
	ended, err := h.Sessions.RevokeOpenedBy(ctx, customerID, session.ByIdentity(person))
	if err != nil {
		return rest.Response{}, err
	}
	audit.Write(ctx, h.Log, r, audit.IdentityUnlinked, append(who, slog.Int("ended", ended))...)
	return rest.NoContent(), nil
}

var errNotFresh = errors.New("the session is not of a login by password minutes ago")

// checkFresh tells whether the code is of a login by password minutes ago.
func (h handler) checkFresh(ctx context.Context, r *rest.Request) error {
	s, err := h.Sessions.Get(ctx, r.Principal.TokenID)
	switch {
	case err != nil:
		return err
	case s.OpenedBy != session.ByPassword || h.Now().Sub(s.CreatedAt) > freshFor:
		return errNotFresh
	}
	return nil
}

// refuse turns why nothing was changed into what the client is told, and keeps a record of it.
func (h handler) refuse(ctx context.Context, r *rest.Request, who []slog.Attr, err error) error {
	reason, answer := "", error(nil)
	switch {
	case errors.Is(err, session.ErrInvalid):
		return access.InvalidToken("The session has ended")
	case errors.Is(err, errNotFresh):
		reason, answer = "no_fresh_password_login", rest.Refuse("password_login_needed",
			"Log in with username and password, and send this with the new code within five minutes.")
	case errors.Is(err, customer.ErrTooManyIdentities):
		reason, answer = "too_many_identities", rest.Refuse("too_many_identities",
			"End the link of another login first.")
	case errors.Is(err, customer.ErrLinkedElsewhere):
		reason, answer = "linked_elsewhere", rest.Refuse("identity_linked_elsewhere", "Ask the bank, if both are you.")
	case errors.Is(err, customer.ErrDisabled), errors.Is(err, customer.ErrNotFound):
		reason, answer = "customer_disabled", rest.Refuse("not_a_customer",
			"No customer of the bank may use this login.")
	default:
		var isRefusal bool
		if reason, isRefusal = idtoken.Reason(err); !isRefusal {
			return err
		}
		answer = rest.Refuse("login_failed", "The id_token is not of a login a moment ago. Log in at Auth0 again.")
	}
	audit.Write(ctx, h.Log, r, audit.IdentityRefused, append(who, slog.String("reason", reason))...)
	return answer
}
