package contract_test

import (
	"go/ast"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"drawbridge/local/contract"
	"drawbridge/local/template"
	"drawbridge/local/template/templatetest"
	"drawbridge/shared/access"
	"drawbridge/shared/testkit"

	"github.com/getkin/kin-openapi/openapi3"
)

const (
	root = "../.."
	path = root + "/openapi.yaml"
)

func project(t *testing.T) *template.Stack {
	t.Helper()
	return templatetest.Project(t, root, nil)
}

func document(t *testing.T) []byte {
	t.Helper()
	return []byte(testkit.Read(t, path))
}

// read is the document of all tests, which takes a tenth of a second under the race detector.
var read = sync.OnceValues(func() (*contract.Document, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return contract.Parse(text)
})

func parsed(t *testing.T) *contract.Document {
	t.Helper()
	d, err := read()
	testkit.Must(t, err)
	return d
}

// operations are the document's, by "GET /balance".
func operations(t *testing.T) map[string]*openapi3.Operation {
	t.Helper()
	all := make(map[string]*openapi3.Operation)
	for path, item := range parsed(t).Paths.Map() {
		for method, operation := range item.Operations() {
			all[method+" "+path] = operation
		}
	}
	return all
}

// routes are the template's, by the same, without preflights.
func routes(t *testing.T) map[string]template.Route {
	t.Helper()
	all := make(map[string]template.Route)
	for _, r := range project(t).Routes {
		if r.Preflight == nil {
			all[r.Method+" "+r.Path] = r
		}
	}
	return all
}

func TestTheDocumentHasTheTemplatesRoutesAndNoOthers(t *testing.T) {
	described, served := slices.Sorted(maps.Keys(operations(t))), slices.Sorted(maps.Keys(routes(t)))
	if !slices.Equal(described, served) {
		t.Errorf("openapi.yaml describes %q, template.yaml serves %q", described, served)
	}
}

func TestEachRoutesSecurityIsItsGuards(t *testing.T) {
	guards := make(map[string]guard)
	for _, f := range project(t).Functions {
		guards[f.LogicalID] = guardOf(t, filepath.Join(root, f.CodeURI))
	}
	for name, route := range routes(t) {
		if operations(t)[name] == nil {
			t.Errorf("%s is not described", name)
			continue
		}
		want := guards[route.Function]
		var scopes []string
		session := false
		for _, requirement := range *operations(t)[name].Security {
			scopes = append(scopes, requirement["accessToken"]...)
			_, byCode := requirement["authorizationCode"]
			session = session || byCode
		}
		if route.Authorizer == nil {
			if scopes != nil || session {
				t.Errorf("%s is public, and openapi.yaml asks for %q", name, scopes)
			}
			continue
		}
		// POST /transfer takes a code in order to answer with its challenge.
		if session != (want.session || want.scope == access.ScopeTransferFunds) {
			t.Errorf("%s: authorization codes: %t in openapi.yaml", name, session)
		}
		if want.token && !slices.Equal(scopes, []string{want.scope}) || !want.token && scopes != nil {
			t.Errorf("%s: scopes %q in openapi.yaml, %q in the guard", name, scopes, want.scope)
		}
	}
}

// guard is what a function's rest.Guard asks for.
type guard struct {
	scope          string
	session, token bool // whether codes and tokens open it
}

var scopes = map[string]string{
	"ScopeViewBalance": access.ScopeViewBalance, "ScopeTransferFunds": access.ScopeTransferFunds,
	"ScopeCreateSession": access.ScopeCreateSession,
}

// guardOf reads the call of rest.Guard in a function's package.
func guardOf(t *testing.T, folder string) (found guard) {
	t.Helper()
	templatetest.Source(t, folder, func(n ast.Node) {
		selector, isSelector := n.(*ast.SelectorExpr)
		if !isSelector {
			return
		}
		switch name := selector.Sel.Name; name {
		case "KindSession":
			found.session = true
		case "KindUser", "KindClient":
			found.token = true
		default:
			if scope := scopes[name]; scope != "" && found.scope == "" {
				found.scope = scope
			}
		}
	})
	return found
}

func TestEachGatewayResponseIsDescribedWhereItCanOccur(t *testing.T) {
	for name, operation := range operations(t) {
		guarded := routes(t)[name].Authorizer != nil // a route that the template lacks is named by another test
		for _, r := range project(t).GatewayResponses {
			ofAuthorizer := slices.Contains([]string{
				"UNAUTHORIZED", "ACCESS_DENIED", "AUTHORIZER_FAILURE", "AUTHORIZER_CONFIGURATION_ERROR",
			}, r.Type)
			if ofAuthorizer && !guarded {
				continue
			}
			for _, status := range statuses(r) {
				if status == 400 && operation.RequestBody == nil {
					continue
				}
				if operation.Responses.Status(status) == nil {
					t.Errorf("%s: %s answers %d, which openapi.yaml lacks", name, r.Type, status)
				}
			}
		}
	}
}

func TestABrowserMaySendAndReadWhatTheDocumentNames(t *testing.T) {
	var preflight map[string]string
	for _, r := range project(t).Routes {
		if r.Preflight != nil {
			preflight = r.Preflight
		}
	}
	allowed := list(preflight["Access-Control-Allow-Headers"])
	methods := list(preflight["Access-Control-Allow-Methods"])
	for name, operation := range operations(t) {
		method, _, _ := strings.Cut(name, " ")
		if !slices.Contains(methods, method) {
			t.Errorf("a page may not send %s", name)
		}
		for _, parameter := range operation.Parameters {
			if parameter.Value.In == "header" && !slices.Contains(allowed, strings.ToLower(parameter.Value.Name)) {
				t.Errorf("%s: a page may not send %s", name, parameter.Value.Name)
			}
		}
	}
	for _, r := range project(t).GatewayResponses {
		exposed := list(r.Headers["Access-Control-Expose-Headers"])
		if !slices.Contains(exposed, "x-amzn-requestid") {
			t.Errorf("%s: a page may not read the request's id", r.Type)
		}
		headers := slices.AppendSeq(slices.Collect(maps.Keys(r.Headers)), maps.Keys(r.Mapped))
		for _, header := range headers {
			named := slices.Contains([]string{"www-authenticate", "retry-after", "dpop-nonce"}, strings.ToLower(header))
			if named && !slices.Contains(exposed, strings.ToLower(header)) {
				t.Errorf("%s: a page may not read %s", r.Type, header)
			}
		}
	}
}

// list reads a header's list in lower case, but methods as they are.
func list(text string) (names []string) {
	for _, name := range strings.Split(text, ",") {
		if name = strings.TrimSpace(name); name != strings.ToUpper(name) || strings.Contains(name, "-") {
			name = strings.ToLower(name)
		}
		names = append(names, name)
	}
	return names
}

func TestEachRetryIsTimed(t *testing.T) {
	for name, operation := range operations(t) {
		for status, response := range operation.Responses.Map() {
			if code, _ := strconv.Atoi(status); code != 429 && code != 503 {
				continue
			}
			if header := response.Value.Headers["Retry-After"]; header == nil || !header.Value.Required {
				t.Errorf("%s: a %s without Retry-After", name, status)
			}
		}
	}
	for _, r := range project(t).GatewayResponses {
		if (r.Status == 429 || r.Status == 503) && r.Headers["Retry-After"] == "" {
			t.Errorf("%s answers %d without Retry-After", r.Type, r.Status)
		}
	}
}
