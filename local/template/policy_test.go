package template_test

import (
	"testing"

	"drawbridge/shared/testkit"
)

const noScan = `Sid: NoScan,`

func TestAConditionIsReadWithItsValuesResolved(t *testing.T) {
	stack, _, err := loadChanged(t, noScan, noScan+` Condition: { `+
		`"ForAllValues:StringLike": { "dynamodb:LeadingKeys": [!Ref Issuer, !Sub "id#${Issuer}#*"] }, `+
		`StringEquals: { "dynamodb:EnclosingOperation": TransactWriteItems }, `+
		`"Null": { "dynamodb:LeadingKeys": false } },`)
	testkit.Must(t, err)
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
	testkit.Equal(t, want, got)
}
