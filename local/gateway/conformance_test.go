package gateway_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

// behaviour is a row of the conformance table: what AWS does, how that is known, and the test that it is so here too.
type behaviour struct {
	sentence string
	source   source
	test     func(t *testing.T, b *bench)
}

// source says how a behaviour of AWS is known.
type source struct{ kind, where string }

// recorded is an answer that AWS gave and somebody kept; the short names are explained in the table's head.
func recorded(where string) source { return source{"recorded", where} }

// documented is a page of AWS's: of the API Gateway Developer Guide unless another guide is named.
func documented(page string) source { return source{"documented", page} }

// unknown is what neither says; what stands here was chosen.
func unknown(why string) source { return source{"unknown", why} }

var (
	responseTypes   = documented("Gateway response types")
	gatewayPages    = documented("Gateway responses in API Gateway")
	contextPage     = documented("$context variables for mapping templates and access logging")
	authorizerUse   = documented("Configure a Lambda authorizer")
	authorizerIn    = documented("Input to an API Gateway Lambda authorizer")
	authorizerOut   = documented("Output from an API Gateway Lambda authorizer")
	proxyPage       = documented("Lambda proxy integrations in API Gateway")
	notes           = documented("Important notes for REST APIs")
	quotas          = documented("Quotas for configuring and running a REST API")
	throttlePage    = documented("Throttle requests to your REST APIs for better throughput")
	lambdaErrors    = documented("Lambda Developer Guide, Handling Lambda errors with an API Gateway API")
	lambdaQuotas    = documented("Lambda Developer Guide, Lambda quotas")
	iamEvaluation   = documented("IAM User Guide, Policy evaluation logic")
	iamElements     = documented("IAM User Guide, IAM JSON policy elements")
	knowledgeCentre = documented("AWS re:Post Knowledge Center, 401, 403 and 5xx errors of REST APIs")
	samTranslator   = documented("aws/serverless-application-model, samtranslator")
	observed        = unknown("as clients observe it")
)

// chapter is a part of the table.
type chapter struct {
	title string
	rows  []behaviour
}

var chapters = []chapter{
	{"Routes", routing}, {"Limits", limits}, {"Authorizers", authorizing}, {"An authorizer's policy", policies},
	{"The event", inputs}, {"The integration", integrating}, {"The function's answer", mapping},
	{"Gateway responses", answering},
}

func TestTheGatewayBehavesAsAPIGatewayDoes(t *testing.T) {
	for _, chapter := range chapters {
		for _, row := range chapter.rows {
			t.Run(row.sentence, func(t *testing.T) { row.test(t, newBench(t)) })
		}
	}
}

var update = flag.Bool("update", false, "write CONFORMANCE.md anew")

const head = `# What the local stack does as AWS does

Each row is a test: one of this folder, or the one that the row names. A source is an answer recorded from AWS, a page
of the API Gateway Developer Guide (or of another guide that is named), or unknown: then the row says what was chosen.
This file is written by

    go test ./local/gateway -run Conformance -update

Recordings: L-lam, L-int, L-com, L-api are snapshots of localstack/localstack, tests/aws/services/apigateway, in
test_apigateway_lambda, …_integrations, …_common and …_api; L-λ, L-λc, L-λr, L-λa those of tests/aws/services/lambda_,
in test_lambda, …_common, …_runtimes and …_api; L-ddb that of dynamodb. VK is hotsock/voker, apigwv1-request.json.
DN are the snapshots of aws/aws-lambda-dotnet, LambdaTestTool-v2. NB is nubo-db/dynamodb-conformance, PS is
paritysuite/dynamodb-conformance. owner/repository#number is an issue with AWS's own output in it; a number alone is a
public log of GitHub Actions.
`

func TestTheConformanceTableInTheDocumentationIsTheTestedOne(t *testing.T) {
	var b strings.Builder
	b.WriteString(head)
	number := 0
	for _, c := range append(chapters, elsewhere()...) {
		fmt.Fprintf(&b, "\n## %s\n\n| | Behaviour | Source |\n|--:|---|---|\n", c.title)
		for _, row := range c.rows {
			number++
			fmt.Fprintf(&b, "| %d | %s | %s: %s |\n", number, row.sentence, row.source.kind, row.source.where)
		}
	}
	b.WriteString("\n## Where it differs, and why\n\n| AWS | Here | Why |\n|---|---|---|\n")
	for _, d := range differences {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", d.aws, d.here, d.why)
	}
	if number < 180 {
		t.Errorf("%d rows", number)
	}
	if *update {
		if err := os.WriteFile("CONFORMANCE.md", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile("CONFORMANCE.md")
	if err != nil || string(written) != b.String() {
		t.Errorf("CONFORMANCE.md is not the table that is tested (%v); go test ./local/gateway -run Conformance -update", err)
	}
}
