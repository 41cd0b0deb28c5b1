package gateway_test

import (
	"net/http"
	"strings"
	"testing"
)

const stageARN = "arn:aws:execute-api:us-east-1:123456789012:local/test"

// allows is a statement that allows a resource, denies one that denies it.
func allows(resource string) string {
	return `{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"` + resource + `"}`
}

func denies(resource string) string {
	return `{"Effect":"Deny","Action":"*","Resource":"` + resource + `"}`
}

// judged answers GET /guarded/42 under a policy with these statements.
func judged(t *testing.T, b *bench, statements string, want int, body string) {
	t.Helper()
	b.guard = says(policy(statements))
	status(t, b.get("/guarded/42"), want, body)
}

const (
	implicit = `{"Message":"User is not authorized to access this resource"}`
	explicit = `{"Message":"User is not authorized to access this resource with an explicit deny in an identity-based ` +
		`policy"}`
)

var policies = []behaviour{
	{"no matching statement: 403, with a capital Message", recorded("public captures; 49802462503"),
		func(t *testing.T, b *bench) {
			judged(t, b, "["+allows(stageARN+"/GET/other")+"]", http.StatusForbidden, implicit)
			equal(t, "type", b.seen[0].GatewayResponse, "ACCESS_DENIED")
		}},
	{"explicit Deny: 403, and says so", recorded("62016082377, 16960806033, 64089022533"),
		func(t *testing.T, b *bench) { judged(t, b, denies("*"), http.StatusForbidden, explicit) }},
	{"Deny wins over Allow, in any order", iamEvaluation, func(t *testing.T, b *bench) {
		allow, deny := allows("*"), denies(stageARN+"/GET/guarded/*")
		judged(t, b, "["+allow+","+deny+"]", http.StatusForbidden, explicit)
		judged(t, b, "["+deny+","+allow+"]", http.StatusForbidden, explicit)
	}},
	{"a resource's wildcard crosses slashes", iamElements, func(t *testing.T, b *bench) {
		for resource, want := range map[string]int{
			stageARN + "/*": 200, stageARN + "/GET/*": 200, stageARN + "/*/guarded/42": 200, stageARN + "/GET/guarded/4?": 200,
			"arn:aws:execute-api:*:*:local/*": 200, "*": 200, "arn:aws:execute-api:*:*:*": 200,
			stageARN + "/POST/*": 403, stageARN + "/GET/guarded/?": 403, stageARN + "/GET/guarded": 403, stageARN: 403,
			"arn:aws:execute-api:us-east-1:123456789012:other/*": 403, strings.Replace(stageARN, "test", "prod", 1) + "/*": 403,
			"arn:aws:execute-api:eu-west-1:*:*": 403, stageARN + "/get/guarded/42": 403,
		} {
			judged(t, b, allows(resource), want, "")
		}
	}},
	{"a wildcard crosses a colon of the path", recorded("dherault/serverless-offline#560"), func(t *testing.T, b *bench) {
		b.guard = says(policy(allows(stageARN + "/GET/guarded/*")))
		status(t, b.get("/guarded/bar:bar"), http.StatusOK, "")
	}},
	{"a resource may be arn:aws:execute-api:region:account:*", recorded("dherault/serverless-offline#560"),
		func(t *testing.T, b *bench) {
			judged(t, b, allows("arn:aws:execute-api:us-east-1:123456789012:*"), http.StatusOK, "")
		}},
	{"a wildcard that ends a segment crosses colons", recorded("vendia/serverless-express#551; [elements]"),
		func(t *testing.T, b *bench) {
			for _, resource := range []string{"arn:aws:execute-api:*", "arn:*", "arn:aws:execute-api:us-east-1:*"} {
				judged(t, b, allows(resource), http.StatusOK, "")
			}
		}},
	{"a Deny of an incomplete ARN denies", iamElements, func(t *testing.T, b *bench) {
		for _, resource := range []string{"arn:aws:execute-api:*", "arn:aws:execute-api", "arn:*"} {
			judged(t, b, "["+allows("*")+","+denies(resource)+"]", http.StatusForbidden, explicit)
		}
	}},
	{"a wildcard inside a segment crosses none", iamElements, func(t *testing.T, b *bench) {
		for _, resource := range []string{"arn:*/guarded/42", "arn:aws:execute-api:*st-1:local/*",
			"arn:aws:execute-api:us-east-1?123456789012:*"} {
			judged(t, b, allows(resource), http.StatusForbidden, implicit)
		}
	}},
	{"statements, actions, resources: alone or in lists", iamElements, func(t *testing.T, b *bench) {
		judged(t, b,
			`{"Effect":"Allow","Action":["execute-api:Other","execute-api:Invoke"],"Resource":["a:b:c:d:e:f","`+stageARN+`/*"]}`,
			http.StatusOK, "")
	}},
	{"the action is execute-api:Invoke in any case, or a wildcard over it", iamElements, func(t *testing.T, b *bench) {
		for action, want := range map[string]int{"execute-api:Invoke": 200, "execute-api:invoke": 200,
			"execute-api:*": 200, "*": 200, "execute-api:ManageConnections": 403, "lambda:*": 403} {
			judged(t, b, `[{"Effect":"Allow","Action":"`+action+`","Resource":"*"}]`, want, "")
		}
	}},
	{"a policy that cannot be evaluated: 500", authorizerOut, func(t *testing.T, b *bench) {
		for _, statements := range []string{
			`[]`, `"Allow"`, `[{"Effect":"allow","Action":"*","Resource":"*"}]`, `[{"Effect":"Allow","Resource":"*"}]`,
			`[{"Effect":"Allow","Action":"*"}]`, `[{"Effect":"Allow","NotAction":"x","Resource":"*"}]`,
			`[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]`,
		} {
			judged(t, b, statements, http.StatusInternalServerError, `{"message":null}`)
		}
	}},
	{"a resource above 512 characters: 500", authorizerOut, func(t *testing.T, b *bench) {
		judged(t, b, allows(stageARN+"/"+strings.Repeat("x", 512)), http.StatusInternalServerError, "")
	}},
}
