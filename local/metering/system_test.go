package metering

import (
	"maps"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"drawbridge/local/gateway"
	"drawbridge/local/lambda"
	"drawbridge/local/lambda/gobuild"
	"drawbridge/local/template"
	"drawbridge/local/template/templatetest"
	"drawbridge/shared/bank"
	"drawbridge/shared/bank/banktest"
	"drawbridge/shared/customer"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token/tokentest"
)

const root = "../.."

const (
	aliceID, bobID = "1000000001", "1000000002"
	aliceSub       = tokentest.Subject
	alicePays      = bank.AccountID(aliceID + "-01")
	bobIsPaid      = bank.AccountID(bobID + "-01")
	alicePassword  = "alice-at-the-bank"
	bridgeClient   = "QfUuGR54uorxqjU5E1NAR33kXic3Vq8o"
	webOrigin      = "https://bank.example"
	region         = "eu-central-1"
)

// system is the stack: real binaries behind the gateway, meters in front of the engine.
type system struct {
	t         testing.TB
	stack     *template.Stack
	db        *dynamotest.DB
	issuer    *tokentest.Issuer
	gateway   http.Handler
	meter     *meter
	customers *customer.Directory

	mu       sync.Mutex
	exchange gateway.Exchange
	lines    []lambda.Line
}

// start builds and starts nothing but what stands behind a route.
func start(t testing.TB) *system {
	t.Helper()
	s := &system{t: t, db: dynamotest.New(t), issuer: tokentest.NewIssuer(t)}
	s.stack = load(t, s.issuer.URL)
	s.meter = &meter{
		t: t, engine: s.db.Endpoint, keys: map[string][]string{}, largest: map[string]int{}, used: map[string]consumption{},
	}
	for _, table := range s.stack.Tables {
		name := s.db.Tables[table.LogicalID]
		s.meter.keys[name] = append(s.meter.keys[name], table.PartitionKey.Name)
		if table.SortKey.Name != "" {
			s.meter.keys[name] = append(s.meter.keys[name], table.SortKey.Name)
		}
	}
	used := map[string]bool{}
	for _, route := range s.stack.Routes {
		used[route.Function] = true
		if route.Authorizer != nil {
			used[route.Authorizer.Function] = true
		}
	}
	packages := map[string]string{}
	var functions []lambda.Function
	for _, f := range s.stack.Functions {
		if !used[f.LogicalID] {
			continue
		}
		packages[f.Name] = f.CodeURI
		environment := maps.Clone(f.Environment)
		for name, value := range environment {
			if table, ok := s.db.Tables[value]; ok && strings.HasSuffix(name, "_TABLE") {
				environment[name] = table
			}
		}
		environment["AWS_ENDPOINT_URL_DYNAMODB"] = s.meter.serve(f.Name)
		functions = append(functions, lambda.Function{
			Name: f.Name, Timeout: f.Timeout, MemoryMB: f.MemoryMB, Environment: environment,
		})
	}
	cache, err := gobuild.Cache(root) // where the runner has its own: what is built there is not built again
	testkit.Must(t, err)
	builder, err := gobuild.New(gobuild.Config{
		Root: root, Out: filepath.Join(cache, "functions"), Packages: packages,
	})
	testkit.Must(t, err)
	testkit.Must(t, builder.BuildAll(t.Context()))
	host, err := lambda.NewHost(lambda.Config{
		Functions: functions, Binaries: builder, Region: region, Log: s.logged, Reaper: nobody{},
	})
	testkit.Must(t, err)
	t.Cleanup(func() { host.Close() })
	s.gateway, err = gateway.New(gateway.Config{Stack: s.stack, Invoker: host, Observers: []gateway.Observer{s}})
	testkit.Must(t, err)
	s.seed()
	return s
}

func load(t testing.TB, issuer string) *template.Stack {
	t.Helper()
	return templatetest.Project(t, root, map[string]string{
		"AWS::Region": region, "TokenIssuers": issuer, "WebOrigin": webOrigin, "BridgeClientIds": tokentest.ClientID,
		"Environment": "development", "ApprovalBinding": "optional",
	})
}

// seed is a customer who pays, with two accounts and a page of history, and one who is paid.
func (s *system) seed() {
	s.t.Helper()
	s.customers = customer.New(customer.Config{Client: s.db.Client, Table: s.db.Tables["CustomersTable"]})
	testkit.Must(s.t, s.customers.Create(s.t.Context(), customer.Customer{
		ID: aliceID, Name: "Alice Archer", Email: "alice@example.com",
	}))
	testkit.Must(s.t, s.customers.Link(s.t.Context(), aliceID, aliceSub))
	testkit.Must(s.t, s.customers.SetPassword(s.t.Context(), aliceID, "alice", alicePassword))
	b := banktest.On(s.db, s.db.Client, time.Now)
	for _, id := range []bank.AccountID{alicePays, aliceID + "-02", bobIsPaid} {
		testkit.Must(s.t, b.Open(s.t.Context(), id, "EUR"))
	}
	for _, key := range strings.Fields("a b c d e f g h i j k l m n o p q r s t u v w x y z") {
		testkit.Must(s.t, banktest.Deposit(s.t.Context(), b, alicePays, 1_000_00, "EUR", key))
	}
}

// Receive and Follow are part of gateway.Observer; the outcome is enough here.
func (s *system) Receive(gateway.Exchange, http.Header, []byte) {}
func (s *system) Follow(gateway.Exchange)                       {}

// Observe is the third part of gateway.Observer.
func (s *system) Observe(e gateway.Exchange) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exchange = e
}

func (s *system) logged(line lambda.Line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, line)
}

// nobody is the lambda.Reaper of processes that end with the test.
type nobody struct{}

func (nobody) Hold(int)    {}
func (nobody) Release(int) {}
