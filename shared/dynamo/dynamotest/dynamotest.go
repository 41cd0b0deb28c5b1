// Package dynamotest gives a test the stack's own tables on a real engine.
//
// The engine starts when the first test of a process asks for it and ends with the last, and every test has tables of
// its own, so tests may run in parallel and none sees what another left. The tables are those of template.yaml: a
// test cannot pass on a table that a deployment would not have.
package dynamotest

import (
	"context"
	"crypto/rand"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/engine"
	"drawbridge/shared/testkit"
)

// DB is a set of tables for one test.
type DB struct {
	Client   *dynamodb.Client
	Tables   map[string]string // from the logical id in template.yaml to the table's name
	Endpoint string
}

// New returns fresh, empty tables, and drops them when the test ends.
func New(t testing.TB) *DB {
	t.Helper()
	return NewWithTransport(t, nil)
}

// NewWithTransport is New with the client's requests going through rt, which may disturb them (see Faults). The tables
// are made without it. A nil rt is New.
func NewWithTransport(t testing.TB, rt http.RoundTripper) *DB {
	t.Helper()
	endpoint := running(t)
	direct := client(endpoint, nil)
	tables := fresh(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	testkit.Must(t, engine.CreateTables(ctx, direct, tables))
	db := &DB{Client: direct, Tables: map[string]string{}, Endpoint: endpoint}
	for _, table := range tables {
		db.Tables[table.LogicalID] = table.Name
		t.Cleanup(func() {
			_, _ = direct.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &table.Name})
		})
	}
	if rt != nil {
		db.Client = client(endpoint, rt)
	}
	return db
}

// Through returns another client to the same tables, its requests going through rt.
func (db *DB) Through(rt http.RoundTripper) *dynamodb.Client { return client(db.Endpoint, rt) }

func client(endpoint string, rt http.RoundTripper) *dynamodb.Client {
	config := dynamo.Config{
		Region: "eu-central-1", Endpoint: endpoint, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
	if rt != nil {
		config.HTTPClient = &http.Client{Transport: rt}
	}
	return dynamo.New(config)
}

// Transport returns a plain transport for a disturbing one to stand in front of, as the client would have it.
func Transport() http.RoundTripper {
	return awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConnsPerHost = 64
	}).GetTransport()
}

// shared is the one engine of this process, and how many tests use it now.
var shared struct {
	sync.Mutex
	engine *engine.Engine
	users  int
}

// running returns the endpoint of the engine, started if no test of this process is using one.
func running(t testing.TB) string {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.users == 0 {
		started, err := engine.Start(t.Context(), engine.Options{
			Endpoint: os.Getenv("AWS_ENDPOINT_URL_DYNAMODB"), Progress: os.Stderr,
		})
		testkit.Must(t, err)
		shared.engine = started
	}
	shared.users++
	t.Cleanup(func() {
		shared.Lock()
		defer shared.Unlock()
		if shared.users--; shared.users == 0 {
			shared.engine.Stop()
		}
	})
	return shared.engine.Endpoint
}

// fresh returns the stack's tables under names that no other test has.
func fresh(t testing.TB) []engine.Table {
	t.Helper()
	suffix := "-" + strings.ToLower(rand.Text())
	tables, err := Tables()
	testkit.Must(t, err)
	for i := range tables {
		tables[i].Name = tables[i].LogicalID + suffix
	}
	return tables
}
