package template_test

import (
	"go/ast"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"drawbridge/local/template"
	"drawbridge/local/template/templatetest"
	"drawbridge/shared/testkit"

	"github.com/google/go-cmp/cmp"
)

// These tests hold the project's own template.yaml to what no linter looks at.

const root = "../.."

func project(t *testing.T) *template.Stack {
	t.Helper()
	return templatetest.Project(t, root, nil)
}

func TestEveryVariableThatAFunctionReadsIsSetAndNoneIsIdle(t *testing.T) {
	for _, f := range project(t).Functions {
		required, optional := variablesRead(t, filepath.Join(root, f.CodeURI))
		for name := range required {
			if _, set := f.Environment[name]; !set {
				t.Errorf("%s reads %s, which the template does not set", f.LogicalID, name)
			}
		}
		for name := range f.Environment {
			if !required[name] && !optional[name] {
				t.Errorf("%s is given %s and does not read it", f.LogicalID, name)
			}
		}
		if len(required) == 0 {
			t.Errorf("%s reads nothing at all: does this test look in the right place?", f.LogicalID)
		}
	}
}

// variablesRead finds the calls of an env.Reader's methods, by their names, in a function's own package and in those
// whose FromEnv it calls. What begins with AWS_ is Lambda's to set.
func variablesRead(t *testing.T, folder string) (required, optional map[string]bool) {
	t.Helper()
	readers := map[string]*map[string]bool{
		"String": &required, "List": &required, "Seconds": &required, "Origin": &required,
		"OneOf": &required, "Parsed": &required, "Value": &required, "Read": &required, // with the reader before the name
		"Optional": &optional, "OptionalURL": &optional, "OptionalList": &optional, "OptionalSeconds": &optional,
	}
	required, optional = map[string]bool{}, map[string]bool{}
	templatetest.Source(t, folder, func(n ast.Node) {
		call, isCall := n.(*ast.CallExpr)
		if !isCall || len(call.Args) == 0 {
			return
		}
		method, isMethod := call.Fun.(*ast.SelectorExpr)
		if isMethod && method.Sel.Name == "FromEnv" {
			its, optionally := variablesRead(t, filepath.Join(root, "shared", method.X.(*ast.Ident).Name))
			maps.Copy(required, its)
			maps.Copy(optional, optionally)
		}
		argument := call.Args[0]
		if isMethod && len(call.Args) > 1 && slices.Contains([]string{"Parsed", "Value", "Read"}, method.Sel.Name) {
			argument = call.Args[1]
		}
		literal, isLiteral := argument.(*ast.BasicLit)
		if !isMethod || !isLiteral || literal.Kind != token.STRING {
			return
		}
		name, _ := strconv.Unquote(literal.Value)
		ours := name != "" && name == strings.ToUpper(name) && !strings.HasPrefix(name, "AWS_")
		if list := readers[method.Sel.Name]; list != nil && ours {
			(*list)[name] = true
		}
	})
	for name := range required { // read strictly once it is known to be there
		if optional[name] {
			delete(required, name)
		}
	}
	return required, optional
}

// Where DPoP is off, no challenge speaks of it; else the authorizer writes that of its Deny.
func TestEvery401OfTheGatewayHasAChallenge(t *testing.T) {
	const bare = `Bearer realm="drawbridge"`
	const named = `, resource_metadata="https://api.example/.well-known/oauth-protected-resource"`
	for mode, want := range map[string]map[string]string{
		"off":      {"UNAUTHORIZED": bare + named, "ACCESS_DENIED": bare + `, error="invalid_token"` + named},
		"allowed":  {"UNAUTHORIZED": bare + named + `, DPoP algs="ES256"`, "ACCESS_DENIED": "context.authorizer.challenge"},
		"required": {"UNAUTHORIZED": bare + named + `, DPoP algs="ES256"`, "ACCESS_DENIED": "context.authorizer.challenge"},
	} {
		stack := templatetest.Project(t, root, map[string]string{"Dpop": mode, "ApiUrl": "https://api.example"})
		got := map[string]string{}
		for name, response := range stack.GatewayResponses {
			if response.Status == 401 {
				got[name] = response.Headers["WWW-Authenticate"] + response.Mapped["WWW-Authenticate"]
			}
			if nonce := response.Mapped["DPoP-Nonce"]; (nonce != "") != (name == "ACCESS_DENIED" && mode != "off") {
				t.Errorf("%s: %s has DPoP-Nonce %q", mode, name, nonce)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", mode, diff)
		}
	}
}

func TestDPoPNeedsASecretAndNoCachedAllow(t *testing.T) {
	for name, given := range map[string]map[string]string{
		"Dpop needs DpopSecret":                         {"DpopSecret": ""},
		"A cached Allow would stand for the next proof": {"AuthorizerCacheSeconds": "1"},
	} {
		_, err := template.Load(filepath.Join(root, "template.yaml"), templatetest.Parameters(given))
		testkit.Refused(t, err, name)
		given["Dpop"] = "off"
		templatetest.Project(t, root, given)
	}
}

func TestNoStatementAllowsEverythingOrEverywhere(t *testing.T) {
	for _, f := range project(t).Functions {
		if len(f.Policies) == 0 && f.LogicalID != "MetadataFunction" { // which reads nothing but its environment
			t.Errorf("%s has no statement", f.LogicalID)
		}
		for _, s := range f.Policies {
			for _, text := range slices.Concat(s.Actions, s.Resources) {
				if strings.Contains(text, "*") {
					t.Errorf("%s, statement %s: %s", f.LogicalID, s.Sid, text)
				}
			}
			if s.Sid == "" {
				t.Errorf("%s has a statement that does not say what it is for (Sid)", f.LogicalID)
			}
		}
	}
}

func TestNobodyMayUpdateOrDeleteInTheLedger(t *testing.T) {
	for _, f := range project(t).Functions {
		for _, s := range f.Policies {
			onLedger := slices.ContainsFunc(s.Resources, func(r string) bool {
				return strings.HasSuffix(r,
					"table/LedgerTable")
			})
			for _, action := range s.Actions {
				if onLedger && !slices.Contains([]string{"dynamodb:PutItem", "dynamodb:Query", "dynamodb:GetItem"}, action) {
					t.Errorf("%s may %s in the ledger", f.LogicalID, action)
				}
			}
		}
	}
}

func TestWhatExpiresDoesSoByTheAttributeThatTheCodeWrites(t *testing.T) {
	expiring := map[string]bool{}
	for _, table := range project(t).Tables {
		if table.TTLAttribute != "" && table.TTLAttribute != "expires_at" {
			t.Errorf("%s expires by %s", table.LogicalID, table.TTLAttribute)
		}
		expiring[table.LogicalID] = table.TTLAttribute != ""
	}
	for _, kept := range []string{"AccountsTable", "TransfersTable", "LedgerTable"} {
		if expiring[kept] {
			t.Errorf("%s would forget money", kept)
		}
	}
	for _, swept := range []string{"NoncesTable", "SessionsTable", "ApprovalsTable", "CustomersTable", "KeySetsTable"} {
		if !expiring[swept] {
			t.Errorf("%s would grow for ever: %v", swept, slices.Sorted(maps.Keys(expiring)))
		}
	}
}

func TestTheAuthorizerHasNoAlias(t *testing.T) {
	_, after, found := strings.Cut(testkit.Read(t, root, "template.yaml"), "\n  AuthorizerFunction:\n")
	definition, _, _ := strings.Cut(after, "\n  AuthorizerLogs:")
	if !found || strings.Contains(definition, "AutoPublishAlias") || strings.Contains(definition, "DeploymentPreference") {
		t.Error("sam local and the authorizer's FunctionArn know the function itself and no alias of it")
	}
}
