package main

import (
	"errors"

	"drawbridge/shared/access"
	"drawbridge/shared/token/dpop"
)

// binding says which tokens are bound to a key of the client's and come with its proof (DPoP, RFC 9449).
type binding string

const (
	bindingOff      binding = "off"      // none: a token that is bound is refused
	bindingAllowed  binding = "allowed"  // those whose issuer has bound them
	bindingRequired binding = "required" // those of people; machines and the bank's codes may be bearers
)

const (
	reasonNotBound        = "not_bound"        // by the scheme DPoP, but bound to no key
	reasonBoundAsBearer   = "bound_as_bearer"  // bound to a key, but by the scheme Bearer
	reasonBindingRequired = "binding_required" // a person's, bound to no key
)

const (
	descriptionNotBound        = "The token is bound to no key"
	descriptionBoundAsBearer   = "The token is bound to a key: send it by the scheme DPoP, with a proof"
	descriptionBindingRequired = "The token must be bound to a key"
	descriptionOtherKey        = "The token is bound to another key"
	descriptionUseNonce        = "The DPoP proof must have the nonce of the header DPoP-Nonce"
	descriptionOtherRequest    = "The DPoP proof is for another request"
	descriptionOtherTime       = "The DPoP proof is of another time"
	descriptionProof           = "The DPoP proof is not valid"
)

// decideBinding decides about a good token: whether it may come by this scheme and, if it is bound to a key, with this
// proof.
func (a *Authorizer) decideBinding(d decision, e event, scheme access.Scheme, raw string) decision {
	p := &d.principal
	switch {
	case p.Thumbprint == "" && scheme == access.DPoP:
		return d.deny(reasonNotBound, descriptionNotBound)
	case p.Thumbprint == "" && a.binding == bindingRequired && p.Kind == access.KindUser:
		d.scheme = access.DPoP
		return d.deny(reasonBindingRequired, descriptionBindingRequired)
	case p.Thumbprint == "":
		return d
	}
	d.nonce = a.proofs.Nonce(p.Thumbprint)
	if scheme != access.DPoP {
		d.scheme = access.DPoP
		return d.deny(reasonBoundAsBearer, descriptionBoundAsBearer)
	}
	domain, path := e.address()
	proof, err := a.proofs.Verify(e.proofs, dpop.Request{
		Method: e.method, Domain: domain, ContextPath: path, Path: e.path,
		Token: raw, Issuer: p.Issuer, Thumbprint: p.Thumbprint,
	})
	var refusal *dpop.Error
	if errors.As(err, &refusal) {
		d.code, d.name = refusal.Code(), refusal.Name
		return d.deny(string(refusal.Reason), describe(refusal.Reason))
	}
	p.ProofID = proof.ID
	return d
}

// deny turns an Allow into a Deny. Of the caller only the token's kid and issuer are logged.
func (d decision) deny(reason, description string) decision {
	d.principal = access.Principal{}
	d.reason, d.description = reason, description
	return d
}

// describe says what a client's developer can mend.
func describe(reason dpop.Reason) string {
	switch reason {
	case dpop.NonceMissing, dpop.NonceRefused:
		return descriptionUseNonce
	case dpop.WrongMethod, dpop.WrongURI, dpop.WrongToken:
		return descriptionOtherRequest
	case dpop.TooOld, dpop.TooEarly:
		return descriptionOtherTime
	case dpop.WrongKey:
		return descriptionOtherKey
	}
	return descriptionProof
}

// challenge is the WWW-Authenticate header of a Deny. A caller whose bearer token was refused learns that there is DPoP
// (RFC 9449 section 7.2); one whose token is bound never hears of Bearer. api is the API's URL, if it is known.
func (d decision) challenge(api string) string {
	challenge := access.Challenge{Code: d.code, Description: d.description}
	header := challenge.Header(d.scheme)
	if api != "" {
		header += `, resource_metadata="` + api + `/.well-known/oauth-protected-resource"`
	}
	if d.scheme == access.Bearer {
		header += `, DPoP algs="` + access.ProofAlgorithm + `"`
	}
	return header
}
