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
	"drawbridge/shared/customer/customertest"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/identity"
	"drawbridge/shared/rest"
	"drawbridge/shared/rest/resttest"
	"drawbridge/shared/testkit"
)

// ask sends a request of a user; auth0|alice is customer 1000000001. database is the way to the tables.
func ask(t *testing.T, database http.RoundTripper, sub identity.Subject) resttest.Answer {
	t.Helper()
	db := dynamotest.New(t)
	customertest.On(t, db, map[string]identity.Person{"1000000001": "auth0|alice"})
	asked := customertest.On(t, db, nil, func(c *customer.Config) { c.Client = db.Through(database) })
	handler := caller.Customer(asked,
		func(_ context.Context, _ *rest.Request, customerID string) (rest.Response, error) {
			return rest.JSON(200, map[string]string{"customer_id": customerID}), nil
		})
	guarded := rest.Guard(access.ScopeViewBalance, []access.Kind{access.KindUser}, time.Now, handler)
	call := resttest.Call{Method: "GET", Path: "/", Principal: resttest.User(sub, access.ScopeViewBalance)}
	return resttest.Do(t, guarded, call)
}

func TestARequestIsMadeInItsCustomersName(t *testing.T) {
	answer := ask(t, dynamotest.Transport(), "auth0|alice")
	if answer.Want(t, 200, ""); answer.Member(t, "customer_id") != "1000000001" {
		t.Error(answer.Body)
	}
}

func TestWhoIsNobodysCustomerIsRefused(t *testing.T) {
	ask(t, dynamotest.Transport(), "auth0|mallory").Want(t, 403, "not_a_customer")
}

func TestADatabaseThatCannotBeAskedIsNotARefusal(t *testing.T) {
	broken := testkit.RoundTrip(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF })
	answer := ask(t, broken, "auth0|alice")
	answer.Want(t, 503, "unavailable")
	if answer.Header["Retry-After"] == "" {
		t.Error("no Retry-After")
	}
}
