package resttest

import (
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/identity"
)

// User is a person of the main tenant with an access token of Auth0, good for an hour.
func User(sub identity.Subject, scopes ...string) access.Principal {
	return access.Principal{
		Kind: access.KindUser, Subject: sub, TokenID: "token-1", Scopes: scopes, ExpiresAt: time.Now().Add(time.Hour),
	}
}

// Session is a customer with an authorization code of the bank, good for an hour.
func Session(customerID string) access.Principal {
	return access.Principal{
		Kind: access.KindSession, Subject: identity.Subject("customer|" + customerID), CustomerID: customerID,
		TokenID: "session-1", Scopes: []string{access.ScopeViewBalance}, ExpiresAt: time.Now().Add(time.Hour),
	}
}

// Machine is a client with a token of its own, good for an hour.
func Machine(clientID identity.ClientID, scopes ...string) access.Principal {
	return access.Principal{
		Kind: access.KindClient, Subject: identity.Subject(clientID + "@clients"), ClientID: clientID,
		TokenID: "token-1", Scopes: scopes, ExpiresAt: time.Now().Add(time.Hour),
	}
}
