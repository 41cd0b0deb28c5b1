package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"drawbridge/local/invokeapi"
	"drawbridge/local/template"
	"drawbridge/shared/testkit"
)

func TestLambdasPathsAreLambdasAndAllOthersTheAPIs(t *testing.T) {
	named := func(name string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(name)) })
	}
	both := beside(invokeapi.Prefix, named("lambda"), named("api"))
	for path, want := range map[string]string{
		invokeapi.Prefix + "functions/AdminFunction/invocations": "lambda", invokeapi.Prefix + "anything": "lambda",
		"/balance": "api", "/": "api", "/2015-03-311": "api", "/balance/2015-03-31/": "api",
	} {
		w := httptest.NewRecorder()
		both.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if got := w.Body.String(); got != want {
			t.Errorf("%s is %s's", path, got)
		}
	}
}

func TestTablesWithoutTheAPIRunOnlyWhatFillsThem(t *testing.T) {
	o := parsed(t, "--only", "dynamodb", "--template", "../template.yaml")
	whole, err := o.loadStack()
	testkit.Must(t, err)
	if few := o.running(whole); len(few) != 1 || few[0].LogicalID != adminFunction {
		t.Errorf("%d functions", len(few))
	}
	if few := o.running(&template.Stack{}); len(few) != 0 {
		t.Errorf("%d functions of none", len(few))
	}
	o.parts[apiPart] = true
	if all := o.running(whole); len(all) != len(whole.Functions) {
		t.Errorf("%d of %d functions", len(all), len(whole.Functions))
	}
}
