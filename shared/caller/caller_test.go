package caller_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/caller"
	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/identity"
	"drawbridge/shared/rest"
	"drawbridge/shared/rest/resttest"
)

// ask sends a request of a user; auth0|alice is customer 1000000001. database is the way to the tables.
func ask(t *testing.T, database http.RoundTripper, sub string) resttest.Answer {
	t.Helper()
	db := dynamotest.New(t)
	healthy := directory(t, customer.Config{Client: db.Client, Table: db.Tables["CustomersTable"]})
	if err := healthy.Create(t.Context(), customer.Customer{ID: "1000000001", Name: "Alice"}); err != nil {
		t.Fatal(err)
	}
	if err := healthy.Link(t.Context(), "1000000001", "auth0|alice"); err != nil {
		t.Fatal(err)
	}
	asked := directory(t, customer.Config{Client: db.Through(database), Table: db.Tables["CustomersTable"]})
	handler := caller.Customer(asked,
		func(_ context.Context, _ *rest.Request, customerID string) (rest.Response, error) {
			return rest.JSON(200, map[string]string{"customer_id": customerID}), nil
		})
	guarded := rest.Guard(access.ScopeViewBalance, []access.Kind{access.KindUser}, time.Now, handler)
	return resttest.Do(t, guarded, resttest.Call{Method: "GET", Path: "/", Principal: access.Principal{
		Kind: access.KindUser, Subject: identity.Subject(sub), TokenID: "t", Scopes: []string{access.ScopeViewBalance},
		ExpiresAt: time.Now().Add(time.Minute),
	}})
}

// broken is a network on which nothing arrives.
type broken struct{}

func (broken) RoundTrip(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }

func directory(t *testing.T, c customer.Config) *customer.Directory {
	t.Helper()
	d := customer.New(c)
	return d
}

func TestARequestIsMadeInItsCustomersName(t *testing.T) {
	if answer := ask(t, dynamotest.Transport(), "auth0|alice"); answer.Status != 200 ||
		answer.Member(t, "customer_id") != "1000000001" {
		t.Errorf("%d %s", answer.Status, answer.Body)
	}
}

func TestWhoIsNobodysCustomerIsRefused(t *testing.T) {
	ask(t, dynamotest.Transport(), "auth0|mallory").Want(t, 403, "not_a_customer")
}

func TestADatabaseThatCannotBeAskedIsNotARefusal(t *testing.T) {
	answer := ask(t, broken{}, "auth0|alice")
	answer.Want(t, 503, "unavailable")
	if answer.Header["Retry-After"] == "" {
		t.Error("no Retry-After")
	}
}
