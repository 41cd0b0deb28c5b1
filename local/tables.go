package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"drawbridge/local/iam"
	"drawbridge/local/loopback"
	"drawbridge/local/template"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/engine"
)

func (r *runner) startTables(ctx context.Context) error {
	return r.terminal.step("tables", func() (note string, err error) {
		r.engine, err = engine.Start(ctx, engine.Options{
			Endpoint: r.endpoint, DBPath: r.folder.tables(), Progress: r.terminal,
		})
		if err != nil {
			return "", err
		}
		r.holdEngine()
		r.endpoint = r.engine.Endpoint
		if err := engine.CreateTables(ctx, engineClient(r.endpoint, r.stack), r.stack.Tables); err != nil {
			return "", err
		}
		if r.tables != nil {
			tables, err := newTables(r.endpoint)
			if err != nil {
				return "", err
			}
			r.tables.let(tables)
		}
		return fmt.Sprint(len(r.stack.Tables)), nil
	})
}

// holdEngine ties the engine's end to that of this program: Close ends it, or else the reaper.
func (r *runner) holdEngine() {
	pid := r.engine.PID()
	if pid == 0 { // it is somebody else's
		return
	}
	r.reaper.Hold(pid)
	r.closing(func() {
		r.engine.Stop()
		r.reaper.Release(pid)
	})
}

func engineClient(endpoint string, stack *template.Stack) *dynamodb.Client {
	return dynamo.New(dynamo.Config{
		Region: stack.Region, Endpoint: endpoint,
		// The functions' own: an engine may keep tables apart by them.
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", "local"),
	})
}

// reset replaces all tables by empty ones and makes the demo customers again. It waits for the requests in hand; later
// ones wait for it. It changes nothing at the tenant, so a person who is logged in there stays so.
func (r *runner) reset(ctx context.Context) error {
	if r.engine == nil || r.engine.PID() == 0 {
		return errors.New("the tables are in an engine that this runner did not start: it does not empty them")
	}
	ctx = context.WithoutCancel(ctx) // a client that leaves must not leave half of the tables
	r.data.Lock()
	defer r.data.Unlock()
	client := engineClient(r.endpoint, r.stack)
	for _, t := range r.stack.Tables {
		if _, err := client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &t.Name}); err != nil {
			return fmt.Errorf("failed to delete table %s: %w", t.Name, err)
		}
	}
	if err := engine.CreateTables(ctx, client, r.stack.Tables); err != nil {
		return err
	}
	r.terminal.printf("  Fresh data: %d tables are empty.", len(r.stack.Tables))
	return r.seed(ctx)
}

// duringData makes requests wait while reset replaces the data.
func (r *runner) duringData(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		r.data.RLock()
		defer r.data.RUnlock()
		next.ServeHTTP(w, request)
	})
}

// newTables serves the engine to programs on this machine, at the port of the tables. It takes DynamoDB's requests
// alone, and removes the headers by which the engine lets every web page read its answers.
func newTables(endpoint string) (http.Handler, error) {
	address, err := url.Parse(endpoint)
	if err != nil {
		return nil, fmt.Errorf("the engine's address: %w", err)
	}
	engine := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(address) },
		ModifyResponse: func(answer *http.Response) error {
			for name := range answer.Header {
				if strings.HasPrefix(name, "Access-Control-") {
					answer.Header.Del(name)
				}
			}
			return nil
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.Header.Get("X-Amz-Target") == "" {
			http.Error(w, "this is a DynamoDB: it answers the AWS CLI and the SDKs", http.StatusBadRequest)
			return
		}
		engine.ServeHTTP(w, r)
	}), nil
}

// guardTables puts the template's policies between the functions and the engine. It returns an address of DynamoDB for
// each function, by name: the address tells which function calls.
func (r *runner) guardTables() (map[string]string, error) {
	stack := r.stack
	arn := func(table string) string {
		return fmt.Sprintf("arn:aws:dynamodb:%s:%s:table/%s", stack.Region, stack.AccountID, table)
	}
	keys := map[string]string{}
	for _, t := range stack.Tables {
		keys[t.Name] = t.PartitionKey.Name
	}
	denied := func(function string, need iam.Need) {
		r.terminal.printf(
			"%s may not %s on %s: add a statement to its Policies in the template, if it should", function, need.Action,
			need.Resource,
		)
	}
	addresses := map[string]string{}
	for _, f := range r.options.running(stack) {
		proxy, err := iam.NewProxy(iam.Config{
			Engine: r.endpoint, Function: f.Name, Statements: f.Policies, ARN: arn, Keys: keys, Denied: denied,
			Done: r.console.Operate,
		})
		if err != nil {
			return nil, err
		}
		if addresses[f.Name], err = r.serve(proxy); err != nil {
			return nil, err
		}
	}
	return addresses, nil
}

// serve answers by h on a free port until the runner ends.
func (r *runner) serve(h http.Handler) (address string, err error) {
	listener, err := loopback.Listen(0)
	if err != nil {
		return "", fmt.Errorf("failed to open a port for a function's tables: %w", err)
	}
	server := loopback.Serve(listener, loopback.Programs, h)
	r.closing(func() { server.Close() })
	return "http://" + listener.Addr().String(), nil
}
