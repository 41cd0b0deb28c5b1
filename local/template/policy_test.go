package template_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"drawbridge/local/template"
)

const noScan = `Sid: NoScan,`

// conditioned loads testdata/stack.yaml with a condition in one of its statements.
func conditioned(t *testing.T, condition string) (stack *template.Stack, path string, err error) {
	t.Helper()
	text, err := os.ReadFile("testdata/stack.yaml")
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "template.yaml")
	changed := strings.Replace(string(text), noScan, noScan+" Condition: "+condition+",", 1)
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	stack, err = template.Load(path, map[string]string{"Issuer": "https://issuer.example"})
	return stack, path, err
}

func TestAConditionIsReadWithItsValuesResolved(t *testing.T) {
	stack, _,
		err := conditioned(t,
		`{ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [!Ref Issuer, !Sub "id#${Issuer}#*"] }, StringEquals: { `+
			`"dynamodb:EnclosingOperation": TransactWriteItems }, "Null": { "dynamodb:LeadingKeys": false } }`)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]map[string][]string
	for _, f := range stack.Functions {
		for _, s := range f.Policies {
			if s.Sid == "NoScan" {
				got = s.Conditions
			} else if s.Conditions != nil {
				t.Errorf("%s has a condition that stands elsewhere", s.Sid)
			}
		}
	}
	want := map[string]map[string][]string{
		"ForAllValues:StringLike": {"dynamodb:LeadingKeys": {"https://issuer.example", "id#https://issuer.example#*"}},
		"StringEquals":            {"dynamodb:EnclosingOperation": {"TransactWriteItems"}},
		"Null":                    {"dynamodb:LeadingKeys": {"false"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAConditionThatCannotBeHeldToIsRefusedByNameAndLine(t *testing.T) {
	for sentence, c := range map[string]struct{ condition, reason string }{
		"an operator": {`{ StringNotEquals: { "dynamodb:EnclosingOperation": x } }`,
			"condition operator StringNotEquals is not understood"},
		"an operator that is misspelt": {`{ "ForAllvalues:StringEquals": { "dynamodb:LeadingKeys": x } }`,
			"condition operator ForAllvalues:StringEquals is not understood"},
		"a condition key": {`{ "ForAllValues:StringEquals": { "dynamodb:Attributes": [x] } }`,
			"condition key dynamodb:Attributes is not understood"},
		"leading keys without ForAllValues": {`{ StringEquals: { "dynamodb:LeadingKeys": x } }`,
			"needs an operator that begins with ForAllValues"},
		"a policy variable": {`{ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "${aws:userid}" } }`,
			"policy variables are not understood"},
		"a Null that is neither": {`{ "Null": { "dynamodb:LeadingKeys": maybe } }`, "compares with true or false"},
		"a list without a value": {`{ StringEquals: { "dynamodb:EnclosingOperation": [] } }`,
			"a condition without a value"},
		"a reference to nothing": {`{ StringEquals: { "dynamodb:EnclosingOperation": !Ref Nothing } }`,
			"there is no parameter or resource Nothing"},
		"a condition that is no mapping": {`[StringEquals]`, "must be a mapping"},
	} {
		t.Run(sentence, func(t *testing.T) {
			_, path, err := conditioned(t, c.condition)
			text, _ := os.ReadFile(path)
			line := 1 + strings.Count(string(text)[:strings.Index(string(text), noScan)], "\n")
			for _, problem := range problems(err) {
				if strings.Contains(problem.Reason, c.reason) {
					if problem.Line != line {
						t.Errorf("%v: want line %d", problem, line)
					}
					return
				}
			}
			t.Errorf("no problem says %q: %v", c.reason, err)
		})
	}
}
