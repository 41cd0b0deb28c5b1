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
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html). [Evaluate] does this for
// the functions' statements and for those that an authorizer answers API Gateway with.
// In a Resource, * and ? stand for characters of one of an ARN's six segments; a * that ends its segment may reach over
// the colon behind it, and an ARN with fewer segments has * for those that it lacks
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html).
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
// The proxy refuses these, so no statement of template.yaml has them:
//
//   - dynamodb:Attributes. It holds the names in the request only: a read without a projection gives everything, so
//     it takes dynamodb:Select too, and what that is for a request with a ProjectionExpression and without a Select is
//     not said. It also makes no difference between an attribute that a condition expression compares and one that an
//     update changes.
//   - dynamodb:ReturnValues. None of our writes asks for values, and what a failed condition returns
//     (ReturnValuesOnConditionCheckFailure) is another parameter, of which the page says nothing.
package iam

import (
	"regexp"
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

// Decision is the outcome of an evaluation.
type Decision int

// Decisions. The zero value refuses.
const (
	ImplicitDeny Decision = iota // no statement matches
	ExplicitDeny                 // a Deny matches, perhaps beside an Allow
	Allow
)

// Evaluate decides by statements whether a request gets what it needs.
func Evaluate(statements []Statement, need Need, context Context) Decision {
	decision := ImplicitDeny
	for _, s := range statements {
		if !s.about(need) || !met(s.Conditions, context) {
			continue
		}
		if s.Deny {
			return ExplicitDeny
		}
		decision = Allow
	}
	return decision
}

// about tells whether the statement names the action and the resource. Its conditions do not count.
func (s Statement) about(need Need) bool {
	action := strings.ToLower(need.Action)
	return slices.ContainsFunc(s.Actions, func(a string) bool { return matchesText(strings.ToLower(a), action) }) &&
		slices.ContainsFunc(s.Resources, func(r string) bool { return matchesARN(r, need.Resource) })
}

// conditional tells whether the decision about the need depends on a condition.
func conditional(statements []Statement, need Need) bool {
	return slices.ContainsFunc(statements, func(s Statement) bool { return s.about(need) && len(s.Conditions) > 0 })
}

// matchesText compares with a pattern in which * is any text and ? any character.
func matchesText(pattern, value string) bool {
	return matches(wildcards(pattern, ".*", "."), value)
}

const segments = 6 // arn:partition:service:region:account:resource

func matchesARN(pattern, arn string) bool {
	if pattern == "*" {
		return true
	}
	parts := strings.SplitN(pattern, ":", segments)
	for len(parts) < segments {
		parts = append(parts, "*")
	}
	for i, part := range parts[:segments-1] {
		if rest, endsOpen := strings.CutSuffix(part, "*"); endsOpen {
			parts[i] = wildcards(rest, "[^:]*", "[^:]") + ".*"
		} else {
			parts[i] = wildcards(part, "[^:]*", "[^:]")
		}
	}
	parts[segments-1] = wildcards(parts[segments-1], ".*", ".") // a colon in it is one of the resource's name
	return matches(strings.Join(parts, ":"), arn)
}

// wildcards writes a pattern as a regular expression with these two for * and ?.
func wildcards(pattern, star, question string) string {
	return strings.NewReplacer(`\*`, star, `\?`, question).Replace(regexp.QuoteMeta(pattern))
}

func matches(expression, value string) bool {
	return regexp.MustCompile(`(?s)\A` + expression + `\z`).MatchString(value) // all but two constants is quoted
}
