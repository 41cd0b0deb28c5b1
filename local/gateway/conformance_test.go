package gateway_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

// behaviour is a row of the conformance table: what a REST API of API Gateway
// does, where that is written, and the test that this gateway does it too.
type behaviour struct {
	sentence string
	source   string
	test     func(t *testing.T, b *bench)
}

// Where behaviours are written: pages of the API Gateway Developer Guide unless another guide is named.
const (
	responseTypes   = "Gateway response types"
	gatewayPages    = "Gateway responses in API Gateway"
	contextPage     = "$context variables for mapping templates and access logging"
	authorizerUse   = "Configure a Lambda authorizer"
	authorizerIn    = "Input to an API Gateway Lambda authorizer"
	authorizerOut   = "Output from an API Gateway Lambda authorizer"
	proxyPage       = "Lambda proxy integrations in API Gateway"
	notes           = "Important notes for REST APIs"
	quotas          = "Quotas for configuring and running a REST API"
	binaryPage      = "Content type conversions in API Gateway"
	lambdaErrors    = "Lambda Developer Guide, Handling Lambda errors with an API Gateway API"
	lambdaQuotas    = "Lambda Developer Guide, Lambda quotas"
	iamEvaluation   = "IAM User Guide, Policy evaluation logic"
	iamElements     = "IAM User Guide, IAM JSON policy elements"
	knowledgeCentre = "AWS re:Post Knowledge Center, 401, 403 and 5xx errors of REST APIs"
	samTranslator   = "aws/serverless-application-model, samtranslator"
	observed        = "not documented; as clients observe it"
)

func conformance() []behaviour {
	var all []behaviour
	for _, part := range [][]behaviour{routing, authorizing, policies, answering, inputs, integrating, mapping} {
		all = append(all, part...)
	}
	return all
}

func TestTheGatewayBehavesAsAPIGatewayDoes(t *testing.T) {
	for _, row := range conformance() {
		t.Run(row.sentence, func(t *testing.T) {
			b := newBench(t)
			row.test(t, b)
		})
	}
}

var update = flag.Bool("update", false, "write CONFORMANCE.md anew")

func TestTheConformanceTableInTheDocumentationIsTheTestedOne(t *testing.T) {
	var b strings.Builder
	b.WriteString("# What the local gateway does as API Gateway does\n\n")
	b.WriteString("Each row is a test in this folder (`go test ./local/gateway`; this file: `go test ./local/gateway -update`).\n")
	b.WriteString("Sources are pages of the API Gateway Developer Guide unless another guide is named.\n\n")
	b.WriteString("| | Behaviour | Source |\n|--:|---|---|\n")
	rows := conformance()
	for i, row := range rows {
		fmt.Fprintf(&b, "| %d | %s | %s |\n", i+1, row.sentence, row.source)
	}
	if len(rows) < 40 {
		t.Errorf("%d rows", len(rows))
	}
	if *update {
		if err := os.WriteFile("CONFORMANCE.md", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile("CONFORMANCE.md")
	if err != nil || string(written) != b.String() {
		t.Errorf("CONFORMANCE.md is not the table that is tested (%v); go test ./local/gateway -update", err)
	}
}
