// Package access says who is calling and what they may do.
//
// The authorizer turns a verified credential into a [Principal] and emits the principal as API Gateway's authorizer
// context. Every function reads the context back and checks, itself, that the principal has not expired and has the
// scope that the route needs. The check stands on both sides because a cached Allow outlives its token
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html).
//
// A check refuses with a [Challenge], which tells the app what to ask the issuer for (RFC 6750 section 3, RFC 9470
// section 3). A step-up is a token with the scope, an approval and the time of the second factor: the factor counts
// as recent for STEP_UP_MAX_AGE, and the approval pays for one transfer.
package access

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"drawbridge/shared/identity"
)

// Kind is the kind of credential that a principal showed.
type Kind string

const (
	KindUser    Kind = "user"    // an Auth0 access token of a person
	KindClient  Kind = "client"  // an Auth0 access token of a machine (client credentials)
	KindSession Kind = "session" // an authorization code of the bank's own login
)

// The scopes of the API, as auth0/tenant.yaml defines them.
const (
	ScopeViewBalance   = "view:balance"
	ScopeTransferFunds = "transfer:funds"
	ScopeCreateSession = "create:session"
)

// Principal is who calls, as the authorizer established it.
type Principal struct {
	Kind       Kind
	Issuer     string            // iss of the token; empty for a session
	Tenant     identity.Tenant   // of the issuer; empty for a session. Subject and ApprovalID are its own
	Subject    identity.Subject  // "auth0|…", "<client_id>@clients" or "customer|<customer_id>"
	ClientID   identity.ClientID // empty for a session
	Scopes     []string
	ExpiresAt  time.Time // whole seconds
	TokenID    string    // jti, else a hash of the token; for a session the hash of its code
	MFAAt      time.Time // when the second factor was given; zero if it was not
	ApprovalID string    // names what was approved with the second factor; empty if nothing was
	Transfer   string    // the transfer that was approved, "FROM TO AMOUNT CURRENCY KEY"; empty if none was named
	CustomerID string    // set for sessions; a user's is looked up by Subject

	Thumbprint string // of the key that the token is bound to (RFC 9449); empty if it is bound to none
	ProofID    string // names the proof of that key that came with the request, by a hash; empty if there is no key
}

// Scheme is the one that the principal's credential came in.
func (p Principal) Scheme() Scheme {
	if p.Thumbprint != "" {
		return DPoP
	}
	return Bearer
}

// Person is who the principal is among the people of all tenants.
func (p Principal) Person() identity.Person { return identity.PersonOf(p.Tenant, p.Subject) }

// Approval names the approval among those of all tenants; empty if there is none.
func (p Principal) Approval() string {
	if p.ApprovalID == "" {
		return ""
	}
	return p.Tenant.Own(p.ApprovalID)
}

// Context is a principal as API Gateway's authorizer context, where each member is a text. One that is empty is absent.
type Context struct {
	Kind       Kind              `json:"kind"`
	Issuer     string            `json:"issuer,omitempty"`
	Tenant     identity.Tenant   `json:"tenant,omitempty"`
	Subject    identity.Subject  `json:"sub"`
	ClientID   identity.ClientID `json:"client_id,omitempty"`
	Scope      string            `json:"scope"` // names with a space between them
	ExpiresAt  int64             `json:"exp,string"`
	TokenID    string            `json:"token_id"`
	MFAAt      int64             `json:"mfa_at,string,omitempty"`
	ApprovalID string            `json:"approval_id,omitempty"`
	Transfer   string            `json:"transfer,omitempty"`
	CustomerID string            `json:"customer_id,omitempty"`
	Thumbprint string            `json:"jkt,omitempty"`
	ProofID    string            `json:"dpop_proof,omitempty"`
	Nonce      string            `json:"dpop_nonce,omitempty"` // for the client's next proof
}

// Context returns the principal's context, without a nonce.
func (p Principal) Context() Context {
	c := Context{
		Kind: p.Kind, Issuer: p.Issuer, Tenant: p.Tenant, Subject: p.Subject, ClientID: p.ClientID,
		Scope: strings.Join(p.Scopes, " "), ExpiresAt: p.ExpiresAt.Unix(), TokenID: p.TokenID,
		ApprovalID: p.ApprovalID, Transfer: p.Transfer, CustomerID: p.CustomerID,
		Thumbprint: p.Thumbprint, ProofID: p.ProofID,
	}
	if !p.MFAAt.IsZero() {
		c.MFAAt = p.MFAAt.Unix()
	}
	return c
}

// FromContext reads a [Context] as API Gateway hands it on. It fails if the context is missing or not ours: then the
// route has no authorizer in front of it, and must let no request in.
func FromContext(context map[string]string) (Principal, error) {
	p := Principal{
		Kind:       Kind(context["kind"]),
		Issuer:     context["issuer"],
		Subject:    identity.Subject(context["sub"]),
		ClientID:   identity.ClientID(context["client_id"]),
		Scopes:     strings.Fields(context["scope"]),
		TokenID:    context["token_id"],
		ApprovalID: context["approval_id"],
		Transfer:   context["transfer"],
		CustomerID: context["customer_id"],
		Thumbprint: context["jkt"],
		ProofID:    context["dpop_proof"],
	}
	if !slices.Contains([]Kind{KindUser, KindClient, KindSession}, p.Kind) || p.Subject == "" || p.TokenID == "" {
		return Principal{}, fmt.Errorf("authorizer context names no principal")
	}
	if (p.Kind == KindSession) != (p.CustomerID != "") {
		return Principal{}, fmt.Errorf("authorizer context: customer_id belongs to a session, and to nothing else")
	}
	// An authorizer from before there were tenants has neither member: its one issuer was Main's.
	if tenant, there := context["tenant"]; there || p.Issuer != "" {
		if _, err := identity.ParseTenant(tenant); err != nil || p.Kind == KindSession {
			return Principal{}, fmt.Errorf("authorizer context: the tenant is malformed, or that of a session")
		}
		p.Tenant = identity.Tenant(tenant)
	} else if p.Kind != KindSession {
		p.Tenant = identity.Main
	}
	if (p.Thumbprint != "") != (p.ProofID != "") || p.Thumbprint != "" && p.Kind == KindSession {
		return Principal{}, fmt.Errorf("authorizer context: a key and its proof belong together, and to no session")
	}
	exp, err := strconv.ParseInt(context["exp"], 10, 64)
	if err != nil {
		return Principal{}, fmt.Errorf("authorizer context: exp is not a number of seconds")
	}
	p.ExpiresAt = time.Unix(exp, 0)
	if mfaAt := context["mfa_at"]; mfaAt != "" {
		seconds, err := strconv.ParseInt(mfaAt, 10, 64)
		if err != nil {
			return Principal{}, fmt.Errorf("authorizer context: mfa_at is not a number of seconds")
		}
		p.MFAAt = time.Unix(seconds, 0)
	}
	return p, nil
}
