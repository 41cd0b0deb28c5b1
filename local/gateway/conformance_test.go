package gateway_test

import (
	"flag"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"drawbridge/shared/testkit"
)

// behaviour is a line of the conformance list: what AWS does, how that is known, and the test that it is so here too.
type behaviour struct {
	sentence string
	source   source
	test     check
}

// check is a test on a bench of its own.
type check func(t *testing.T, b *bench)

// source says how a behaviour of AWS is known, as the list shows it.
type source string

// recorded is an answer that AWS gave and somebody kept; the short names are explained in the list's head.
func recorded(where string) source { return source(where) }

// documented is a page of AWS's, by its short name in pages, and what stands beside it.
func documented(page string, beside ...string) source {
	return source(strings.Join(append([]string{"[" + page + "]"}, beside...), "; "))
}

// unknown is what neither says; what stands here was chosen.
func unknown(why string) source { return source(strings.TrimSuffix("chosen: "+why, ": ")) }

type page struct{ guide, short, title string }

// pages are the pages of AWS's documentation, by short name.
var pages = []page{
	{"API Gateway", "types", "Gateway response types"},
	{"API Gateway", "responses", "Gateway responses in API Gateway"},
	{"API Gateway", "context", "$context variables for mapping templates and access logging"},
	{"API Gateway", "authorizer", "Configure a Lambda authorizer"},
	{"API Gateway", "input", "Input to an API Gateway Lambda authorizer"},
	{"API Gateway", "output", "Output from an API Gateway Lambda authorizer"},
	{"API Gateway", "proxy", "Lambda proxy integrations in API Gateway"},
	{"API Gateway", "notes", "Important notes for REST APIs"},
	{"API Gateway", "quotas", "Quotas for configuring and running a REST API"},
	{"API Gateway", "throttling", "Throttle requests to your REST APIs for better throughput"},
	{"API Gateway", "binary", "Content type conversions in API Gateway"},
	{"Lambda", "errors", "Handling Lambda errors with an API Gateway API"},
	{"Lambda", "λ-quotas", "Lambda quotas"},
	{"Lambda", "lifecycle", "Understanding the Lambda execution environment lifecycle"},
	{"Lambda", "runtime", "Using the Lambda runtime API"},
	{"Lambda", "reserved", "Configuring reserved concurrency"},
	{"Lambda", "scaling", "Understanding Lambda function scaling"},
	{"Lambda", "variables", "Working with Lambda environment variables"},
	{"Lambda", "asynchronous", "Asynchronous invocation"},
	{"Lambda API", "Invoke", "Invoke"},
	{"Lambda API", "common", "Common errors"},
	{"IAM", "evaluation", "Policy evaluation logic"},
	{"IAM", "elements", "IAM JSON policy elements"},
	{"IAM", "operators", "Condition operators"},
	{"IAM", "multiple", "Conditions with multiple keys or values"},
	{"IAM", "multivalued", "Single-valued vs. multivalued context keys"},
	{"DynamoDB", "transactions", "Using IAM with transactions"},
	{"others", "re:Post", "Knowledge Center, 401, 403 and 5xx errors of REST APIs"},
	{"others", "SAM", "aws/serverless-application-model, samtranslator"},
}

var (
	responseTypes   = documented("types")
	gatewayPages    = documented("responses")
	contextPage     = documented("context")
	authorizerUse   = documented("authorizer")
	authorizerIn    = documented("input")
	authorizerOut   = documented("output")
	proxyPage       = documented("proxy")
	notes           = documented("notes")
	quotas          = documented("quotas")
	throttlePage    = documented("throttling")
	lambdaErrors    = documented("errors")
	lambdaQuotas    = documented("λ-quotas")
	iamEvaluation   = documented("evaluation")
	iamElements     = documented("elements")
	knowledgeCentre = documented("re:Post")
	samTranslator   = documented("SAM")
	observed        = source("observed")
)

// chapter is a part of the list.
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

A behaviour a line, and its source: an answer recorded from AWS, a [page] (listed last), observed by clients, or chosen,
where none says. Each has its test in this folder, or the test's name in conformance_elsewhere_test.go. This file is
written by

    go test ./local/gateway -run Conformance -update

Recordings: L-lam, L-int, L-com, L-api are snapshots of localstack/localstack, tests/aws/services/apigateway
(test_apigateway_lambda, …_integrations, …_common, …_api); L-λ, L-λc, L-λr, L-λa of its lambda_ (test_lambda, …_common,
…_runtimes, …_api); L-ddb of its dynamodb. VK: hotsock/voker, apigwv1-request.json. DN: aws/aws-lambda-dotnet,
LambdaTestTool-v2. NB: nubo-db/dynamodb-conformance. PS: paritysuite/dynamodb-conformance. A name with # is an issue
with AWS's own output; a number alone a public log of GitHub Actions.
`

func TestTheConformanceTableInTheDocumentationIsTheTestedOne(t *testing.T) {
	var b strings.Builder
	b.WriteString(head)
	number := 0
	for _, c := range append(chapters, elsewhere()...) {
		fmt.Fprintf(&b, "\n## %s\n\n```\n", c.title)
		for _, row := range c.rows {
			number++
			writeRow(&b, row)
		}
		b.WriteString("```\n")
	}
	b.WriteString("\n## AWS → here, and why\n\n")
	for _, d := range differences {
		fmt.Fprintf(&b, "%s\n", strings.Join(folded(fmt.Sprintf("- %s → %s (%s)", d.aws, d.here, d.why), 120), "\n"))
	}
	b.WriteString("\n## Pages\n")
	guide := ""
	for _, p := range pages {
		if p.guide != guide {
			guide = p.guide
			fmt.Fprintf(&b, "\n    %s\n", guide)
		}
		fmt.Fprintf(&b, "    %-14s %s\n", "["+p.short+"]", p.title)
	}
	if number < 180 {
		t.Errorf("%d rows", number)
	}
	if *update {
		testkit.Write(t, "CONFORMANCE.md", b.String())
	}
	if testkit.Read(t, "CONFORMANCE.md") != b.String() {
		t.Error("CONFORMANCE.md is not the list that is tested; go test ./local/gateway -run Conformance -update")
	}
}

// writeRow writes a row in two columns. What is too long for its column goes on below.
func writeRow(b *strings.Builder, row behaviour) {
	sentence, source := folded(row.sentence, 65), folded(string(row.source), 53)
	for len(sentence)+len(source) > 0 {
		var left, right string
		if len(sentence) > 0 {
			left, sentence = sentence[0], sentence[1:]
		}
		if len(source) > 0 {
			right, source = source[0], source[1:]
		}
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-66s %s", left, right), " ") + "\n")
	}
}

// folded breaks text at its spaces into lines of width. The second and all that follow are indented.
func folded(text string, width int) (lines []string) {
	for _, word := range strings.Fields(text) {
		last := len(lines) - 1
		if last < 0 || utf8.RuneCountInString(lines[last]+" "+word) > width {
			lines = append(lines, strings.Repeat(" ", 2*min(len(lines), 1))+word)
		} else {
			lines[last] += " " + word
		}
	}
	return lines
}

func TestEveryPageThatARowNamesIsListed(t *testing.T) {
	named := regexp.MustCompile(`\[([^\]]+)\]`)
	for _, c := range append(chapters, elsewhere()...) {
		for _, row := range c.rows {
			for _, m := range named.FindAllStringSubmatch(string(row.source), -1) {
				if !slices.ContainsFunc(pages, func(p page) bool { return p.short == m[1] }) {
					t.Errorf("%s: pages has no %s", row.sentence, m[1])
				}
			}
		}
	}
}
