package template_test

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/local/iam"
	"drawbridge/shared/access"
	"drawbridge/shared/backchannel"
	"drawbridge/shared/backchannel/backchanneltest"
	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/bridge"
	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
	"drawbridge/shared/push"
	"drawbridge/shared/reconcile"
	"drawbridge/shared/reconcile/reconciletest"
	"drawbridge/shared/session"
	"drawbridge/shared/testkit"
)

// What the functions do, each under its function's own policies, also the steps that a walk through the system seldom
// takes. The commands of the operators are tested under theirs in functions/admin.
var walks = map[string]func(deployed){"login": logIn, "address": logInByAddress, "identities": linkOwn,
	"bridge": crossTheBridge, "bank": moveMoney, "phone": askByPhone, "own items": keepOwnItems}

func TestThePoliciesAllowWhatTheFunctionsDoAndNothingIdle(t *testing.T) {
	used := &uses{of: map[use]bool{}}
	for name, walk := range walks {
		t.Run(name, func(t *testing.T) { walk(deploy(t, used)) })
	}
	for _, f := range linking(t).Functions {
		for _, s := range f.Policies {
			for _, action := range s.Actions {
				if f.LogicalID != "AdminFunction" && !used.of[use{f.LogicalID,
					iam.Need{Action: action, Resource: s.Resources[0]}}] {
					t.Errorf("%s never needs to %s, as %s allows", f.LogicalID, action, s.Sid)
				}
			}
		}
	}
}

func logIn(d deployed) {
	d.customers()
	client := d.as("LoginFunction")
	directory, sessions := d.directory(client, nil), d.sessions(client, 0)
	for range 2 { // the first time, the hash is renewed too, and the address is not known yet
		login, err := directory.Authenticate(d.Context(), "ada", secret, "192.0.2.1")
		d.must(err)
		_, err = sessions.Issue(d.Context(), login.CustomerID, login.Writes...)
		d.must(err)
	}
	for _, name := range []string{"ada", "nobody"} {
		_, err := directory.Authenticate(d.Context(), name, "wrong", "192.0.2.1")
		testkit.WantError(d, err, customer.ErrRefused)
	}
	for range session.MaxPerCustomer { // the oldest make room
		_, err := sessions.Issue(d.Context(), ada)
		d.must(err)
	}
	_, err := directory.Identify(d.Context(), customer.Identity{Person: "auth0|stranger", Email: ada + "@example.com",
		EmailVerified: true}, "192.0.2.1")
	testkit.WantError(d, err, customer.ErrUnknownIdentity)
}

func logInByAddress(d deployed) {
	d.customers()
	client := d.as("LoginFunction")
	directory := customer.New(customer.Config{Client: client, Table: d.db.Tables["CustomersTable"],
		Providers: []string{"auth0"}})
	sessions := d.sessions(client, 0)
	d.must(d.directory(d.db.Client, nil).Create(d.Context(),
		customer.Customer{ID: "1000000003", Email: "carol@example.com"}))
	id := customer.Identity{Person: "auth0|carol", Email: "carol@example.com", EmailVerified: true}
	for range 2 { // the first time it is linked
		login, err := directory.Identify(d.Context(), id, "192.0.2.1")
		d.must(err)
		_, err = sessions.Issue(d.Context(), login.CustomerID, login.Writes...)
		d.must(err)
	}
}

func linkOwn(d deployed) {
	d.customers()
	client := d.as("IdentitiesFunction")
	directory, sessions := d.directory(client, nil), d.sessions(client, 0)
	by, err := d.sessions(d.db.Client, 0).Issue(d.Context(), ada)
	d.must(err)
	_, err = sessions.Get(d.Context(), by.Session.ID)
	d.must(err)
	sessionID, _, err := d.nonces(d.db.Client).Issue(d.Context(), "auth0|own", "app")
	d.must(err)
	d.must(d.nonces(client).Redeem(d.Context(), sessionID, "auth0|own", "app", directory.LinkOwn(ada, "auth0|own")...))
	if links, err := directory.Links(d.Context(), ada); len(links) != 2 || err != nil {
		d.Errorf("%v, %v", links, err)
	}
	opened, err := d.sessions(d.db.Client, 0).Draft(d.Context(), ada, session.ByIdentity("auth0|own"))
	d.must(err)
	d.must(dynamo.Transact(d.Context(), d.db.Client, opened.Writes...))
	d.must(directory.Unlink(d.Context(), ada, "auth0|own"))
	if ended, err := sessions.RevokeOpenedBy(d.Context(), ada, session.ByIdentity("auth0|own")); ended != 1 || err != nil {
		d.Errorf("%d, %v", ended, err)
	}
}

// The rights to link are there only if somebody may be linked.
func TestWithoutProvidersTheLoginReachesNoAddressAndWritesNoIdentity(t *testing.T) {
	login, _ := project(t).Function("LoginFunction")
	with, _ := linking(t).Function("LoginFunction")
	if len(with.Policies) != len(login.Policies)+3 {
		t.Errorf("%d statements with, %d without", len(with.Policies), len(login.Policies))
	}
	for _, s := range login.Policies {
		if slices.Contains([]string{"FindAddress", "LinkIdentity", "MarkAsLinked"}, s.Sid) {
			t.Errorf("it has %s", s.Sid)
		}
	}
}

func crossTheBridge(d deployed) {
	d.customers()
	nonces, client := d.nonces(d.as("NonceFunction")), d.as("LoginFunction")
	sessionID, _, err := nonces.Issue(d.Context(), adaSub, "app")
	d.must(err)
	login, err := d.directory(client, nil).Identify(d.Context(), customer.Identity{Person: adaSub}, "192.0.2.1")
	d.must(err)
	draft, err := d.sessions(client, 0).Draft(d.Context(), login.CustomerID, session.ByIdentity(adaSub))
	d.must(err)
	d.must(d.nonces(client).Redeem(d.Context(), sessionID, adaSub, "app", append(draft.Writes, login.Writes...)...))
	testkit.WantError(d, d.nonces(client).Redeem(d.Context(), sessionID, adaSub, "app"), bridge.ErrUnknown)

	_, err = d.sessions(d.as("AuthorizerFunction"), 2*time.Minute).Verify(d.Context(), draft.Code) // moves its clock
	d.must(err)
	logout := d.sessions(d.as("LogoutFunction"), 0)
	d.must(logout.Revoke(d.Context(), draft.Session.ID))
	_, err = logout.RevokeAll(d.Context(), ada)
	d.must(err)
}

func moveMoney(d deployed) {
	d.customers()
	user := access.Principal{Kind: access.KindUser, Subject: adaSub}
	on := func(logicalID string) *bank.Bank {
		client := d.as(logicalID)
		if logicalID != "ReconcileFunction" {
			id, err := d.directory(client, nil).Resolve(d.Context(), user)
			if err != nil || id != ada {
				d.Errorf("%s: %q, %v", logicalID, id, err)
			}
		}
		return banktest.On(d.db, client, time.Now)
	}
	transfer := on("TransferFunction")
	for key, amount := range map[string]bank.Amount{"paid": 1, "refused": 100_000} {
		request := bank.TransferRequest{
			CustomerID: ada, Key: bank.IdempotencyKey(key), From: ada + "-01", To: bob + "-01", Amount: amount, Currency: "EUR",
			ApprovalID: "approval-" + key,
		}
		_, err := transfer.Preview(d.Context(), request)
		d.must(err)
		for range 2 { // the second is a replay
			_, err := transfer.Transfer(d.Context(), request)
			d.must(err)
		}
	}
	_, err := on("BalanceFunction").Balances(d.Context(), ada)
	d.must(err)
	_, next, err := on("StatementFunction").Statement(d.Context(), ada, bank.Page{Limit: 1})
	d.must(err)
	_, _, err = on("StatementFunction").Statement(d.Context(), ada, bank.Page{Limit: 1, Cursor: next})
	d.must(err)
	_, _, err = on("StatementFunction").Answered(d.Context(), ada, "key-1")
	d.must(err)
	walk := reconcile.New(reconcile.Config{
		Client: d.as("ReconcileFunction"), Accounts: d.db.Tables["AccountsTable"], Ledger: d.db.Tables["LedgerTable"],
	})
	report, err := reconciletest.All(d.Context(), walk)
	if err != nil || len(report.Differences) != 0 || report.Accounts != 2 {
		d.Errorf("%+v, %v", report, err)
	}
}

func askByPhone(d deployed) {
	tenant, clock := backchanneltest.New(d), testkit.NewClock()
	tenant.Now = clock.Now
	tenant.Phones[adaSub] = true
	pushes := push.New(push.Config{
		Client: d.as("TransferFunction"), Table: d.db.Tables["ApprovalsTable"], Phone: backchannel.New(tenant.Config),
		Tenant: identity.Main, MaxAge: time.Minute, Now: clock.Now,
	})
	request := bank.TransferRequest{
		CustomerID: ada, Key: "k", From: ada + "-01", To: bob + "-01", Amount: 1, Currency: "EUR",
	}
	asked, err := pushes.Ask(d.Context(), request, push.Push{}, adaSub)
	d.must(err)
	tenant.Approve(d)
	clock.Pass(backchanneltest.Interval)
	_, err = pushes.Follow(d.Context(), request, asked)
	d.must(err)
	found, err := pushes.Find(d.Context(), request)
	d.must(err)
	if found.State != push.Approved {
		d.Errorf("it is %s", found.State)
	}
}

// keepOwnItems writes and reads the items whose keys stand in the main packages of their functions.
func keepOwnItems(d deployed) {
	authorizer, _ := d.stack.Function("AuthorizerFunction")
	for _, c := range []struct{ function, table, attribute, key string }{
		{"AuthorizerFunction", "KeySetsTable", "issuer", authorizer.Environment["TOKEN_ISSUERS"]},
		{"ReconcileFunction", "BookmarksTable", "walk", "ledger"},
	} {
		client, table := d.as(c.function), d.db.Tables[c.table]
		key := map[string]types.AttributeValue{c.attribute: dynamo.Text(c.key)}
		_, err := client.PutItem(d.Context(), &dynamodb.PutItemInput{TableName: &table, Item: key})
		d.must(err)
		_, err = client.GetItem(d.Context(), &dynamodb.GetItemInput{TableName: &table, Key: key})
		d.must(err)
	}
}
