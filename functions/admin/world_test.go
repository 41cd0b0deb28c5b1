package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/customer"
	"drawbridge/shared/customer/password"
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
	db     *dynamotest.DB
	log    bytes.Buffer
}

// empty is a bank without customers.
func empty(t *testing.T) *world {
	t.Helper()
	w := &world{db: dynamotest.New(t)}
	w.desk, w.direct = w.through(t, permitted(t, w.db)), w.through(t, w.db.Client)
	return w
}

// through is a desk on the same tables whose requests go another way.
func (w *world) through(t *testing.T, client *dynamodb.Client) *desk {
	t.Helper()
	directory := customer.New(customer.Config{Client: client, Table: w.db.Tables["CustomersTable"],
		Hasher: password.NewInsecurelyCheap()})
	teller := banktest.On(w.db, client, nil)
	sessions := session.New(session.Config{Client: client, Table: w.db.Tables["SessionsTable"]})
	return &desk{directory: directory, bank: teller, sessions: sessions,
		log: slog.New(slog.NewJSONHandler(&w.log, nil)), now: time.Now}
}

// aBank has the customers alice and bob, and 100.00 EUR in alice's account.
func aBank(t *testing.T) *world {
	t.Helper()
	w := empty(t)
	w.do(t, "create_customer",
		fields{"customer_id": alice, "name": "Alice Archer", "email": "alice@example.com"}).want(t, done)
	w.do(t, "create_customer", fields{"customer_id": bob, "name": "Bob Baker"}).want(t, done)
	w.do(t, "open_account", fields{"account_id": account, "currency": "EUR"}).want(t, done)
	w.do(t, "deposit", money("100.00", "opening")).want(t, done)
	w.log.Reset()
	return w
}

type fields map[string]any

// money is what deposit and withdraw need.
func money(amount, operationID string) fields {
	return fields{"account_id": account, "amount": amount, "currency": "EUR", "operation_id": operationID}
}

// got is an answer as it arrives.
type got struct {
	answer
	Result json.RawMessage `json:"result"`
	text   string
}

// do gives a command.
func (w *world) do(t *testing.T, command string, f fields) got {
	t.Helper()
	all := fields{"command": command, "operator": "carol"}
	maps.Copy(all, f)
	payload, err := json.Marshal(all)
	testkit.Must(t, err)
	return w.send(t, string(payload))
}

// plan gives a command as a dry run, and makes sure that it writes nothing.
func (w *world) plan(t *testing.T, command string, f fields) got {
	t.Helper()
	before := w.everything(t)
	dry := fields{"dry_run": true}
	maps.Copy(dry, f)
	g := w.do(t, command, dry)
	if after := w.everything(t); after != before {
		t.Errorf("the dry run of %s wrote:\n%s\nbefore:\n%s", command, after, before)
	}
	return g
}

func (w *world) send(t *testing.T, payload string) got {
	t.Helper()
	text, err := w.Invoke(invocation(t.Context()), []byte(payload))
	testkit.Must(t, err)
	g := got{text: string(text)}
	testkit.Must(t, json.Unmarshal(text, &g))
	if g.RequestID != requestID {
		t.Errorf("request_id %q", g.RequestID)
	}
	return g
}

func invocation(ctx context.Context) context.Context {
	return lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: requestID})
}

func (g got) want(t *testing.T, o outcome) {
	t.Helper()
	if g.Outcome != o {
		t.Errorf("want %s, got %s", o, g.text)
	}
}

func (g got) refused(t *testing.T, c code) {
	t.Helper()
	if g.Outcome != refused || g.Code != c || g.Detail == "" {
		t.Errorf("want the refusal %s, got %s", c, g.text)
	}
}

// into reads what is shown.
func (g got) into(t *testing.T, result any) {
	t.Helper()
	if g.Result == nil {
		t.Fatalf("no result in %s", g.text)
	}
	testkit.Must(t, json.Unmarshal(g.Result, result))
}

// change is one line of what the answer says was changed.
func (g got) change(t *testing.T, what string) change {
	t.Helper()
	for _, c := range g.Changes {
		if c.What == what {
			return c
		}
	}
	t.Fatalf("no change of %s in %s", what, g.text)
	return change{}
}

// balance is of alice's account.
func (w *world) balance(t *testing.T) string {
	t.Helper()
	var view accountView
	w.do(t, "show_account", fields{"account_id": account}).into(t, &view)
	return view.Balance
}

// everything is what the tables hold.
func (w *world) everything(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, name := range []string{"AccountsTable", "TransfersTable", "LedgerTable", "SessionsTable", "CustomersTable"} {
		out, err := w.db.Client.Scan(t.Context(), &dynamodb.ScanInput{TableName: new(w.db.Tables[name])})
		testkit.Must(t, err)
		text, err := json.Marshal(out.Items)
		testkit.Must(t, err)
		all.WriteString(name + " " + string(text) + "\n")
	}
	return all.String()
}

// records are the audit records since the last call.
func (w *world) records(t *testing.T) (all []map[string]any) {
	t.Helper()
	for lines := json.NewDecoder(&w.log); lines.More(); {
		var record map[string]any
		testkit.Must(t, lines.Decode(&record))
		if record["msg"] == "audit" {
			all = append(all, record)
		}
	}
	return all
}
