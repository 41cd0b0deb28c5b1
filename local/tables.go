package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"drawbridge/local/template"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/engine"
)

// createTables makes every table of the template that the engine does not have yet.
func createTables(ctx context.Context, endpoint string, stack *template.Stack) error {
	client := dynamo.New(dynamo.Config{
		Region: stack.Region, Endpoint: endpoint,
		// The functions' own: an engine may keep tables apart by them.
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", "local"),
	})
	return engine.CreateTables(ctx, client, stack.Tables)
}

// newTables is the engine as programs on this machine see it at the port of the tables. It takes DynamoDB's requests
// alone, and no answer says that a web page may read it.
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
