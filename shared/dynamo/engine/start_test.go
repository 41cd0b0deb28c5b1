package engine_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/engine"
	"drawbridge/shared/testkit"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"drawbridge/shared/remedy"
)

func start(t *testing.T, options engine.Options) *engine.Engine {
	t.Helper()
	e, err := engine.Start(t.Context(), options)
	testkit.Must(t, err)
	t.Cleanup(e.Stop)
	return e
}

func client(e *engine.Engine) *dynamodb.Client {
	return dynamo.New(
		dynamo.Config{
			Region: "eu-central-1", Endpoint: e.Endpoint,
			Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		},
	)
}

var items = engine.Table{
	LogicalID: "ItemsTable", Name: "items", PartitionKey: engine.Key{Name: "id", Type: "S"}, TTLAttribute: "expires_at",
}

func TestAnEngineAnswersUntilItIsStopped(t *testing.T) {
	e := start(t, engine.Options{})
	if _, err := client(e).ListTables(t.Context(), &dynamodb.ListTablesInput{}); err != nil {
		t.Fatal(err)
	}
	e.Stop()
	e.Stop()
	select {
	case <-e.Ended():
	default:
		t.Error("stopped, and its process is still there")
	}
	if response, err := http.Get(e.Endpoint); err == nil {
		_ = response.Body.Close()
		t.Error("stopped, and it answers")
	}
}

// A web page can send requests to 127.0.0.1 and all of its ports, and the engine answers whatever page asks.
func TestAnEngineIsWhereNoPageFindsIt(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux is known to have more loopback addresses than 127.0.0.1")
	}
	hosts := map[string]bool{"127.0.0.1": true}
	for range 3 {
		u, err := url.Parse(start(t, engine.Options{}).Endpoint)
		if err != nil || !strings.HasPrefix(u.Hostname(), "127.") || hosts[u.Hostname()] {
			t.Errorf("it is at %v, %v", u, err)
		}
		hosts[u.Hostname()] = true
	}
}

func TestDataOutlivesTheEngineIfItHasAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deep", "data.db")
	first := start(t, engine.Options{DBPath: file})
	testkit.Must(t, engine.CreateTables(t.Context(), client(first), []engine.Table{items}))
	row := dynamo.Item{"id": dynamo.Text("kept")}
	if _, err := client(first).PutItem(
		t.Context(), &dynamodb.PutItemInput{TableName: &items.Name, Item: row},
	); err != nil {
		t.Fatal(err)
	}
	first.Stop()
	second := start(t, engine.Options{DBPath: file})
	if err := engine.CreateTables(t.Context(), client(second), []engine.Table{items}); err != nil {
		t.Fatalf("tables that are there: %v", err)
	}
	got, err := client(second).GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &items.Name, Key: row})
	if err != nil || len(got.Item) == 0 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestATableWithOtherKeysIsRefused(t *testing.T) {
	e := start(t, engine.Options{})
	other := items
	other.SortKey = engine.Key{Name: "at", Type: "S"}
	testkit.Must(t, engine.CreateTables(t.Context(), client(e), []engine.Table{items}))
	if err := engine.CreateTables(t.Context(), client(e), []engine.Table{other}); err == nil ||
		!strings.Contains(err.Error(), "--fresh") {
		t.Errorf("got %v", err)
	}
}

func TestWhatKeepsAnEngineFromStartingIsNamedWithItsCure(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	testkit.Must(t, err)
	defer listener.Close()
	folder := t.TempDir()
	damaged, taken := filepath.Join(folder, "damaged.db"), filepath.Join(folder, "a file")
	for _, file := range []string{damaged, taken} {
		testkit.Must(t, os.WriteFile(file, []byte(strings.Repeat("not a database\n", 1000)), 0o600))
	}
	for name, c := range map[string]struct {
		options engine.Options
		problem string
		cure    string
	}{
		"a taken address": {
			engine.Options{Address: listener.Addr().String()}, listener.Addr().String(), "another address",
		},
		"a damaged file":      {engine.Options{DBPath: damaged}, damaged, "--fresh"},
		"a folder for a file": {engine.Options{DBPath: folder}, folder, "write access"},
		"a file for a folder": {engine.Options{DBPath: filepath.Join(taken, "data.db")}, "data folder", "--memory"},
		"nothing there": {
			engine.Options{Endpoint: fmt.Sprintf("http://127.0.0.1:%d", unused(t))}, "no DynamoDB answers",
			"AWS_ENDPOINT_URL_DYNAMODB",
		},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := engine.Start(t.Context(), c.options)
			if err == nil {
				e.Stop()
				t.Fatal("it started")
			}
			problem, ok := errors.AsType[*remedy.Error](err)
			if !ok || !strings.Contains(problem.Problem, c.problem) || !strings.Contains(problem.Cure, c.cure) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func unused(t *testing.T) int {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	testkit.Must(t, err)
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

func TestAnEngineThatAlreadyRunsIsUsedAndLeftRunning(t *testing.T) {
	running := start(t, engine.Options{})
	borrowed, err := engine.Start(t.Context(), engine.Options{Endpoint: running.Endpoint + "/"})
	if err != nil || borrowed.Endpoint != running.Endpoint {
		t.Fatalf("%v, %v", borrowed, err)
	}
	borrowed.Stop()
	if _, err := client(running).ListTables(t.Context(), &dynamodb.ListTablesInput{}); err != nil {
		t.Error(err)
	}
}

// TestMain lets the test start itself as the parent that is killed.
func TestMain(m *testing.M) {
	if os.Getenv("ENGINE_TEST_PARENT") == "" {
		os.Exit(m.Run())
	}
	e, err := engine.Start(context.Background(), engine.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(e.Endpoint)
	select {}
}

func TestAnEngineDiesWithAKilledParent(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells a child of its parent's death")
	}
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), "ENGINE_TEST_PARENT=1")
	stdout, err := parent.StdoutPipe()
	testkit.Must(t, err)
	testkit.Must(t, parent.Start())
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() {
		t.Fatal("the parent has no engine")
	}
	endpoint := lines.Text()
	testkit.Must(t, parent.Process.Kill())
	_ = parent.Wait()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		response, err := http.Get(endpoint)
		if err != nil {
			return
		}
		_ = response.Body.Close()
	}
	t.Error("the engine outlived its parent")
}
