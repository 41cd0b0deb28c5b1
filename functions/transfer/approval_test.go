package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/approval"
	"drawbridge/shared/bank"
	"drawbridge/shared/customer"
	"drawbridge/shared/customer/customertest"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
	"drawbridge/shared/rest/resttest"
	"drawbridge/shared/testkit"
)

// daily is alice with a token that may only look.
func daily() access.Principal {
	p := approved("")
	p.Scopes, p.MFAAt = []string{access.ScopeViewBalance}, time.Time{}
	return p
}

// bound is alice with an approval of the transfer in a challenge.
func bound(t *testing.T, id string, challenge resttest.Answer) access.Principal {
	t.Helper()
	p := approved(id)
	p.Transfer = core(t, challenge)
	return p
}

// core is the core of the transfer text in a challenge: what the Action step-up puts into the token.
func core(t *testing.T, challenge resttest.Answer) string {
	t.Helper()
	text, _ := challenge.Member(t, "transfer").(string)
	fields := strings.Split(text, " ")
	if len(fields) != 9 || !strings.Contains(challenge.Header["WWW-Authenticate"], `, transfer="`+text+`"`) {
		t.Fatalf("transfer %q, challenge %q", text, challenge.Header["WWW-Authenticate"])
	}
	return strings.Join(fields[3:8], " ")
}

func TestAChallengeSaysWhatToApproveAndTheApprovalPaysForIt(t *testing.T) {
	b := open(t)
	b.handler.binding = approval.Required
	challenge := b.post(t, daily(), "k1", rent)
	challenge.Want(t, 403, "insufficient_scope")
	want := approval.Of(bank.TransferRequest{
		From: "1000000001-01", To: "1000000002-01", Amount: 250_00, Currency: "EUR", Key: "k1",
	}).String()
	if got := core(t, challenge); got != want {
		t.Errorf("the text's core is %q, want %q", got, want)
	}
	b.post(t, bound(t, "a1", challenge), "k1", strings.Replace(rent, "250.00", "250", 1)).Want(t, 201, "")
}

func TestAnApprovalOfOneTransferPaysForNoOther(t *testing.T) {
	b := open(t)
	b.Account(t, "1000000001-02", "EUR", 2500_00)
	b.Account(t, "1000000002-02", "EUR", 0)
	b.Account(t, "1000000001-03", "USD", 2500_00)
	b.Account(t, "1000000002-03", "USD", 0)
	p := bound(t, "a1", b.post(t, daily(), "k1", rent))
	change := func(from, to string) string { return strings.Replace(rent, from, to, 1) }
	for name, other := range map[string]struct{ key, body string }{
		"another payer":              {"k1", change("1000000001-01", "1000000001-02")},
		"another payee":              {"k1", change("1000000002-01", "1000000002-02")},
		"payer's own, not the payee": {"k1", change("1000000002-01", "1000000001-02")},
		"a cent more":                {"k1", change("250.00", "250.01")},
		"a cent less":                {"k1", change("250.00", "249.99")},
		"ten times as much":          {"k1", change("250.00", "2500.00")},
		"another currency": {"k1", strings.NewReplacer(
			"EUR", "USD", "1000000001-01", "1000000001-03", "1000000002-01", "1000000002-03").Replace(rent)},
		"another key":         {"k2", rent},
		"a reference":         {"k1", change(`"EUR"`, `"EUR","reference":"rent"`)},
		"the key in capitals": {"K1", rent},
	} {
		t.Run(name, func(t *testing.T) {
			for _, binding := range []approval.Binding{approval.Required, approval.Optional} {
				b.handler.binding = binding
				answer := b.post(t, p, other.key, other.body)
				answer.Want(t, 401, "approval_mismatch")
				if answer.Member(t, "error") != "insufficient_user_authentication" || core(t, answer) == p.Transfer {
					t.Errorf("%s: %s", binding, answer.Body)
				}
			}
		})
	}
	b.post(t, p, `"k1"`, rent).Want(t, 201, "") // none of those has used the approval up
}

func TestAnApprovalOfAReferencePaysForThatReferenceAlone(t *testing.T) {
	b := open(t)
	with := func(reference string) string {
		return strings.Replace(rent, `"EUR"`, `"EUR","reference":"`+reference+`"`, 1)
	}
	p := bound(t, "a1", b.post(t, daily(), "k1", with("Rent 11/2026")))
	for _, body := range []string{rent, with(""), with("Rent 12/2026"), with("rent 11/2026")} {
		b.post(t, p, "k1", body).Want(t, 401, "approval_mismatch")
	}
	b.post(t, p, "k1", with("Rent 11/2026")).Want(t, 201, "")
}

func TestATokenWhoseTransferIsUnreadablePaysNothing(t *testing.T) {
	b := open(t)
	good := bound(t, "a1", b.post(t, daily(), "k1", rent)).Transfer
	twoSpaces := strings.Replace(good, " ", "  ", 1)
	for _, text := range []string{" ", good + " ", " " + good, good + " x", twoSpaces, "v1 " + good} {
		p := approved("a1")
		p.Transfer = text
		b.post(t, p, "k1", rent).Want(t, 401, "approval_mismatch")
	}
}

func TestAnApprovalForNoTransferPaysOnlyWhereItNeedNotNameOne(t *testing.T) {
	b := open(t)
	for _, binding := range []approval.Binding{approval.Required, ""} {
		b.handler.binding = binding
		answer := b.post(t, approved("a1"), "k1", rent)
		answer.Want(t, 401, "approval_not_bound")
		core(t, answer)
	}
	b.handler.binding = approval.Optional
	b.post(t, approved("a1"), "k1", rent).Want(t, 201, "")
}

func TestTheScopeWithoutAnApprovalPaysNothing(t *testing.T) {
	b := open(t)
	p := approved("")
	p.Transfer = bound(t, "a1", b.post(t, daily(), "k1", rent)).Transfer
	b.post(t, p, "k1", rent).Want(t, 401, "insufficient_user_authentication")
}

func TestOneApprovalInManyTokensPaysOnce(t *testing.T) {
	b := open(t)
	one, other := approved("a1"), approved("a1")
	other.TokenID, other.ExpiresAt, other.MFAAt = "another", time.Now().Add(30*time.Hour), time.Now()
	b.post(t, one, "k1", rent).Want(t, 201, "")
	used := b.post(t, other, "k2", rent)
	used.Want(t, 401, "insufficient_user_authentication")
	core(t, used)
}

func TestWhatCannotSucceedIsRefusedBeforeTheChallengeAndKeptUnderNoKey(t *testing.T) {
	b := open(t)
	b.Account(t, "1000000002-02", "USD", 0)
	for name, c := range map[string]struct{ body, code string }{
		"no such payee":           {strings.Replace(rent, "1000000002-01", "1999999999-01", 1), "no_such_account"},
		"somebody else's account": {strings.Replace(rent, "1000000001-01", "1000000002-01", 1), "no_such_account"},
		"not enough money":        {strings.Replace(rent, "250.00", "2500.01", 1), "insufficient_funds"},
		"payer in other currency": {strings.Replace(rent, "EUR", "USD", 1), "currency_mismatch"},
		"payee in other currency": {strings.Replace(rent, "1000000002-01", "1000000002-02", 1), "currency_mismatch"},
		"payer is payee":          {strings.Replace(rent, "1000000002-01", "1000000001-01", 1), "same_account"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, p := range []access.Principal{daily(), approved("")} {
				b.post(t, p, "k1", c.body).Want(t, 422, c.code)
			}
		})
	}
	if b.log.String() != "" {
		t.Errorf("on record as outcomes: %s", b.log)
	}
	b.post(t, approved("a1"), "k1", rent).Want(t, 201, "") // k1 is still free
}

func TestAKeyThatWasAnsweredNeedsNoApproval(t *testing.T) {
	b := open(t)
	first := b.post(t, approved("a1"), "k1", rent)
	refused := b.post(t, approved("a2"), "k2", strings.Replace(rent, "250.00", "2250.01", 1))
	for name, p := range map[string]access.Principal{
		"a daily token": daily(), "no approval": approved(""), "a code": code(),
	} {
		if again := b.post(t, p, "k1", rent); again.Status != 201 || again.Body != first.Body {
			t.Errorf("%s: first %s\nthen %d %s", name, first.Body, again.Status, again.Body)
		}
		again := b.post(t, p, "k2", strings.Replace(rent, "250.00", "2250.01", 1))
		if again.Status != 422 || again.Body != refused.Body {
			t.Errorf("%s: first %s\nthen %d %s", name, refused.Body, again.Status, again.Body)
		}
		b.post(t, p, "k1", strings.Replace(rent, "250.00", "1.00", 1)).Want(t, 422, "idempotency_key_reused")
	}
}

// code is customer 1000000001 with an authorization code of the bank.
func code() access.Principal {
	return resttest.Session("1000000001")
}

func TestACodesTextIsForTheIdentitiesOfItsCustomer(t *testing.T) {
	b := open(t)
	people := func(p access.Principal) []string {
		answer := b.post(t, p, "k1", rent)
		answer.Want(t, 403, "insufficient_scope")
		text, _ := answer.Member(t, "transfer").(string)
		if text == "" {
			return nil
		}
		return strings.Split(strings.Fields(text)[2], ".")
	}
	own := people(daily())
	if got := people(code()); !slices.Equal(got, own) || len(own) != 1 {
		t.Errorf("the code's text is for %v, the token's for %v", got, own)
	}
	for i := range 6 {
		testkit.Must(t, b.handler.customers.Link(t.Context(), "1000000001", alias(i)))
	}
	if got := people(code()); len(got) != approval.MaxPeople || !slices.Contains(got, own[0]) {
		t.Errorf("of seven identities, the text is for %v", got)
	}
	links, err := b.handler.customers.Links(t.Context(), "1000000001")
	testkit.Must(t, err)
	for _, link := range links {
		testkit.Must(t, b.handler.customers.Unlink(t.Context(), "1000000001", link.Person))
	}
	if got := people(code()); got != nil {
		t.Errorf("without identities, the text is for %v", got)
	}
}

func TestOnlyTenPayeesADayAreTalkedOfWithoutAnApproval(t *testing.T) {
	b := open(t)
	codes := map[string]int{}
	ask := func(n int) resttest.Answer {
		payee := fmt.Sprintf("1999999999-%02d", n)
		return b.post(t, daily(), fmt.Sprintf("k%d", n), strings.Replace(rent, "1000000002-01", payee, 1))
	}
	for n := range 2 * bank.PayeesADay {
		codes[fmt.Sprint(ask(n).Member(t, "code"))]++
	}
	want := map[string]int{"no_such_account": bank.PayeesADay, "insufficient_scope": bank.PayeesADay}
	if !maps.Equal(codes, want) {
		t.Errorf("answers %v, want %v", codes, want)
	}
	ask(0).Want(t, 422, "no_such_account") // which is known already
	b.post(t, daily(), "own", strings.Replace(rent, "1000000002-01", "1000000001-55", 1)).Want(t, 422, "no_such_account")
	b.post(t, daily(), "good", rent).Want(t, 403, "insufficient_scope") // no wish is kept from the phone
	b.Now = b.Now.Add(24 * time.Hour)
	ask(2*bank.PayeesADay-1).Want(t, 422, "no_such_account")
}

func alias(i int) identity.Person { return identity.Person(fmt.Sprintf("auth0|alice-%d", i)) }

func TestALoginThatACustomerLinkedThemselfApprovesNothingForADay(t *testing.T) {
	b := open(t)
	b.handler.binding = approval.Required
	clock := time.Now()
	b.handler.customers = customertest.On(t, b.DB, nil, func(c *customer.Config) {
		c.Now = func() time.Time { return clock }
	})
	testkit.Must(t, b.handler.customers.Unlink(t.Context(), "1000000001", "auth0|alice"))
	testkit.Must(t, dynamo.Transact(t.Context(), b.DB.Client, b.handler.customers.LinkOwn("1000000001", "auth0|own")...))
	own := daily()
	own.Subject = "auth0|own"
	for _, code := range []string{"approver_too_new", "insufficient_scope"} {
		for _, p := range []access.Principal{own, resttest.Session("1000000001")} {
			b.post(t, p, "k1", rent).Want(t, 403, code)
		}
		clock = clock.Add(24 * time.Hour)
	}
	testkit.Must(t, b.handler.customers.Link(t.Context(), "1000000001", "auth0|branch")) // an operator looks at a passport
	clock = clock.Add(-48 * time.Hour)
	core(t, b.post(t, code(), "k2", rent))
}

// An approval_id is made at the tenant, which could choose another tenant's.
func TestOneApprovalIDOfTwoTenantsIsTwoApprovals(t *testing.T) {
	b := open(t)
	testkit.Must(t, b.handler.customers.Link(t.Context(), "1000000001", identity.PersonOf("acme", "auth0|alice")))
	ours, theirs := approved("a1"), approved("a1")
	ours.Tenant, theirs.Tenant = identity.Main, "acme"
	b.post(t, theirs, "k1", rent).Want(t, 201, "")
	b.post(t, ours, "k2", rent).Want(t, 201, "")
	for i, p := range []access.Principal{theirs, ours} {
		b.post(t, p, fmt.Sprint("again-", i), rent).Want(t, 401, "insufficient_user_authentication")
	}
}

// The tenant has a new name: what was used up under the old one stays so.
func TestAnApprovalIsUsedUpUnderEachNameOfItsTenant(t *testing.T) {
	b := open(t)
	former, current := approved("a1"), approved("a1")
	former.Issuer, former.Tenant = "https://bank.eu.auth0.com/", identity.Main
	current.Issuer, current.Tenant = "https://login.bank.example/", identity.Main
	b.post(t, former, "k1", rent).Want(t, 201, "")
	b.post(t, current, "k2", rent).Want(t, 401, "insufficient_user_authentication")
}

func TestTheSameSubAtAnotherTenantPaysFromNobodysAccount(t *testing.T) {
	b := open(t)
	stranger := approved("a1")
	stranger.Tenant = "acme"
	b.post(t, stranger, "k1", rent).Want(t, 403, "not_a_customer")
}
