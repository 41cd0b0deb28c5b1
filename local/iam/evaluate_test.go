package iam

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func arn(table string) string { return "arn:aws:dynamodb:eu-central-1:123456789012:table/" + table }

func TestAStatementAllowsItsActionsOnItsResources(t *testing.T) {
	statements := []Statement{
		{Actions: []string{"dynamodb:GetItem", "dynamodb:query"}, Resources: []string{arn("accounts")}},
		{Actions: []string{"dynamodb:*"}, Resources: []string{arn("notes-?") + "/index/*"}},
		{Actions: []string{"dynamodb:Put*"}, Resources: []string{arn("ledger")}},
		{Deny: true, Actions: []string{"dynamodb:PutItem"}, Resources: []string{"*"}},
	}
	for need, want := range map[Need]bool{
		{"dynamodb:GetItem", arn("accounts")}:         true,
		{"dynamodb:Query", arn("accounts")}:           true,
		{"dynamodb:GetItem", arn("accounts2")}:        false,
		{"dynamodb:GetItem", arn("ledger")}:           false,
		{"dynamodb:Scan", arn("accounts")}:            false,
		{"dynamodb:Query", arn("accounts/index/x")}:   false,
		{"dynamodb:Query", arn("notes-1/index/by/x")}: true,
		{"dynamodb:Query", arn("notes-10/index/x")}:   false,
		{"dynamodb:PutItem", arn("ledger")}:           false, // the Deny wins
	} {
		if got := Evaluate(statements, need, nil) == Allow; got != want {
			t.Errorf("%v allowed: %v, want %v", need, got, want)
		}
	}
}

func TestADenyIsExplicitOnlyIfAStatementSaysSo(t *testing.T) {
	need := Need{"dynamodb:GetItem", arn("accounts")}
	allow, deny := Statement{Actions: []string{"*"}, Resources: []string{"*"}},
		Statement{Deny: true, Actions: []string{"*"}, Resources: []string{"*"}}
	for _, c := range []struct {
		statements []Statement
		want       Decision
	}{
		{nil, ImplicitDeny}, {[]Statement{allow}, Allow}, {[]Statement{deny}, ExplicitDeny},
		{[]Statement{allow, deny}, ExplicitDeny}, {[]Statement{deny, allow}, ExplicitDeny},
	} {
		if got := Evaluate(c.statements, need, nil); got != c.want {
			t.Errorf("%v: %v, want %v", c.statements, got, c.want)
		}
	}
}

func TestAWildcardReachesOverAColonOnlyAtTheEndOfItsSegment(t *testing.T) {
	const method = "arn:aws:execute-api:us-east-1:123456789012:local/test/GET/foo/bar:bar/baz"
	for pattern, want := range map[string]bool{
		"*": true, "arn:*": true, "arn:aws:execute-api:*": true, "arn:aws:execute-api": true,
		"arn:aws:execute-api:us-east-1:*": true,
		"arn:aws:execute-api:us-*":        true, "arn:aws:exec*:local/test/GET/foo/bar:bar/baz": false,
		// an incomplete ARN with a full end
		"arn:aws:execute-api:*:*:*": true, "arn:aws:execute-api:*:*:local/*": true,
		"arn:aws:execute-api:*:*:local/*/baz": true,
		"arn:*/baz":                           false, "arn:aws:execute-api:u*1:123456789012:local/*": true,
		"arn:aws:execute-api:us-east-?:123456789012:*": true,
		"arn:aws:execute-api:*9012:local/*":            false, "arn:aws:execute-api:eu-*": false,
		"arn:aws:execute-api:us-east-1?123456789012:*": false,
		"arn:aws:lambda:*": false, "": false, "arn:aws:execute-api:us-east-1:123456789012:local/test/GET/foo": false,
	} {
		if got := matchesARN(pattern, method); got != want {
			t.Errorf("%s: %v", pattern, got)
		}
	}
}

func TestAPatternMatchesAsTheSameRegularExpressionDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[ab/.*?]{0,8}`).Draw(t, "pattern")
		value := rapid.StringMatching(`[ab/.\n]{0,8}`).Draw(t, "value")
		expression := strings.NewReplacer("*", "(?s:.)*", "?", "(?s:.)", ".", "[.]").Replace(pattern)
		if got, want := matchesText(pattern, value),
			regexp.MustCompile("^(?:"+expression+")$").MatchString(value); got != want {
			t.Errorf("%q, %q: %v", pattern, value, got)
		}
	})
}
