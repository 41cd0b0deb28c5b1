package template_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"drawbridge/local/iam"
	"drawbridge/local/template"
	"drawbridge/local/template/templatetest"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/dynamo/engine"
	"drawbridge/shared/testkit"
)

const issuer = "https://issuer.example"

// load loads testdata/stack.yaml for a stage.
func load(t *testing.T, stage string) *template.Stack {
	t.Helper()
	stack, err := template.Load("testdata/stack.yaml", map[string]string{"Issuer": issuer, "StageName": stage})
	testkit.Must(t, err)
	return stack
}

func TestAFunctionsEnvironmentIsResolvedAndMergedOverGlobals(t *testing.T) {
	f, ok := load(t, "dev").Function("Balance")
	if !ok {
		t.Fatal("Balance is missing")
	}
	want := template.Function{
		LogicalID: "Balance", Name: "Balance", CodeURI: "functions/balance",
		Timeout: 5 * time.Second, MemoryMB: 256, Tries: 2,
		Environment: map[string]string{
			"LEVEL": "debug", "ORIGIN": "http://localhost:3002", "TABLE": "accounts-dev", "ISSUER": "https://issuer.example",
			"URL": "https://issuer.example/keys${x}", "PRODUCTION": "no", "REGION": "us-east-1", "ALWAYS": "1", "NEVER": "0",
			"ARN": "arn:aws:dynamodb:us-east-1:123456789012:table/accounts-dev",
		},
		Policies: f.Policies,
	}
	testkit.Equal(t, want, f)
}

func TestTheFunctionWithoutATimeoutOfItsOwnTakesTheGlobalOne(t *testing.T) {
	if f, _ := load(t, "dev").Function("Guard"); f.Timeout != 10*time.Second {
		t.Errorf("timeout %v", f.Timeout)
	}
}

func TestAFunctionsPoliciesAreReadStatementByStatement(t *testing.T) {
	balance, _ := load(t, "dev").Function("Balance")
	want := []iam.Statement{
		{Actions: []string{"dynamodb:Query"},
			Resources: []string{"arn:aws:dynamodb:us-east-1:123456789012:table/accounts-dev"}},
		{Sid: "NoScan", Deny: true, Actions: []string{"dynamodb:Scan"}, Resources: []string{"*"}},
	}
	testkit.Equal(t, want, balance.Policies)
}

func TestASchedulesRateIsRead(t *testing.T) {
	want := []template.Schedule{{Name: "Hourly", Function: "Balance", Every: time.Hour}}
	testkit.Equal(t, want, load(t, "dev").Schedules)
}

func TestAConditionDecidesWhatExists(t *testing.T) {
	if _, there := load(t, "dev").Function("OnlyInProduction"); there {
		t.Error("a function whose condition does not hold exists")
	}
	production := load(t, "prod")
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
	tables := load(t, "dev").Tables
	want := []engine.Table{
		{LogicalID: "Accounts", Name: "accounts-dev", PartitionKey: engine.Key{Name: "customer_id", Type: "S"},
			SortKey: engine.Key{Name: "account_id", Type: "N"}, TTLAttribute: "expires_at"},
		{LogicalID: "Nonces", Name: "Nonces", PartitionKey: engine.Key{Name: "nonce", Type: "S"}},
	}
	testkit.Equal(t, want, tables)
}

// The tests of the functions have the tables that dynamotest reads out of the file.
func TestTheTablesOfTheTestsAreThoseOfTheTemplate(t *testing.T) {
	got, err := dynamotest.Tables()
	testkit.Must(t, err)
	byID := func(a, b engine.Table) bool { return a.LogicalID < b.LogicalID }
	testkit.Equal(t, project(t).Tables, got, cmpopts.SortSlices(byID))
}

func TestEveryRouteIsGuardedUnlessItSaysNone(t *testing.T) {
	type route struct{ Method, Path, Function, Authorizer string }
	var got []route
	for _, r := range load(t, "dev").Routes {
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
	testkit.Equal(t, want, got)
}

func TestTheAuthorizerHasItsIdentitySourceAndCacheTime(t *testing.T) {
	authorizer := load(t, "dev").Routes[0].Authorizer
	want := &template.Authorizer{Name: "Tokens", Function: "Guard", Headers: []string{"Authorization"}, TTL: time.Minute}
	testkit.Equal(t, want, authorizer)
}

func TestPreflightsAreMadeAsSAMMakesThem(t *testing.T) {
	preflight := load(t, "dev").Routes[2].Preflight
	want := map[string]string{
		"Access-Control-Allow-Origin":  "http://localhost:3002",
		"Access-Control-Allow-Headers": "Authorization",
		"Access-Control-Allow-Methods": "GET,OPTIONS",
	}
	testkit.Equal(t, want, preflight)
}

func TestWhatAnAPIDoesNotSayIsAsInSAM(t *testing.T) {
	const cors = "Cors:\n        AllowOrigin: !Sub \"'${WebOrigin}'\"\n        AllowHeaders: \"'Authorization'\""
	const anyMethod = "        Any: { Type: Api, Properties: { RestApiId: !Ref Api, Path: /any, Method: any } }\n"
	for sentence, c := range map[string]struct{ old, new, want string }{
		"all is said": {cors, cors, "false 1m0s http://localhost:3002 OPTIONS,POST"},
		"the default authorizer stands before preflights too": {"AddDefaultAuthorizerToCorsPreflight: false", "",
			"true 1m0s http://localhost:3002 OPTIONS,POST"},
		"an authorizer's result is cached for five minutes": {", ReauthorizeEvery: !Ref CacheSeconds", "",
			"false 5m0s http://localhost:3002 OPTIONS,POST"},
		"every origin may ask": {cors, "Cors:\n        AllowHeaders: \"'Authorization'\"",
			"false 1m0s * OPTIONS,POST"},
		"Cors may be the origin alone": {cors, `Cors: "'https://a'"`, "false 1m0s https://a OPTIONS,POST"},
		"a preflight of ANY allows all methods": {"        Hourly:", anyMethod + "        Hourly:",
			"false 1m0s http://localhost:3002 DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT"},
	} {
		t.Run(sentence, func(t *testing.T) {
			stack, _, err := loadChanged(t, c.old, c.new)
			testkit.Must(t, err)
			preflight := stack.Routes[len(stack.Routes)-1]
			testkit.Equal(t, c.want, fmt.Sprint(preflight.Authorizer != nil, " ", stack.Routes[0].Authorizer.TTL, " ",
				preflight.Preflight["Access-Control-Allow-Origin"], " ",
				preflight.Preflight["Access-Control-Allow-Methods"]))
		})
	}
}

func TestAPathWithAnOptionsMethodOfItsOwnGetsNoPreflight(t *testing.T) {
	changed := strings.NewReplacer("Method: post,", "Method: options,", "HttpMethod: POST", "HttpMethod: OPTIONS")
	stack, err := loadText(t, changed.Replace(testkit.Read(t, "testdata/stack.yaml")),
		map[string]string{"Issuer": issuer})
	testkit.Must(t, err)
	for _, route := range stack.Routes {
		if route.Path == "/status/{id}" && route.Preflight != nil {
			t.Error("the template's own OPTIONS method has a rival")
		}
	}
}

func TestGatewayResponsesLoseTheirInnerQuotes(t *testing.T) {
	responses := load(t, "dev").GatewayResponses
	if got := responses["UNAUTHORIZED"].Headers["WWW-Authenticate"]; got != `Bearer realm="bank"` {
		t.Errorf("header %q", got)
	}
	if got := responses["ACCESS_DENIED"]; got.Status != 401 || got.Templates["application/json"] == "" {
		t.Errorf("response %+v", got)
	}
}

func TestAnOutputIsResolvedWhereItCanBe(t *testing.T) {
	want := map[string]string{"Url": "https://local.execute-api.us-east-1.amazonaws.com/dev", "AlertTopic": ""}
	testkit.Equal(t, want, load(t, "dev").Outputs)
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
	for _, r := range load(t, "dev").Routes {
		got[r.Method+" "+r.Path] = *r.Throttle
	}
	all := template.Throttle{Rate: 100.5, Burst: 20}
	want := map[string]template.Throttle{
		"GET /balance": {Rate: 5, Burst: 10}, "POST /status/{id}": {Rate: 1, Burst: 2}, "OPTIONS /balance": all,
		"OPTIONS /status/{id}": all,
	}
	testkit.Equal(t, want, got)
}
