package template_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"drawbridge/local/iam"
	"drawbridge/local/template"
	"drawbridge/local/template/templatetest"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/dynamo/engine"
)

func load(t *testing.T, parameters map[string]string) *template.Stack {
	t.Helper()
	if parameters["Issuer"] == "" {
		given := map[string]string{"Issuer": "https://issuer.example"}
		for name, value := range parameters {
			given[name] = value
		}
		parameters = given
	}
	stack, err := template.Load("testdata/stack.yaml", parameters)
	if err != nil {
		t.Fatal(err)
	}
	return stack
}

func TestAFunctionsEnvironmentIsResolvedAndMergedOverGlobals(t *testing.T) {
	f, ok := load(t, nil).Function("Balance")
	if !ok {
		t.Fatal("Balance is missing")
	}
	want := template.Function{
		LogicalID: "Balance", Name: "Balance", CodeURI: "functions/balance", Handler: "bootstrap", Runtime: "provided.al2023",
		Timeout: 5 * time.Second, MemoryMB: 256, Tries: 2, Line: f.Line,
		Environment: map[string]string{
			"LEVEL": "debug", "ORIGIN": "http://localhost:3002", "TABLE": "accounts-dev", "ISSUER": "https://issuer.example",
			"URL": "https://issuer.example/keys${x}", "PRODUCTION": "no", "REGION": "us-east-1", "ALWAYS": "1", "NEVER": "0",
			"ARN": "arn:aws:dynamodb:us-east-1:123456789012:table/accounts-dev",
		},
		Policies: f.Policies,
	}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTheFunctionWithoutATimeoutOfItsOwnTakesTheGlobalOne(t *testing.T) {
	if f, _ := load(t, nil).Function("Guard"); f.Timeout != 10*time.Second {
		t.Errorf("timeout %v", f.Timeout)
	}
}

func TestAFunctionsPoliciesAreReadStatementByStatement(t *testing.T) {
	balance, _ := load(t, nil).Function("Balance")
	want := []iam.Statement{
		{Actions: []string{"dynamodb:Query"},
			Resources: []string{"arn:aws:dynamodb:us-east-1:123456789012:table/accounts-dev"}},
		{Sid: "NoScan", Deny: true, Actions: []string{"dynamodb:Scan"}, Resources: []string{"*"}},
	}
	if diff := cmp.Diff(want, balance.Policies); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestASchedulesRateIsRead(t *testing.T) {
	want := []template.Schedule{{Name: "Hourly", Function: "Balance", Every: time.Hour}}
	got := load(t, nil).Schedules
	for i := range got {
		got[i].Line = 0
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAConditionDecidesWhatExists(t *testing.T) {
	if _, there := load(t, nil).Function("OnlyInProduction"); there {
		t.Error("a function whose condition does not hold exists")
	}
	production := load(t, map[string]string{"StageName": "prod"})
	if _, there := production.Function("OnlyInProduction"); !there {
		t.Error("a function whose condition holds is missing")
	}
	if f, _ := production.Function("Balance"); f.Environment["MAYBE"] != "1" || f.Environment["PRODUCTION"] != "yes" {
		t.Errorf("Fn::If chose the wrong branch: %v", f.Environment)
	}
	if production.Stage != "prod" {
		t.Errorf("stage %q", production.Stage)
	}
}

func TestTablesHaveKeysNamesAndExpiryInTheTemplatesOrder(t *testing.T) {
	tables := load(t, nil).Tables
	want := []engine.Table{
		{LogicalID: "Accounts", Name: "accounts-dev", PartitionKey: engine.Key{Name: "customer_id", Type: "S"},
			SortKey: engine.Key{Name: "account_id", Type: "N"}, TTLAttribute: "expires_at"},
		{LogicalID: "Nonces", Name: "Nonces", PartitionKey: engine.Key{Name: "nonce", Type: "S"}},
	}
	if diff := cmp.Diff(want, tables); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The tests of the functions have the tables that dynamotest reads out of the file.
func TestTheTablesOfTheTestsAreThoseOfTheTemplate(t *testing.T) {
	got, err := dynamotest.Tables()
	if err != nil {
		t.Fatal(err)
	}
	byID := func(a, b engine.Table) bool { return a.LogicalID < b.LogicalID }
	if diff := cmp.Diff(project(t).Tables, got, cmpopts.SortSlices(byID)); diff != "" {
		t.Errorf("(-template +tests)\n%s", diff)
	}
}

func TestEveryRouteIsGuardedUnlessItSaysNone(t *testing.T) {
	type route struct{ Method, Path, Function, Authorizer string }
	var got []route
	for _, r := range load(t, nil).Routes {
		name := ""
		if r.Authorizer != nil {
			name = r.Authorizer.Name
		}
		got = append(got, route{r.Method, r.Path, r.Function, name})
	}
	want := []route{
		{"GET", "/balance", "Balance", "Tokens"},
		{"POST", "/status/{id}", "Balance", ""},
		{"OPTIONS", "/balance", "", ""},
		{"OPTIONS", "/status/{id}", "", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTheAuthorizerHasItsIdentitySourceAndCacheTime(t *testing.T) {
	authorizer := load(t, nil).Routes[0].Authorizer
	want := &template.Authorizer{Name: "Tokens", Function: "Guard", Headers: []string{"Authorization"}, TTL: time.Minute,
		Line: authorizer.Line}
	if diff := cmp.Diff(want, authorizer); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestPreflightsAreMadeAsSAMMakesThem(t *testing.T) {
	preflight := load(t, nil).Routes[2].Preflight
	want := map[string]string{
		"Access-Control-Allow-Origin":  "http://localhost:3002",
		"Access-Control-Allow-Headers": "Authorization",
		"Access-Control-Allow-Methods": "GET,OPTIONS",
	}
	if diff := cmp.Diff(want, preflight.Headers); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAPathWithAnOptionsMethodOfItsOwnGetsNoPreflight(t *testing.T) {
	text, err := os.ReadFile("testdata/stack.yaml")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "template.yaml")
	changed := strings.NewReplacer("Method: post,", "Method: options,", "HttpMethod: POST",
		"HttpMethod: OPTIONS").Replace(string(text))
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	stack, err := template.Load(path, map[string]string{"Issuer": "https://issuer.example"})
	if err != nil {
		t.Fatal(err)
	}
	for _, route := range stack.Routes {
		if route.Path == "/status/{id}" && route.Preflight != nil {
			t.Error("the template's own OPTIONS method has a rival")
		}
	}
}

func TestGatewayResponsesLoseTheirInnerQuotes(t *testing.T) {
	responses := load(t, nil).GatewayResponses
	if got := responses["UNAUTHORIZED"].Headers["WWW-Authenticate"]; got != `Bearer realm="bank"` {
		t.Errorf("header %q", got)
	}
	if got := responses["ACCESS_DENIED"]; got.Status != 401 || got.Templates["application/json"] == "" {
		t.Errorf("response %+v", got)
	}
}

func TestAnOutputIsResolvedWhereItCanBe(t *testing.T) {
	want := []template.Output{
		{Name: "Url", Value: "https://local.execute-api.us-east-1.amazonaws.com/dev", Description: "where it answers"},
		{Name: "AlertTopic"},
	}
	if diff := cmp.Diff(want, load(t, nil).Outputs); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTheProjectsOwnTemplateLoads(t *testing.T) {
	stack := templatetest.Project(t, root, map[string]string{"BridgeClientIds": "abc,def"})
	if len(stack.Tables) < 9 || len(stack.Functions) < 8 || len(stack.Routes) < 6 || len(stack.Schedules) < 1 {
		t.Errorf("%d tables, %d functions, %d routes, %d schedules", len(stack.Tables), len(stack.Functions),
			len(stack.Routes), len(stack.Schedules))
	}
}

func TestOfTheProjectsOwnRoutesOnlyLoginMetadataAndPreflightsArePublic(t *testing.T) {
	for _, route := range project(t).Routes {
		public := route.Path == "/login" || route.Path == "/.well-known/oauth-protected-resource" || route.Preflight != nil
		if (route.Authorizer == nil) != public {
			t.Errorf("%s %s: authorizer %v", route.Method, route.Path, route.Authorizer)
		}
	}
}

func TestARouteHasTheThrottleOfItsOwnSettingElseThatOfAll(t *testing.T) {
	got := map[string]template.Throttle{}
	for _, r := range load(t, nil).Routes {
		got[r.Method+" "+r.Path] = *r.Throttle
	}
	all := template.Throttle{Rate: 100.5, Burst: 20}
	want := map[string]template.Throttle{
		"GET /balance": {Rate: 5, Burst: 10}, "POST /status/{id}": {Rate: 1, Burst: 2}, "OPTIONS /balance": all,
		"OPTIONS /status/{id}": all,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
