package template_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"drawbridge/local/template"
	"drawbridge/local/template/templatetest"
	"drawbridge/shared/testkit"
)

// The policies name the issuers of TokenIssuers, which CloudFormation has to cut out of it.
func TestTheAuthorizerKeepsTheKeySetsOfItsIssuersAlone(t *testing.T) {
	const a, b, c, d = "https://a.example/", "https://b.example/", "https://c.example/x/", "http://localhost:3001/"
	for list, want := range map[string][]string{
		a: {a}, a + ";dialect=auth0": {a},
		a + ";tenant=main," + b + ";tenant=main;until=2027-03-01":                                        {a, b},
		a + ";tenant=a,http://localhost:3001/;tenant=d,https://c.example/x/;tenant=c," + b + ";tenant=b": {a, b, c, d},
	} {
		stack := templatetest.Project(t, root, map[string]string{"TokenIssuers": list})
		for _, issuer := range []string{a, b, c, d, list + ",", "https://evil.example/", "https://a.example", ""} {
			for _, operation := range []string{"GetItem", "PutItem"} {
				got := slices.Equal(whoOf(stack, operation, "KeySetsTable", issuer, alone), []string{"AuthorizerFunction"})
				if got != slices.Contains(want, issuer) {
					t.Errorf("%s: %s of %s is allowed: %t", list, operation, issuer, got)
				}
			}
		}
	}
}

func TestAListThatIsNotOneIsRefusedWithTheChangeSet(t *testing.T) {
	const a = "https://a.example/;tenant=main"
	for _, list := range []string{
		"", "a.example", "https://a.example", a + ",", a + ", " + a, "," + a, a + ";", a + ";until", a + ";until=",
		strings.Repeat(a+",", 4) + a, "https://a.example/?x=/", "ftp://a.example/", a + "\n",
	} {
		parameters := templatetest.Parameters(map[string]string{"TokenIssuers": list})
		_, err := template.Load(filepath.Join(root, "template.yaml"), parameters)
		testkit.Refused(t, err, "TokenIssuers")
	}
}

func TestTheWebAppIsToldTheCurrentIssuer(t *testing.T) {
	stack := templatetest.Project(t, root, map[string]string{
		"TokenIssuers": "https://login.bank.example/;tenant=main,https://bank.eu.auth0.com/;tenant=main;until=2027-03-01",
	})
	if config := stack.Outputs["WebConfig"]; !strings.Contains(config, `"issuer":"https://login.bank.example/"`) {
		t.Errorf("output WebConfig %q", config)
	}
}
