// Package iam holds the functions on this machine to the policies that template.yaml gives them.
//
// An engine on one machine lets everybody do everything, so a statement that is missing from the template would show
// only on AWS, as a route that fails. Here a [Proxy] stands between each function and the engine: it reads which
// actions a request needs on which tables, and answers AccessDeniedException, as DynamoDB does, where no statement of
// the function's own allows one. It was written from the pages below, as read on 22 November 2026, and never compared
// with AWS itself.
//
// What an operation needs: the action of its name on its table, or on table/index; a TransactWriteItems needs the
// action of each item (PutItem, UpdateItem, DeleteItem, ConditionCheckItem), a TransactGetItems GetItem
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html).
// Evaluation: an explicit Deny wins, then an Allow, else refused
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
//
// # Conditions
//
// Two condition keys are understood
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html):
//
//   - dynamodb:LeadingKeys, the values of the partition key that a request names: in Key, in Item, or in the key
//     condition of a Query. AWS wants it compared with ForAllValues.
//   - dynamodb:EnclosingOperation, the transaction that the action is a part of: TransactWriteItems or
//     TransactGetItems. An action on its own has none. AWS's example (transaction-apis-iam, above) compares it with
//     ForAnyValue:StringEquals.
//
// The operators are StringEquals, StringLike and Null, the first two also with ForAllValues, ForAnyValue and IfExists
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html). All the
// operators of a statement must hold, and for each of their keys one value of the policy.
// The trap: ForAllValues is true of a key that the request does not have
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html).
// A Scan has no leading key: a statement that allows Scan on some leading keys allows it on all.
//
// Where AWS's pages leave a question open, the proxy takes the answer that denies:
//
//   - That the items of a transaction have leading keys follows from the reference
//     (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html): it lists the key
//     for ConditionCheckItem, which happens nowhere else. Whether the items are held to the policy one by one, or all
//     that need one action on one table at once, is not said. So both must pass: one statement must cover the keys of
//     all those items.
//   - The example has EnclosingOperation on ConditionCheckItem too, the reference does not list it there. Here a
//     ConditionCheckItem has none; nobody needs the condition for it.
//   - A leading key that is a number or binary, of an index, of a batch or in a legacy parameter is not read. If a
//     statement about the action has a condition, such a request is denied.
//
// Not understood, and so in no statement of template.yaml, are:
//
//   - dynamodb:Attributes. It holds the names in the request only: a read without a projection gives everything, so
//     it takes dynamodb:Select too, and what that is for a request with a ProjectionExpression and without a Select is
//     not said. It also makes no difference between an attribute that a condition expression compares and one that an
//     update changes.
//   - dynamodb:ReturnValues. None of our writes asks for values, and what a failed condition returns
//     (ReturnValuesOnConditionCheckFailure) is another parameter, of which the page says nothing.
package iam

import (
	"path"
	"slices"
	"strings"
)

// Statement is one statement of an identity-based policy. Actions and resources may hold * and ?.
type Statement struct {
	Sid        string
	Deny       bool
	Actions    []string                       // as dynamodb:GetItem; compared without case
	Resources  []string                       // ARNs
	Conditions map[string]map[string][]string // from operator to condition key to values, as CheckCondition has them
}

// Need is an action on a resource.
type Need struct {
	Action, Resource string
}

// about tells whether the statement speaks of the need, whatever its conditions are.
func (s Statement) about(need Need) bool {
	return matchesAny(s.Actions, need.Action, strings.ToLower) && matchesAny(s.Resources, need.Resource, asItStands)
}

// Allows tells whether statements allow the need to a request that says c of itself.
func Allows(statements []Statement, need Need, c Context) bool {
	allowed := false
	for _, s := range statements {
		if !s.about(need) || !met(s.Conditions, c) {
			continue
		}
		if s.Deny {
			return false
		}
		allowed = true
	}
	return allowed
}

// conditional tells whether it depends on the request's own words if statements allow the need.
func conditional(statements []Statement, need Need) bool {
	return slices.ContainsFunc(statements, func(s Statement) bool { return s.about(need) && len(s.Conditions) > 0 })
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
