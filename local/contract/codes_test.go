package contract_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"drawbridge/local/template"
	"drawbridge/shared/access"
	"drawbridge/shared/rest"
	"drawbridge/shared/testkit"
)

var update = flag.Bool("update", false, "write the codes in openapi.yaml anew")

const (
	begin = "    # ---- codes ----\n"
	end   = "    # ---- end of codes ----\n"
)

func TestTheCodesOfTheDocumentAreThoseOfTheTableAndOfTheGateway(t *testing.T) {
	text := string(document(t))
	head, rest, found := strings.Cut(text, begin)
	written, tail, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatal("openapi.yaml lost the marks around its codes")
	}
	want := schemas(t)
	if *update {
		testkit.Write(t, path, head+begin+want+end+tail)
		return
	}
	if written != want {
		t.Error("the codes in openapi.yaml are not those of shared/rest and template.yaml; go test ./local/contract -update")
	}
}

// schemas writes a schema of a problem for each status, with its codes.
func schemas(t *testing.T) string {
	t.Helper()
	codes := make(map[int][]string)
	for code, status := range rest.Codes() {
		codes[status] = append(codes[status], code)
	}
	for _, r := range project(t).GatewayResponses {
		for _, status := range statuses(r) {
			codes[status] = append(codes[status], gatewayCodes(t, r)...)
		}
	}
	var b strings.Builder
	for _, status := range slices.Sorted(maps.Keys(codes)) {
		slices.Sort(codes[status])
		fmt.Fprintf(&b, "    Problem%d:\n      type: object\n      required: [type, title, code]\n", status)
		fmt.Fprintf(&b, "      properties:\n")
		fmt.Fprintf(&b, "        type: { type: string, enum: [\"about:blank\"] }\n        title: { type: string }\n")
		fmt.Fprintf(&b, "        status: { type: integer, enum: [%d] }\n        detail: { type: string }\n", status)
		fmt.Fprintf(&b, "        code:\n          type: string\n          enum:\n")
		for _, code := range slices.Compact(codes[status]) {
			fmt.Fprintf(&b, "            - %s\n", code)
		}
	}
	return b.String()
}

// statuses are those that API Gateway gives a response: its own, or those of the types that fall back on it. A
// request that no method serves has no route, so no operation describes it.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
func statuses(r template.GatewayResponse) []int {
	switch r.Type {
	case "DEFAULT_4XX":
		return []int{400, 413} // a body that API Gateway cannot pass on, and one above 10 MB
	case "DEFAULT_5XX":
		return []int{500, 502, 504}
	case "MISSING_AUTHENTICATION_TOKEN":
		return nil
	}
	return []int{r.Status}
}

var variable = regexp.MustCompile(`(: ?)(\$context\.[A-Za-z_.]+)`)

// gatewayCodes reads the code in a gateway response's body, or the codes that the authorizer puts there.
func gatewayCodes(t *testing.T, r template.GatewayResponse) []string {
	t.Helper()
	var body struct {
		Type  string `json:"type"`
		Title string `json:"title"`
		Code  string `json:"code"`
	}
	if strings.Contains(r.Templates["application/json"], `"code":"$context.authorizer.error"`) {
		return []string{access.CodeInvalidToken, access.CodeInvalidProof, access.CodeUseNonce}
	}
	text := variable.ReplaceAllString(r.Templates["application/json"], `$1"a message"`)
	if err := json.Unmarshal([]byte(text), &body); err != nil || body.Type == "" || body.Title == "" || body.Code == "" {
		t.Fatalf("%s answers no problem: %v in %s", r.Type, err, text)
	}
	return []string{body.Code}
}
