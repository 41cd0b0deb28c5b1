package gateway

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"drawbridge/local/template/templatetest"
	"drawbridge/shared/testkit"
)

const repository = "../.."

// pathMatch is a ByteMatchStatement of AWS WAF over the path of a request.
type pathMatch struct {
	FieldToMatch                       map[string]any
	PositionalConstraint, SearchString string
	TextTransformations                []struct {
		Priority int `json:",string"`
		Type     string
	}
}

// loginLimit is what template.yaml has the limit LoginsByAddress look at.
func loginLimit(t *testing.T) pathMatch {
	t.Helper()
	var rules []struct {
		Name      string
		Statement struct {
			RateBasedStatement struct {
				ScopeDownStatement struct{ ByteMatchStatement pathMatch }
			}
		}
	}
	text, err := json.Marshal(templatetest.Resources(t, repository, "AWS::WAFv2::WebACL")["WebAcl"]["Rules"])
	testkit.Must(t, err)
	testkit.Must(t, json.Unmarshal(text, &rules))
	for _, rule := range rules {
		if rule.Name == "LoginsByAddress" {
			return rule.Statement.RateBasedStatement.ScopeDownStatement.ByteMatchStatement
		}
	}
	t.Fatal("template.yaml has no rule LoginsByAddress")
	return pathMatch{}
}

var percent = regexp.MustCompile(`%[0-9a-fA-F]{2}`)

// sees tells whether the statement matches a path: it is transformed in the order of the priorities, then compared
// (https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-transformation.html).
func (m pathMatch) sees(t *testing.T, path string) bool {
	t.Helper()
	if _, ok := m.FieldToMatch["UriPath"]; !ok {
		t.Fatalf("the limit looks at %v", m.FieldToMatch)
	}
	for i, transformation := range m.TextTransformations {
		if i > 0 && transformation.Priority <= m.TextTransformations[i-1].Priority {
			t.Fatal("the transformations are not listed in their order")
		}
		switch transformation.Type {
		case "NONE":
		case "LOWERCASE":
			path = strings.ToLower(path)
		case "URL_DECODE", "URL_DECODE_UNI": // the latter also reads %u006c, which no path here has
			path = percent.ReplaceAllStringFunc(path, func(code string) string {
				b, _ := strconv.ParseUint(code[1:], 16, 8)
				return string([]byte{byte(b)})
			})
		default:
			t.Fatalf("this test does not know the transformation %s", transformation.Type)
		}
	}
	switch m.PositionalConstraint {
	case "CONTAINS":
		return strings.Contains(path, m.SearchString)
	case "ENDS_WITH":
		return strings.HasSuffix(path, m.SearchString)
	}
	t.Fatalf("this test does not know the constraint %s", m.PositionalConstraint)
	return false
}

// spelling writes a path as some client might: any character in percent-encoding, perhaps a slash at the end.
func spelling(path string, r *rand.Rand) string {
	var b strings.Builder
	for i, c := range []byte(path) {
		switch {
		case i == 0 || r.IntN(2) == 0:
			b.WriteByte(c)
		case r.IntN(2) == 0:
			fmt.Fprintf(&b, "%%%02x", c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	if r.IntN(2) == 0 {
		b.WriteByte('/')
	}
	return b.String()
}

func TestTheFirewallCountsEverySpellingOfLoginThatTheRouterTakes(t *testing.T) {
	limit, list := loginLimit(t), newRoutes(templatetest.Project(t, repository, nil).Routes, false)
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		path := spelling("/login", r)
		if found, _ := list.match("POST", path); found == nil {
			t.Fatalf("%s is no spelling of /login to the router: this test proves nothing", path)
		}
		for _, seen := range []string{path, "/prod" + path} { // with a host name of one's own, without the stage
			if !limit.sees(t, seen) {
				t.Fatalf("%s reaches POST /login and is not counted", seen)
			}
		}
	}
}

// Of API Gateway's router only the documented is known: a spelling that it might take counts too.
func TestTheFirewallCountsSpellingsThatAnotherRouterWouldTake(t *testing.T) {
	limit := loginLimit(t)
	for _, path := range []string{
		"//login", "/login//", "/prod//login", "/./login", "/x/../login", "/%2e/login", "/%2Flogin", "/prod%2flogin",
		"/LOGIN", "/Login/", "/%4cogin", "/%256cogin", "/login;v=1", "/login%20", "/login%00", "/login.json", "\\login",
	} {
		if !limit.sees(t, path) {
			t.Errorf("%s is not counted", path)
		}
	}
}

func TestTheFirewallCountsNoOtherRouteAsALogin(t *testing.T) {
	limit, found := loginLimit(t), 0
	for _, route := range templatetest.Project(t, repository, nil).Routes {
		if route.Path == "/login" {
			found++
		} else if limit.sees(t, route.Path) {
			t.Errorf("%s %s is counted as a login", route.Method, route.Path)
		}
	}
	if found == 0 {
		t.Error("no route is /login")
	}
}
