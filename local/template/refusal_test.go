package template_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"drawbridge/local/template"
	"drawbridge/shared/testkit"
)

// refusal changes one place of testdata/stack.yaml. What is refused must name the thing; `at` is the text whose line
// the error must carry.
type refusal struct{ sentence, old, new, reason, at string }

// conditioned is the refusal of a condition in a statement.
func conditioned(sentence, condition, reason string) refusal {
	return refusal{sentence, noScan, noScan + " Condition: " + condition + ",", reason, noScan}
}

var refusals = []refusal{
	{"an intrinsic function that is not understood", `TABLE: !Ref Accounts`, `TABLE: !Join ["-", [a, b]]`,
		"Fn::Join is not understood", "!Join"},
	{"its long form too", `TABLE: !Ref Accounts`, `TABLE: { "Fn::Cidr": [a, 1, 1] }`, "Fn::Cidr is not understood",
		"Fn::Cidr"},
	{"an element that a list does not have", `TABLE: !Ref Accounts`, `TABLE: !Select [2, !Split [",", "a,b"]]`,
		"the list has no element 2", "!Select"},
	{"a list that is a string", `TABLE: !Ref Accounts`, `TABLE: !Select [0, "a"]`, "Fn::Select is not written",
		"!Select"},
	{"a list that is split", `TABLE: !Ref Accounts`, `TABLE: !Select [0, !Split [",", [a]]]`, "Fn::Split is not written",
		"!Split"},
	{"an intrinsic function where the value has no effect", `AlarmActions: [!Ref Alerts]`,
		`AlarmActions: [!ImportValue x]`, "Fn::ImportValue is not understood", "!ImportValue"},
	{"an intrinsic function in the branch that is not taken", `!If [IsProduction, "yes", "no"]`,
		`!If [IsProduction, !Base64 x, "no"]`, "Fn::Base64 is not understood", "!Base64"},
	{"a resource type that is not understood", `Type: AWS::SNS::Topic`, `Type: AWS::SQS::Queue`,
		"resource type AWS::SQS::Queue is not understood", "Alerts:"},
	{"a function's property that matters", `CodeUri: authorizer/`, "CodeUri: authorizer/\n      VpcConfig: {}",
		"property VpcConfig is not understood", "VpcConfig"},
	{"an API's property that matters", `StageName: !Ref StageName`, "StageName: !Ref StageName\n      DefinitionBody: {}",
		"property DefinitionBody is not understood", "DefinitionBody"},
	{"a table's property that matters", `BillingMode: PAY_PER_REQUEST`, "GlobalSecondaryIndexes: []",
		"property GlobalSecondaryIndexes is not understood", "GlobalSecondaryIndexes"},
	{"a resource attribute that is not understood", `Type: AWS::SNS::Topic`,
		"Type: AWS::SNS::Topic\n    CreationPolicy: {}", "attribute CreationPolicy is not understood", "CreationPolicy"},
	{"globals of another kind", `Globals:`, "Globals:\n  HttpApi: {}", "Globals.HttpApi is not understood", "HttpApi"},
	{"a parameter's property that matters", `MinLength: 1`, `MinLength: 1, Secret: true`,
		"property Secret is not understood", "Secret"},
	{"a section that is not understood", `Outputs:`, "Mappings: {}\nOutputs:", "section Mappings is not understood",
		"Mappings"},
	{"parameters that a rule does not let go together", `Outputs:`,
		"Rules:\n  Never:\n    RuleCondition: !Not [!Equals [!Ref StageName, a]]\n    Assertions:\n      - { Assert: " +
			"!Equals [!Ref StageName, b], AssertDescription: a stage b }\nOutputs:",
		"rule Never does not hold: a stage b", "Assert: !Equals"},
	{"a rule that asserts nothing", `Outputs:`, "Rules:\n  Empty: { Assertions: [] }\nOutputs:",
		"rule Empty asserts nothing", "Empty:"},
	{"a rule's own function", `Outputs:`,
		"Rules:\n  Other: { Assertions: [{ Assert: !Contains [[a], a], AssertDescription: x }] }\nOutputs:",
		"Fn::Contains is not understood in a condition", "!Contains"},
	{"another transform", `Transform: AWS::Serverless-2016-10-31`, `Transform: AWS::LanguageExtensions`,
		"another transform", "AWSTemplateFormatVersion"},
	{"a reference to nothing", `TABLE: !Ref Accounts`, `TABLE: !Ref Acounts`, "there is no parameter or resource Acounts",
		"!Ref Acounts"},
	{"a dangling reference where the value has no effect", `AlarmActions: [!Ref Alerts]`, `AlarmActions: [!Ref Allerts]`,
		"there is no parameter or resource Allerts", "Allerts"},
	{"a reference to what does not exist on one machine", `TABLE: !Ref Accounts`, `TABLE: !Ref Alerts`,
		"does not exist on this machine", "TABLE: !Ref Alerts"},
	{"an attribute that does not exist on one machine", `[Accounts, Arn]`, `[Accounts, StreamArn]`,
		"attribute StreamArn of Accounts", "StreamArn"},
	{"a reference to a resource whose condition does not hold", `TABLE: !Ref Accounts`, `TABLE: !Ref OnlyInProduction`,
		"its condition does not hold", "TABLE: !Ref OnlyInProduction"},
	{"a condition that does not exist", `!If [IsProduction, "yes"`, `!If [IsProd, "yes"`,
		"condition IsProd does not exist", "IsProd,"},
	{"a condition of one part", `!Or [!Condition IsDevelopment, !Condition IsProduction]`, `!Or [!Condition IsProduction]`,
		"Fn::Or is not written", "Always:"},
	{"a condition that depends on itself", `!Equals [!Ref StageName, prod]`, `!Not [!Condition IsProduction]`,
		"depends on itself", "IsProduction: !Not"},
	{"a key that stands twice", `Timeout: 5`, "Timeout: 5\n      Timeout: 6", "stands here a second time", "Timeout: 6"},
	{"an unquoted value that YAML versions read differently", `LEVEL: debug`, `LEVEL: 010`, "put it in quotes",
		"LEVEL: 010"},
	{"an unquoted date", `LEVEL: debug`, `LEVEL: 2012-10-17`, "put it in quotes", "2012-10-17"},
	{"a route without an authorizer", `DefaultAuthorizer: Tokens`, ``, "the route has no authorizer", "        Get:"},
	{"an authorizer that does not exist", `Auth: { Authorizer: NONE }`, `Auth: { Authorizer: None }`,
		"authorizer None does not exist", "        Public:"},
	{"a default authorizer that does not exist", `DefaultAuthorizer: Tokens`, `DefaultAuthorizer: Token`,
		"DefaultAuthorizer Token is not among", "DefaultAuthorizer: Token"},
	{"an authorizer behind an alias", `!GetAtt Guard.Arn`, `!Ref Guard.Alias`, "FunctionArn must be !GetAtt",
		"FunctionArn"},
	{"an authorizer by its alias's ARN", `!GetAtt Guard.Arn`, `!Sub "${Guard.Arn}:live"`, "FunctionArn must be !GetAtt",
		"FunctionArn"},
	{"an authorizer of another stack", `!GetAtt Guard.Arn`, `!ImportValue guard`, "FunctionArn must be !GetAtt",
		"FunctionArn"},
	{"an authorizer that is written out", `!GetAtt Guard.Arn`, `arn:aws:lambda:eu-central-1:123456789012:function:guard`,
		"FunctionArn must be !GetAtt", "FunctionArn"},
	{"an authorizer's function that is missing", `!GetAtt Guard.Arn`, `!GetAtt Guards.Arn`,
		"FunctionArn must be !GetAtt", "FunctionArn"},
	{"an authorizer's function whose condition does not hold", `!GetAtt Guard.Arn`, `!GetAtt OnlyInProduction.Arn`,
		"FunctionArn must be !GetAtt", "FunctionArn"},
	{"IAM for an authorizer", `DefaultAuthorizer: Tokens`, `DefaultAuthorizer: AWS_IAM`,
		"DefaultAuthorizer AWS_IAM is not among", "DefaultAuthorizer"},
	{"a route that wants an API key", `Path: /balance, Method: get`,
		`Path: /balance, Method: get, Auth: { ApiKeyRequired: true }`, "property ApiKeyRequired is not understood",
		"ApiKeyRequired"},
	{"a resource policy", `DefaultAuthorizer: Tokens`,
		"DefaultAuthorizer: Tokens\n        ResourcePolicy: { SourceVpcBlacklist: [x] }",
		"property ResourcePolicy is not understood", "ResourcePolicy"},
	{"a function URL, which no authorizer guards", `CodeUri: functions/balance`,
		"CodeUri: functions/balance\n      FunctionUrlConfig: { AuthType: NONE }",
		"property FunctionUrlConfig is not understood", "FunctionUrlConfig"},
	{"a TOKEN authorizer", `FunctionPayloadType: REQUEST`, `FunctionPayloadType: TOKEN`, "must be REQUEST", "TOKEN"},
	{"an authorizer of no kind, of which SAM makes a TOKEN one", `FunctionPayloadType: REQUEST`,
		`FunctionPayloadType: !Ref AWS::NoValue`, "FunctionPayloadType is missing", "Tokens:\n"},
	{"an authorizer without identity source", `Headers: [Authorization], `, ``, "names no header", "Tokens:\n"},
	{"a result cached for more than an hour", `ReauthorizeEvery: !Ref CacheSeconds`, `ReauthorizeEvery: 3601`,
		"not a whole number from 0 to 3600", "3601"},
	{"a route of the API that SAM would make by itself", `RestApiId: !Ref Api, Path: /balance`, `Path: /balance`,
		"RestApiId is missing", "        Get:"},
	{"a route that stands twice", `Path: "/status/{id}", Method: post`, `Path: /balance, Method: get`, "stands on line",
		"        Public:"},
	{"a variable inside a path segment", `"/status/{id}"`, `"/status{id}"`, "a segment that is not understood",
		"        Public:"},
	{"a greedy variable that is not the last", `"/status/{id}"`, `"/{proxy+}/status"`, "greedy variable before its end",
		"        Public:"},
	{"a path without a slash in front", `Path: /balance`, `Path: balance`, "does not begin with a slash", "        Get:"},
	{"a method that there is not", `Method: post`, `Method: brew`, "method BREW is not understood", "        Public:"},
	{"more time than API Gateway gives", `Method: get }`, `Method: get, TimeoutInMillis: 29001 }`,
		"not a whole number from 50 to 29000", "29001"},
	{"a route of another API", `RestApiId: !Ref Api, Path: /balance`, `RestApiId: !Ref Accounts, Path: /balance`,
		"RestApiId must be !Ref Api", "!Ref Accounts, Path"},
	{"a second API", `  Guard:`, "  Second: { Type: AWS::Serverless::Api, Properties: { StageName: x } }\n  Guard:",
		"there is one API already", "Second:"},
	{"a public route where none is guarded", `DefaultAuthorizer: Tokens`, ``, "NONE is valid only where",
		"        Public:"},
	{"two names for one variable", `RestApiId: !Ref Api, Path: /balance, Method: get`,
		`RestApiId: !Ref Api, Path: "/status/{name}", Method: get`, "name one variable differently", "        Public:"},
	{"another source of events", `Type: Api`, `Type: SQS`, "events of type SQS are not understood", "        Get:"},
	{"an HTTP API's route", `Type: Api`, `Type: HttpApi`, "events of type HttpApi are not understood", "        Get:"},
	{"a cron expression", `rate(1 hour)`, `cron(0 3 * * ? *)`, "schedule cron(0 3 * * ? *) is not understood", "Hourly"},
	{"a rate with a sign", `rate(1 hour)`, `rate(+2 hours)`, "schedule rate(+2 hours) is not understood", "Hourly"},
	{"a rate of centuries", `rate(1 hour)`, `rate(200000 days)`, "schedule rate(200000 days) is not understood", "Hourly"},
	{"a rate of nothing", `rate(1 hour)`, `rate(0 hour)`, "schedule rate(0 hour) is not understood", "Hourly"},
	{"a schedule that is off", `Schedule: rate(1 hour),`, `Schedule: rate(1 hour), State: DISABLED,`,
		"it must be ENABLED", "DISABLED"},
	{"a rate in the wrong number", `rate(1 hour)`, `rate(2 hour)`, "schedule rate(2 hour) is not understood", "Hourly"},
	{"a schedule's property that matters", `Schedule: rate(1 hour),`, `Schedule: rate(1 hour), Input: "{}",`,
		"property Input is not understood", "Input:"},
	{"a gateway response's header without inner quotes", `"'Bearer realm=\"bank\"'"`, `Bearer`,
		"needs single quotes of its own", "WWW-Authenticate"},
	{"a gateway response's header of a variable that there is not", `"'Bearer realm=\"bank\"'"`, `context.nothing`,
		"variable $context.nothing is not understood", "WWW-Authenticate"},
	{"a gateway response's header of the request", `"'Bearer realm=\"bank\"'"`, `method.request.header.Origin`,
		"needs single quotes of its own", "WWW-Authenticate"},
	{"a gateway response's header of two lines", `"'Bearer realm=\"bank\"'"`, `"'Bearer\nX: y'"`,
		"needs single quotes of its own", "WWW-Authenticate"},
	{"a CORS value without inner quotes", `"'Authorization'"`, `Authorization`, "needs single quotes of its own",
		"AllowHeaders"},
	{"a gateway response type that does not exist", `ACCESS_DENIED:`, `ACCESS_DENY:`,
		"gateway response type ACCESS_DENY does not exist", "ACCESS_DENY:"},
	{"a customized 413, which API Gateway ignores", `ACCESS_DENIED:`, `REQUEST_TOO_LARGE:`,
		"does not let REQUEST_TOO_LARGE", "REQUEST_TOO_LARGE:"},
	{"a misspelt variable in a body template", `$context.error.messageString`, `$context.error.messageStrin`,
		"variable $context.error.messageStrin is not understood", "messageStrin"},
	{"VTL in a body template", `'{"error":"$context.authorizer.error"`,
		`'#set($x = 1){"error":"$context.authorizer.error"`, "is no VTL template", "#set"},
	{"a handler that is not bootstrap", `Handler: bootstrap`, `Handler: main`, "must be bootstrap", "Handler: main"},
	{"another runtime", `Runtime: provided.al2023`, `Runtime: nodejs22.x`, "must be provided.al2023", "nodejs22.x"},
	{"no way of building", "    Metadata: { BuildMethod: go1.x }\n", "", "Metadata.BuildMethod is missing", "  Guard:"},
	{"another way of building", `Metadata: { BuildMethod: go1.x }`, `Metadata: { BuildMethod: makefile }`,
		"BuildMethod makefile is not understood", "makefile"},
	{"source outside the checkout", `CodeUri: authorizer/`, `CodeUri: ../authorizer/`, "below the template's",
		"../authorizer"},
	{"a list where a string belongs", `LEVEL: debug`, `LEVEL: !Ref Clients`, "must be a string", "Clients"},
	{"a list inside Fn::Sub", `!Sub "accounts-${StageName}"`, `!Sub "accounts-${Clients}"`, "Clients is not a string",
		"accounts-${Clients}"},
	{"an attribute that is no key", `- { AttributeName: nonce, AttributeType: S }`,
		"- { AttributeName: nonce, AttributeType: S }\n        - { AttributeName: other, AttributeType: S }",
		"attribute other is defined but no key uses it", "- { AttributeName: nonce, AttributeType"},
	{"a key that has no type", `- { AttributeName: nonce, AttributeType: S }`,
		`- { AttributeName: other, AttributeType: S }`, "key nonce is not in AttributeDefinitions",
		"{ AttributeName: nonce, KeyType"},
	{"a policy template", `- Statement: { Effect: Allow,`,
		"- DynamoDBReadPolicy: { TableName: x }\n        - Statement: { Effect: Allow,",
		"a policy template is not understood", "DynamoDBReadPolicy"},
	conditioned("an operator of another type", `{ Bool: { "aws:SecureTransport": "true" } }`,
		"condition operator Bool is not understood"),
	conditioned("an operator of a condition", `{ StringNotEquals: { "dynamodb:EnclosingOperation": x } }`,
		"condition operator StringNotEquals is not understood"),
	conditioned("an operator that is misspelt", `{ "ForAllvalues:StringEquals": { "dynamodb:LeadingKeys": x } }`,
		"condition operator ForAllvalues:StringEquals is not understood"),
	conditioned("a condition key", `{ "ForAllValues:StringEquals": { "dynamodb:Attributes": [x] } }`,
		"condition key dynamodb:Attributes is not understood"),
	conditioned("leading keys without ForAllValues", `{ StringEquals: { "dynamodb:LeadingKeys": x } }`,
		"needs an operator that begins with ForAllValues"),
	conditioned("a policy variable", `{ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "${aws:userid}" } }`,
		"policy variables are not understood"),
	conditioned("a Null that is neither", `{ "Null": { "dynamodb:LeadingKeys": maybe } }`,
		"compares with true or false"),
	conditioned("a condition without a value", `{ StringEquals: { "dynamodb:EnclosingOperation": [] } }`,
		"a condition without a value"),
	conditioned("a condition on nothing", `{ StringEquals: { "dynamodb:EnclosingOperation": !Ref Nothing } }`,
		"there is no parameter or resource Nothing"),
	conditioned("a condition that is no mapping", `[StringEquals]`, "must be a mapping"),
	{"a policy that says neither Allow nor Deny", `Effect: Deny,`, `Effect: Denied,`, "Effect Denied is not understood",
		"NoScan"},
	{"a policy that says nothing", `Effect: Deny,`, `Effect: "",`, "Effect is missing", "NoScan"},
	{"a policy that names no resource", `, Resource: ["*"] }`, ` }`, "Resource is missing", "NoScan"},
	{"a policy that lists no resource", `, Resource: ["*"] }`, `, Resource: [] }`, "Resource is missing", "NoScan"},
	{"a route of no method", `Path: /balance, Method: get`, `Path: /balance, Method: ""`, "Method is missing",
		"        Get:"},
	{"a throttle of a route that is none", `/~1balance, HttpMethod: GET`, `/~1balances, HttpMethod: GET`,
		"there is no route GET /balances", "/~1balances"},
	{"a throttle of a method that is none", `/~1balance, HttpMethod: GET`, `/~1balance, HttpMethod: POST`,
		"there is no route POST /balance", "/~1balance"},
	{"a throttle of one path and all methods", `/~1balance, HttpMethod: GET`, `/~1balance, HttpMethod: "*"`,
		"is not understood; it is one method", "/~1balance"},
	{"a throttle that stands twice", `"/~1status~1{id}", HttpMethod: POST`, `/~1balance, HttpMethod: GET`,
		"stands here a second time", "ThrottlingRateLimit: 1,"},
	{"a rate without a burst", `ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10`, `ThrottlingRateLimit: 5`, "go together",
		"/~1balance"},
	{"a burst that is no whole number", `ThrottlingBurstLimit: 10`, `ThrottlingBurstLimit: 1.5`, "must be a whole number",
		"/~1balance"},
	{"a rate below zero", `ThrottlingRateLimit: 5`, `ThrottlingRateLimit: -1`, "is not a number from 0", "/~1balance"},
	{"a cache of responses", `ThrottlingRateLimit: 5`, `CachingEnabled: true, ThrottlingRateLimit: 5`,
		"a cache of responses is not understood", "/~1balance"},
	{"credentials for every origin", `AllowOrigin: !Sub "'${WebOrigin}'"`,
		"AllowOrigin: \"'*'\"\n        AllowCredentials: true", "AllowCredentials cannot be true", "AllowOrigin"},
}

func TestTheTemplateIsRefusedFor(t *testing.T) {
	for _, refusal := range refusals {
		t.Run(refusal.sentence, func(t *testing.T) {
			_, changed, err := loadChanged(t, refusal.old, refusal.new)
			line := 1 + strings.Count(changed[:strings.Index(changed, refusal.at)], "\n")
			if problem := theProblem(err, refusal.reason); problem == nil || problem.Line != line || problem.File == "" {
				t.Errorf("want %q of line %d, got\n%v", refusal.reason, line, err)
			}
		})
	}
}

// theProblem is the first one that says so.
func theProblem(err error, reason string) *template.Error {
	for _, problem := range problems(err) {
		if strings.Contains(problem.Reason, reason) {
			return problem
		}
	}
	return nil
}

// loadText loads a template of that text.
func loadText(t *testing.T, text string, parameters map[string]string, public ...string) (*template.Stack, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "template.yaml")
	testkit.Write(t, path, text)
	return template.Load(path, parameters, public...)
}

// loadChanged loads testdata/stack.yaml with a change in one place, and returns its text too.
func loadChanged(t *testing.T, old, new string) (stack *template.Stack, changed string, err error) {
	t.Helper()
	text := testkit.Read(t, "testdata/stack.yaml")
	if !strings.Contains(text, old) {
		t.Fatalf("testdata/stack.yaml does not contain %q", old)
	}
	changed = strings.Replace(text, old, new, 1)
	stack, err = loadText(t, changed, map[string]string{"Issuer": issuer})
	return stack, changed, err
}

func problems(err error) (list []*template.Error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, part := range joined.Unwrap() {
			if one, ok := errors.AsType[*template.Error](part); ok {
				list = append(list, one)
			}
		}
	}
	return list
}

func TestAParameterIsRefusedFor(t *testing.T) {
	for sentence, c := range map[string]struct{ name, value, reason string }{
		"a value that is not allowed":          {"StageName", "test", "not one of the allowed values"},
		"a value that misses its pattern":      {"WebOrigin", "http://localhost:3002/", "does not match"},
		"a number below its minimum":           {"CacheSeconds", "-1", "outside MinValue 0"},
		"a number above its maximum":           {"CacheSeconds", "301", "outside MaxValue 300"},
		"a number that is none":                {"CacheSeconds", "many", "not a number"},
		"what Go alone takes for a number":     {"CacheSeconds", "NaN", "not a number"},
		"a text that is too short":             {"Issuer", "", "outside MinLength 1"},
		"a name that the template lacks":       {"Isuer", "x", "parameter Isuer, which the template does not have"},
		"a pseudo parameter that there is not": {"AWS::Regoin", "x", "parameter AWS::Regoin, which the template does not"},
		"the lack of a value and of a default": {"StageName", "dev", "parameter Issuer has no default"},
	} {
		t.Run(sentence, func(t *testing.T) {
			parameters := map[string]string{"Issuer": issuer, c.name: c.value}
			if strings.Contains(c.reason, "no default") {
				delete(parameters, "Issuer")
			}
			_, err := template.Load("testdata/stack.yaml", parameters)
			testkit.Refused(t, err, c.reason)
		})
	}
}

func TestAValueThatIsNotToBeEchoedIsNotInTheRefusal(t *testing.T) {
	for _, constraint := range []string{
		"AllowedPattern: '^[0-9]+$'", "AllowedValues: [other]", "MinLength: 100", "MinValue: 1", "Type: Number",
	} {
		kind := "Type: String, "
		if strings.HasPrefix(constraint, "Type") {
			kind = ""
		}
		_, err := loadText(t, "Transform: AWS::Serverless-2016-10-31\nParameters:\n  Secret: { "+kind+"NoEcho: true, "+
			constraint+" }\nResources:\n  A: { Type: AWS::SNS::Topic }\n", map[string]string{"Secret": "hush-hush"})
		if err == nil || !strings.Contains(err.Error(), "parameter Secret: its value") ||
			strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", constraint, err)
		}
	}
}

func TestOneLoadNamesEveryProblem(t *testing.T) {
	_, err := loadText(t, "Transform: AWS::Serverless-2016-10-31\nResources:\n  A: { Type: AWS::SQS::Queue }\n"+
		"  B: { Type: AWS::EC2::Instance }\n", nil)
	if list := problems(err); len(list) != 2 || list[0].Line != 3 || list[1].Line != 4 {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNotYAMLIsRefused(t *testing.T) {
	for _, text := range []string{"", "a: [", "- a list", "a: &x 1\nb: *x"} {
		if _, err := loadText(t, text, nil); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

// A SAM application without any authorizer cannot say NONE: its routes are public only if they are listed.
func TestARouteWithoutAnAuthorizerIsRefusedUnlessItIsListedAsPublic(t *testing.T) {
	text := `Transform: AWS::Serverless-2016-10-31
Resources:
  Api: { Type: AWS::Serverless::Api, Properties: { StageName: dev } }
  Hello:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: go1.x }
    Properties:
      { CodeUri: hello/, Handler: bootstrap, Runtime: provided.al2023, Events: {
          Get: { Type: Api, Properties: { RestApiId: !Ref Api, Path: /hello, Method: get } } } }
`
	for _, c := range []struct {
		public []string
		reason string
		line   int
	}{
		{nil, "the route has no authorizer", 9},
		{[]string{"POST /hello"}, "the route has no authorizer", 9},
		{[]string{"GET /hello", "GET /other"}, "GET /other is to be public, and there is no such route", 0},
		{[]string{"GET /hello"}, "", 0},
	} {
		stack, err := loadText(t, text, nil, c.public...)
		if c.reason == "" {
			if err != nil || stack.Routes[0].Authorizer != nil {
				t.Errorf("%v: %v", c.public, err)
			}
			continue
		}
		if list := problems(err); len(list) == 0 || !strings.Contains(list[0].Reason, c.reason) || list[0].Line != c.line {
			t.Errorf("%v: %v", c.public, err)
		}
	}
}

func TestAListedRouteKeepsTheAuthorizerThatItHas(t *testing.T) {
	stack, err := template.Load("testdata/stack.yaml", map[string]string{"Issuer": issuer}, "GET /balance")
	if err != nil || stack.Routes[0].Path != "/balance" || stack.Routes[0].Authorizer == nil {
		t.Errorf("%v", err)
	}
}
