package main

import (
	"testing"
	"time"

	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/customer/customertest"
	"drawbridge/shared/rest"
	"drawbridge/shared/rest/resttest"
	"drawbridge/shared/testkit"
)

// asked is a bank in which 1000000001 has paid 1000000002 once and was refused once.
type asked struct {
	handler         rest.Handler
	booked, refused []byte // the answers
	id              string
	key, refusedKey string
}

func ask(t *testing.T) asked {
	t.Helper()
	f := banktest.New(t)
	f.Account(t, "1000000001-01", "EUR", 100_00)
	f.Account(t, "1000000002-01", "EUR", 0)
	paid := f.Request("1000000001-01", "1000000002-01", 1_00)
	refused := f.Request("1000000001-01", "1000000002-01", 900_00)
	first, err := f.Transfer(t.Context(), paid)
	testkit.Must(t, err)
	second, err := f.Transfer(t.Context(), refused)
	testkit.Must(t, err)
	return asked{
		handler: New(customertest.On(t, f.DB, nil), f.Bank, time.Now), booked: first.Answer, refused: second.Answer,
		id: first.TransferID, key: string(paid.Key), refusedKey: string(refused.Key),
	}
}

func (a asked) byKey(t *testing.T, customerID, key string) resttest.Answer {
	t.Helper()
	answer, _ := get(t, a.handler, customerID, map[string]string{"idempotency_key": key})
	return answer
}

func (a asked) byID(t *testing.T, customerID, id string) resttest.Answer {
	t.Helper()
	return resttest.Do(t, a.handler, resttest.Call{
		Method: "GET", Path: "/transfers/{transfer_id}", Parameters: map[string]string{"transfer_id": id},
		Principal: resttest.Session(customerID),
	})
}

func TestAKeyTellsWhatBecameOfItsRequestByteForByte(t *testing.T) {
	a := ask(t)
	for key, want := range map[string]string{
		a.key:             `{"status":"booked","answer":` + string(a.booked) + `}`,
		`"` + a.key + `"`: `{"status":"booked","answer":` + string(a.booked) + `}`,
		a.refusedKey:      `{"status":"refused","answer":` + string(a.refused) + `}`,
		"never-sent":      `{"status":"unknown"}`,
	} {
		answer := a.byKey(t, "1000000001", key)
		if answer.Want(t, 200, ""); answer.Body != want {
			t.Errorf("%s: %s, want %s", key, answer.Body, want)
		}
	}
}

func TestAnotherCustomersKeyIsAnotherKey(t *testing.T) {
	a := ask(t)
	for _, stranger := range []string{"1000000002", "1000000003"} { // the payee too
		if answer := a.byKey(t, stranger, a.key); answer.Body != `{"status":"unknown"}` {
			t.Errorf("%s: %s", stranger, answer.Body)
		}
	}
}

func TestAMalformedKeyOrOneBesideOtherParametersIsRefused(t *testing.T) {
	a := ask(t)
	for _, key := range []string{"", `"half`, "a,b", "a b", `""`} {
		a.byKey(t, "1000000001", key).Want(t, 400, "invalid_request")
	}
	for _, name := range []string{"limit", "next", "from", "to"} {
		answer, _ := get(t, a.handler, "1000000001", map[string]string{"idempotency_key": a.key, name: "1"})
		answer.Want(t, 400, "invalid_request")
	}
}

func TestATransferIsShownToBothItsSidesAndNobodyElse(t *testing.T) {
	a := ask(t)
	for _, side := range []string{"1000000001", "1000000002"} {
		answer := a.byID(t, side, a.id)
		if answer.Want(t, 200, ""); answer.Body != `{"status":"booked","answer":`+string(a.booked)+`}` {
			t.Errorf("%s: %s", side, answer.Body)
		}
	}
	stranger := a.byID(t, "1000000003", a.id)
	stranger.Want(t, 404, "no_such_transfer")
	for _, id := range []string{"tr_aaaaaaaaaaaaaaaaaaaaaaaaaa", "tr_1", "%74r_aaaaaaaaaaaaaaaaaaaaaaaaaa", ""} {
		answer := a.byID(t, "1000000001", id)
		if answer.Want(t, 404, "no_such_transfer"); answer.Body != stranger.Body {
			t.Errorf("%q is told from somebody else's: %s", id, answer.Body)
		}
	}
}
