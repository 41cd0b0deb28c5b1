package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/backchannel"
	"drawbridge/shared/backchannel/backchanneltest"
	"drawbridge/shared/bank"
	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
	"drawbridge/shared/push"
	"drawbridge/shared/rest/resttest"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token/tokentest"
)

// phoneBranch is a branch with the back channel, on a clock that all read. Alice's phone is at hand.
type phoneBranch struct {
	branch
	tenant *backchanneltest.Tenant
	clock  *testkit.Clock
}

func openPhone(t *testing.T) phoneBranch {
	t.Helper()
	b := phoneBranch{branch: open(t), tenant: backchanneltest.New(t), clock: testkit.NewClock()}
	b.tenant.Phones["auth0|alice"] = true
	b.tenant.Now = b.clock.Now
	b.handler = b.process(nil, nil)
	return b
}

// process is a function of its own on the same tables, behind transports of its own.
func (b phoneBranch) process(db, web http.RoundTripper) *handler {
	client := b.DB.Client
	if db != nil {
		client = b.DB.Through(db)
	}
	config := b.Config
	config.Client, config.Answer, config.Now = client, answer, b.clock.Now
	phone := b.tenant.Config
	phone.Transport = web
	return &handler{
		customers: customer.New(customer.Config{Client: client, Table: b.DB.Tables["CustomersTable"], Now: b.clock.Now}),
		bank:      bank.New(config),
		pushes: push.New(push.Config{
			Client: client, Table: b.DB.Tables["ApprovalsTable"], Phone: backchannel.New(phone), Tenant: identity.Main,
			MaxAge: 5 * time.Minute, Now: b.clock.Now,
		}),
		signer: b.branch.handler.signer, binding: b.branch.handler.binding, maxAge: 5 * time.Minute,
		log: b.branch.handler.log, now: b.clock.Now,
	}
}

// looks is alice with a token that may only look, by the branch's clock.
func (b phoneBranch) looks() access.Principal {
	p := daily()
	p.ExpiresAt = b.clock.Now().Add(24 * time.Hour)
	return p
}

func (b phoneBranch) ask(t *testing.T, key, body string) resttest.Answer {
	t.Helper()
	return b.post(t, b.looks(), key, body)
}

// approve is a yes to the last request, and the time until the bank may ask for it.
func (b phoneBranch) approve(t *testing.T) {
	t.Helper()
	b.tenant.Approve(t)
	b.clock.Pass(interval)
}

func (b phoneBranch) rang(t *testing.T, want int) {
	t.Helper()
	if got := len(b.tenant.Pushes()); got != want {
		t.Errorf("the phone rang %d times, want %d", got, want)
	}
}

func (b phoneBranch) paid(t *testing.T, want bank.Amount) {
	t.Helper()
	if got := 2500_00 - b.Balance(t, "1000000001-01"); got != want {
		t.Errorf("the payer paid %d, want %d", got, want)
	}
}

const interval = backchanneltest.Interval

func TestTheBankAsksOnThePhoneAndTheSameRequestPaysOnceItIsApproved(t *testing.T) {
	b := openPhone(t)
	first := b.ask(t, "k1", rent)
	first.Want(t, 202, "")
	want := fmt.Sprintf(`{"status":"approval_pending","expires_at":"%s","from":"1000000001-01","to":"1000000002-01",`+
		`"amount":"250.00","currency":"EUR"}`, b.clock.Now().Add(5*time.Minute).UTC().Format(time.RFC3339))
	if first.Body != want || first.Header["Retry-After"] != "5" {
		t.Errorf("%s %v\nwant %s", first.Body, first.Header, want)
	}
	for range 3 {
		b.clock.Pass(interval)
		b.ask(t, "k1", strings.Replace(rent, "250.00", "250", 1)).Want(t, 202, "")
	}
	b.tenant.Approve(t)
	b.paid(t, 0)
	b.ask(t, "k1", rent).Want(t, 202, "") // too early: Auth0 is not asked
	b.clock.Pass(interval)
	booked := b.ask(t, "k1", rent)
	booked.Want(t, 201, "")
	if again := b.ask(t, "k1", rent); again.Status != 201 || again.Body != booked.Body {
		t.Errorf("then %d %s", again.Status, again.Body)
	}
	b.rang(t, 1)
	b.paid(t, 250_00)
}

func TestACodeOfTheBankAsksTheIdentityOfItsCustomer(t *testing.T) {
	b := openPhone(t)
	p := code()
	p.ExpiresAt = b.clock.Now().Add(time.Hour)
	b.post(t, p, "k1", rent).Want(t, 202, "")
	b.approve(t)
	b.post(t, p, "k1", rent).Want(t, 201, "")
	if sub := b.tenant.Pushes()[0].Sub; sub != "auth0|alice" {
		t.Errorf("asked %s", sub)
	}
}

func TestDeniedAndExpiredAreTheLastWordOfAKey(t *testing.T) {
	b := openPhone(t)
	b.ask(t, "denied", rent).Want(t, 202, "")
	b.tenant.Deny(t)
	b.clock.Pass(interval)
	for range 2 {
		b.ask(t, "denied", rent).Want(t, 403, "approval_denied")
		b.clock.Pass(24 * time.Hour)
	}
	b.ask(t, "expired", rent).Want(t, 202, "")
	b.tenant.Approve(t) // and nobody fetches it
	b.clock.Pass(5 * time.Minute)
	for range 2 {
		b.ask(t, "expired", rent).Want(t, 403, "approval_expired")
		b.clock.Pass(24 * time.Hour)
	}
	b.rang(t, 2)
	b.paid(t, 0)
}

func TestAnotherRequestUnderTheKeyIsRefusedWhateverBecomesOfThePush(t *testing.T) {
	b := openPhone(t)
	others := []string{
		strings.Replace(rent, "250.00", "250.01", 1), strings.Replace(rent, "1000000002-01", "1000000002-02", 1),
		strings.Replace(rent, `"EUR"`, `"EUR","reference":"x"`, 1),
	}
	b.Account(t, "1000000002-02", "EUR", 0)
	refused := func() {
		t.Helper()
		for _, other := range others {
			b.ask(t, "k1", other).Want(t, 422, "idempotency_key_reused")
		}
	}
	b.ask(t, "k1", rent).Want(t, 202, "")
	refused()
	b.approve(t)
	refused()
	b.ask(t, "k1", rent).Want(t, 201, "")
	refused()
	b.paid(t, 250_00)
	b.rang(t, 1)
}

func TestWhatIsKnownIsSaidBeforeThePhoneRings(t *testing.T) {
	b := openPhone(t)
	b.ask(t, "k1", strings.Replace(rent, "250.00", "2500.01", 1)).Want(t, 422, "insufficient_funds")
	b.ask(t, "k1", strings.Replace(rent, "1000000002-01", "1999999999-01", 1)).Want(t, 422, "no_such_account")
	b.rang(t, 0)
	b.ask(t, "k1", rent).Want(t, 202, "") // the key is still free
	p := approved("a1")
	p.ExpiresAt, p.MFAAt = b.clock.Now().Add(time.Hour), b.clock.Now()
	b.post(t, p, "k1", rent).Want(t, 201, "") // by the redirect, meanwhile
	b.ask(t, "k1", rent).Want(t, 201, "")
	b.paid(t, 250_00)
}

func TestWhatAnApprovedTransferBreaksIsItsAnswerForGood(t *testing.T) {
	b := openPhone(t)
	b.ask(t, "k1", rent).Want(t, 202, "")
	b.ask(t, "k2", strings.Replace(rent, "250.00", "2400.00", 1)).Want(t, 202, "")
	b.approve(t)
	b.ask(t, "k2", strings.Replace(rent, "250.00", "2400.00", 1)).Want(t, 201, "")
	b.ask(t, "k1", rent).Want(t, 422, "insufficient_funds") // known without an approval
	b.Deposit(t, "1000000001-01", 200_00, "EUR", "more")
	b.ask(t, "k1", rent).Want(t, 202, "") // so it is not kept
}

func TestACallerWithAnApprovalAndOneWhomNobodyCanAskAreChallenged(t *testing.T) {
	b := openPhone(t)
	stale := approved("a1")
	stale.ExpiresAt, stale.MFAAt = b.clock.Now().Add(time.Hour), b.clock.Now().Add(-time.Hour)
	core(t, b.post(t, stale, "k1", rent))
	abroad := b.looks()
	abroad.Tenant = "another"
	testkit.Must(t, b.handler.customers.Link(t.Context(), "1000000001", abroad.Person()))
	core(t, b.post(t, abroad, "k1", rent))
	b.rang(t, 0)
	b.tenant.Phones["auth0|alice"] = false
	for range 2 {
		answer := b.ask(t, "k1", rent)
		answer.Want(t, 403, "insufficient_scope")
		core(t, answer)
	}
	nobody := `"reason":"nobody","cause":"backchannel: the person cannot be asked: unknown_user_id"`
	if strings.Count(b.log.String(), nobody) != 1 {
		t.Errorf("on record: %s", b.log)
	}
	b.tenant.Phones["auth0|alice"] = true
	b.clock.Pass(time.Minute)
	b.ask(t, "k1", rent).Want(t, 202, "")
}

func TestALoginThatIsTooNewOrUnlinkedApprovesNothingOnThePhone(t *testing.T) {
	b := openPhone(t)
	b.ask(t, "k1", rent).Want(t, 202, "")
	b.approve(t)
	p := code()
	p.ExpiresAt = b.clock.Now().Add(48 * time.Hour)
	testkit.Must(t, b.handler.customers.Unlink(t.Context(), "1000000001", "auth0|alice"))
	b.post(t, p, "k1", rent).Want(t, 403, "approval_denied")
	own := b.handler.customers.LinkOwn("1000000001", "auth0|alice")
	testkit.Must(t, dynamo.Transact(t.Context(), b.DB.Client, own...))
	b.post(t, p, "k2", rent).Want(t, 403, "approver_too_new")
	b.rang(t, 1)
	b.clock.Pass(customer.Probation)
	b.post(t, p, "k2", rent).Want(t, 202, "")
	b.paid(t, 0)
}

func TestALoginThatIsUnlinkedBetweenItsApprovalAndTheBookingBooksNothing(t *testing.T) {
	b := openPhone(t)
	b.ask(t, "k1", rent).Want(t, 202, "")
	b.approve(t)
	b.handler = b.process(refusing(3), nil)
	b.ask(t, "k1", rent).Want(t, 500, "internal_error") // the approval is written down, and nothing is booked
	b.handler = b.process(nil, nil)
	testkit.Must(t, b.handler.customers.Unlink(t.Context(), "1000000001", "auth0|alice"))
	p := code()
	p.ExpiresAt = b.clock.Now().Add(time.Hour)
	b.post(t, p, "k1", rent).Want(t, 403, "approval_denied")
	b.paid(t, 0)
}

func TestATokenThatApprovesSomethingElseBooksNothing(t *testing.T) {
	b := openPhone(t)
	other := b.tenant.Config // what a person approved for another transfer, under another key
	details := func(amount string) []map[string]any {
		b.ask(t, "of-"+amount, strings.Replace(rent, "250.00", amount, 1)).Want(t, 202, "")
		pushes := b.tenant.Pushes()
		return pushes[len(pushes)-1].Details
	}
	for name, forged := range map[string]tokentest.Option{
		"another amount": tokentest.Claim("authorization_details", details("1.00")),
		"two transfers":  tokentest.Claim("authorization_details", append(details("2.00"), details("3.00")...)),
		"another client": tokentest.Claim("client_id", string(other.ClientID)+"2"),
		"another person": tokentest.Claim("sub", "auth0|mallory"),
	} {
		b.clock.Pass(time.Hour)
		key := strings.ReplaceAll(name, " ", "-")
		b.tenant.Forge(forged)
		b.ask(t, key, rent).Want(t, 202, "")
		b.approve(t)
		b.ask(t, key, rent).Want(t, 403, "approval_expired")
		b.clock.Pass(interval)
		b.ask(t, key, rent).Want(t, 403, "approval_expired")
	}
	b.paid(t, 0)
}

func TestWhoWasAskedAndWhatTheySaidIsOnRecordOnceAndNoTokenIs(t *testing.T) {
	b := openPhone(t)
	b.ask(t, "k1", rent).Want(t, 202, "")
	b.clock.Pass(interval)
	b.ask(t, "k1", rent).Want(t, 202, "")
	b.approve(t)
	b.ask(t, "k1", rent).Want(t, 201, "")
	b.ask(t, "k2", rent).Want(t, 202, "")
	b.tenant.Deny(t)
	b.clock.Pass(interval)
	b.ask(t, "k2", rent).Want(t, 403, "approval_denied")
	b.ask(t, "k2", rent).Want(t, 403, "approval_denied")
	var got []string
	id := ""
	for _, record := range b.log.Lines(t) {
		got = append(got, fmt.Sprint(record["event"], " ", record["sub"], " ", record["reason"]))
		if given, ok := record["approval_id"].(string); ok {
			if id != "" && id != given {
				t.Errorf("approved was %s, paid by %s", id, given)
			}
			id = given
		}
	}
	want := "[approval_asked auth0|alice <nil> approval_given auth0|alice <nil> transfer_made auth0|alice <nil> " +
		"approval_asked auth0|alice <nil> approval_refused auth0|alice denied]"
	if fmt.Sprint(got) != want || !strings.HasPrefix(id, "ciba#") {
		t.Errorf("on record: %v, %s", got, id)
	}
	for _, push := range b.tenant.Pushes() {
		if strings.Contains(b.log.String(), push.ID) || strings.Contains(b.log.String(), "eyJ") {
			t.Error("a secret is on record")
		}
	}
}
