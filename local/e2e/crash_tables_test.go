package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/engine"
	"drawbridge/shared/testkit"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// mortalTables are an engine that the test may kill; a runner ends with its own. The data is on disk and the address
// stays the same, so to everybody else the tables are away for a while and then back.
type mortalTables struct {
	options engine.Options
	engine  *engine.Engine
	client  *dynamodb.Client
}

func startMortalTables(t *testing.T) *mortalTables {
	t.Helper()
	// Below the ports that a kernel gives to outgoing connections: one of those could take it while the engine is dead.
	m := &mortalTables{options: engine.Options{
		Address: fmt.Sprintf("127.0.0.1:%d", freeBase(t)), DBPath: filepath.Join(t.TempDir(), "tables.db"),
	}}
	testkit.Must(t, m.start(t.Context()))
	t.Cleanup(func() { m.engine.Stop() })
	m.client = dynamo.New(dynamo.Config{
		Region: "eu-central-1", Endpoint: m.engine.Endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", "local"),
	})
	return m
}

func (m *mortalTables) start(ctx context.Context) error {
	started, err := engine.Start(ctx, m.options)
	if err == nil {
		m.engine = started
	}
	return err
}

// kill ends the engine wherever it stands.
func (m *mortalTables) kill() {
	kill(m.engine.PID())
	<-m.engine.Ended()
}

// scan reads a whole table. On this machine its name is its logical id.
func scan[T any](t *testing.T, m *mortalTables, table string) (all []T) {
	t.Helper()
	pages := dynamodb.NewScanPaginator(m.client, &dynamodb.ScanInput{TableName: &table, ConsistentRead: new(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		var items []T
		if err == nil {
			err = attributevalue.UnmarshalListOfMaps(page.Items, &items)
		}
		if err != nil {
			t.Fatalf("%s cannot be read: %v", table, err)
		}
		all = append(all, items...)
	}
	return all
}
