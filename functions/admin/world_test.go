package main

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/customer"
	"drawbridge/shared/customer/customertest"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/session"
	"drawbridge/shared/testkit"
)

const (
	alice, bob = "1000000001", "1000000002"
	account    = alice + "-01"
	sub        = "auth0|66f0a1c0de00000000000001"
	requestID  = "8f9e6d1c-0000-4000-8000-000000000001"
)

// world is a desk on the real engine, and what it logs.
type world struct {
	*desk
	direct *desk // that no policy holds back, for what a test does itself
	t      *testing.T
	db     *dynamotest.DB
	log    testkit.Log
}

// empty is a bank without customers.
func empty(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, db: dynamotest.New(t)}
	w.desk, w.direct = w.through(permitted(t, w.db)), w.through(w.db.Client)
	return w
}

// through is a desk on the same tables whose requests go another way.
func (w *world) through(client *dynamodb.Client) *desk {
	w.t.Helper()
	return &desk{
		directory: customertest.On(w.t, w.db, nil, func(c *customer.Config) { c.Client = client }),
		bank:      banktest.On(w.db, client, nil),
		sessions:  session.New(session.Config{Client: client, Table: w.db.Tables["SessionsTable"]}),
		log:       w.log.Logger(), now: time.Now,
	}
}

// newWorld has the customers alice and bob, and 100.00 EUR in alice's account.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := empty(t)
	w.done("create_customer", ofAlice.with("name", "Alice Archer").with("email", "alice@example.com"))
	w.done("create_customer", ofBob.with("name", "Bob Baker"))
	w.done("open_account", ofAccount.with("currency", "EUR"))
	w.done("deposit", money("100.00", "opening"))
	w.log.Reset()
	return w
}

// fields are members of a command.
type fields map[string]any

func (f fields) with(name string, value any) fields {
	changed := maps.Clone(f)
	changed[name] = value
	return changed
}

var (
	ofAlice   = fields{"customer_id": alice}
	ofBob     = fields{"customer_id": bob}
	ofAccount = fields{"account_id": account}
	hers      = ofAlice.with("sub", sub) // alice's identity
	login     = ofAlice.with("username", "alice").with("password", "alice-at-the-bank")
)

// money is what deposit and withdraw need.
func money(amount, operationID string) fields {
	return ofAccount.with("amount", amount).with("currency", "EUR").with("operation_id", operationID)
}

// got is an answer as it arrives.
type got struct {
	answer
	Result json.RawMessage `json:"result"`
	text   string
	t      *testing.T
}

// do gives a command.
func (w *world) do(command string, f fields) got {
	w.t.Helper()
	return w.send(payload(command, f))
}

func payload(command string, f fields) string {
	text, err := json.Marshal(f.with("command", command).with("operator", "carol"))
	if err != nil {
		panic(err) // texts and truths
	}
	return string(text)
}

// plan gives a command as a dry run, and makes sure that it writes nothing.
func (w *world) plan(command string, f fields) got {
	w.t.Helper()
	before := w.everything()
	g := w.do(command, f.with("dry_run", true))
	if after := w.everything(); after != before {
		w.t.Errorf("the dry run of %s wrote:\n%s\nbefore:\n%s", command, after, before)
	}
	return g
}

// done gives a command that is carried out.
func (w *world) done(command string, f fields) got {
	w.t.Helper()
	g := w.do(command, f)
	g.want(done)
	return g
}

// once gives a command that is planned with a change, carried out with it, and then has nothing to change.
func (w *world) once(command string, f fields, want change) got {
	w.t.Helper()
	planned, first := w.plan(command, f), w.done(command, f)
	for _, g := range []got{planned, first} {
		if !slices.Contains(g.Changes, want) {
			w.t.Errorf("want %+v of %s, got %s", want, command, g.text)
		}
	}
	before := w.everything()
	again := w.do(command, f)
	if again.want(unchanged); w.everything() != before {
		w.t.Errorf("%s wrote twice", command)
	}
	w.plan(command, f).want(unchanged)
	return first
}

// refuses gives a command that is refused, as a dry run too.
func (w *world) refuses(c code, command string, f fields) {
	w.t.Helper()
	w.plan(command, f).refused(c)
	w.do(command, f).refused(c)
}

func (w *world) send(payload string) got {
	w.t.Helper()
	text, err := w.Invoke(invocation(w.t.Context()), []byte(payload))
	testkit.Must(w.t, err)
	g := got{text: string(text), t: w.t}
	testkit.Must(w.t, json.Unmarshal(text, &g))
	if g.RequestID != requestID {
		w.t.Errorf("request_id %q", g.RequestID)
	}
	return g
}

func invocation(ctx context.Context) context.Context {
	return lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: requestID})
}

func (g got) want(o outcome) {
	g.t.Helper()
	if g.Outcome != o {
		g.t.Errorf("want %s, got %s", o, g.text)
	}
}

func (g got) refused(c code) {
	g.t.Helper()
	if g.Outcome != refused || g.Code != c || g.Detail == "" {
		g.t.Errorf("want the refusal %s, got %s", c, g.text)
	}
}

// into reads what is shown.
func (g got) into(result any) {
	g.t.Helper()
	if g.Result == nil {
		g.t.Fatalf("no result in %s", g.text)
	}
	testkit.Must(g.t, json.Unmarshal(g.Result, result))
}

// change is one line of what the answer says was changed.
func (g got) change(what string) change {
	g.t.Helper()
	i := slices.IndexFunc(g.Changes, func(c change) bool { return c.What == what })
	if i < 0 {
		g.t.Fatalf("no change of %s in %s", what, g.text)
	}
	return g.Changes[i]
}

// account is alice's, as it is shown.
func (w *world) account() (view accountView) {
	w.t.Helper()
	w.do("show_account", ofAccount).into(&view)
	return view
}

func (w *world) wantBalance(want string) {
	w.t.Helper()
	if got := w.account().Balance; got != want {
		w.t.Errorf("the balance is %s, want %s", got, want)
	}
}

// login is a new session of a customer.
func (w *world) login(customerID string) (code string) {
	w.t.Helper()
	draft, err := w.direct.sessions.Issue(w.t.Context(), customerID)
	testkit.Must(w.t, err)
	return draft.Code
}

// lives fails the test unless codes open, or are dead.
func (w *world) lives(want bool, codes ...string) {
	w.t.Helper()
	for _, code := range codes {
		_, err := w.direct.sessions.Verify(w.t.Context(), code)
		if err != nil && !errors.Is(err, session.ErrInvalid) || (err == nil) != want {
			w.t.Errorf("a session: %v, want it alive: %t", err, want)
		}
	}
}

// everything is what the tables hold.
func (w *world) everything() string {
	w.t.Helper()
	var all strings.Builder
	for _, table := range []string{"AccountsTable", "TransfersTable", "LedgerTable", "SessionsTable", "CustomersTable"} {
		text, err := json.Marshal(w.db.Items(w.t, table))
		testkit.Must(w.t, err)
		all.WriteString(table + " " + string(text) + "\n")
	}
	return all.String()
}

// records are the audit records since the last call.
func (w *world) records() (all []map[string]any) {
	w.t.Helper()
	for _, line := range w.log.Lines(w.t) {
		if line["msg"] == "audit" {
			all = append(all, line)
		}
	}
	w.log.Reset()
	return all
}

// fails fails the test unless a command to d ends with this kind of error, which is returned.
func (w *world) fails(d *desk, payload string, want code) messages.InvokeResponse_Error {
	w.t.Helper()
	_, err := d.Invoke(invocation(w.t.Context()), []byte(payload))
	return wantFailure(w.t, err, want)
}

func wantFailure(t *testing.T, err error, want code) messages.InvokeResponse_Error {
	t.Helper()
	failure, ok := errors.AsType[messages.InvokeResponse_Error](err)
	if !ok || failure.Type != string(want) {
		t.Fatalf("want %s, got %v", want, err)
	}
	return failure
}
