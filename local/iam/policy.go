// Package iam holds the functions on this machine to the policies that template.yaml gives them.
//
// An engine on one machine lets everybody do everything, so a statement that is missing from the template would show
// only on AWS, as a route that fails. Here a [Proxy] stands between each function and the engine: it reads which
// actions a request needs on which tables, and answers AccessDeniedException, as DynamoDB does, where no statement of
// the function's own allows one.
//
// What an operation needs: the action of its name on its table, or on table/index; a TransactWriteItems needs the
// action of each item (PutItem, UpdateItem, DeleteItem, ConditionCheckItem), a TransactGetItems GetItem
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html).
// Evaluation: an explicit Deny wins, then an Allow, else refused
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
package iam

import (
	"path"
	"strings"
)

// Statement is one statement of an identity-based policy. Actions and resources may hold * and ?.
type Statement struct {
	Sid       string
	Deny      bool
	Actions   []string // as dynamodb:GetItem; compared without case
	Resources []string // ARNs
}

// Need is an action on a resource.
type Need struct {
	Action, Resource string
}

// allows tells whether statements allow the need.
func allows(statements []Statement, need Need) bool {
	allowed := false
	for _, s := range statements {
		if !matchesAny(s.Actions, need.Action, strings.ToLower) || !matchesAny(s.Resources, need.Resource, asItStands) {
			continue
		}
		if s.Deny {
			return false
		}
		allowed = true
	}
	return allowed
}

func matchesAny(patterns []string, value string, fold func(string) string) bool {
	for _, pattern := range patterns {
		if matches(fold(pattern), fold(value)) {
			return true
		}
	}
	return false
}

func asItStands(s string) string { return s }

// matches compares with IAM's wildcards. path.Match has the same two, but stops * at a slash and knows brackets and
// escapes: both are taken out of its sight.
func matches(pattern, value string) bool {
	hide := strings.NewReplacer("/", "\x00", "[", "\x01", "]", "\x02", `\`, "\x03")
	ok, err := path.Match(hide.Replace(pattern), hide.Replace(value))
	return ok && err == nil
}
