package template_test

import (
	"slices"
	"strings"
	"testing"

	"drawbridge/local/iam"
	"drawbridge/local/template"
)

// These tests ask the policies of template.yaml what they allow. That they allow enough, project_needs_test.go tells.

const (
	alone  = ""
	inside = "TransactWriteItems"
)

var writes = []string{"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"}

// who names the functions that may carry out an operation on the item of a table, alone or inside of a transaction.
func who(t *testing.T, operation, table, key, enclosing string) []string {
	t.Helper()
	return whoOf(project(t), operation, table, key, enclosing)
}

func whoOf(stack *template.Stack, operation, table, key, enclosing string) (names []string) {
	c := iam.Context{iam.LeadingKeys: {key}}
	if enclosing != alone {
		c[iam.EnclosingOperation] = []string{enclosing}
	}
	need := iam.Need{Action: "dynamodb:" + operation,
		Resource: "arn:aws:dynamodb:" + stack.Region + ":" + stack.AccountID + ":table/" + table}
	for _, f := range stack.Functions {
		if iam.Evaluate(f.Policies, need, c) == iam.Allow {
			names = append(names, f.LogicalID)
		}
	}
	return names
}

func wantOnly(t *testing.T, operation, table, key, enclosing string, want ...string) {
	t.Helper()
	if got := who(t, operation, table, key, enclosing); !slices.Equal(got, want) {
		t.Errorf("%s on %s of %s (%q): %v, want %v", operation, key, table, enclosing, got, want)
	}
}

func TestMoneyMovesInTransactionsOnly(t *testing.T) {
	const id = "1000000001"
	wantOnly(t, "PutItem", "LedgerTable", id, inside, "TransferFunction", "AdminFunction")
	wantOnly(t, "PutItem", "LedgerTable", id, alone)
	wantOnly(t, "PutItem", "ApprovalsTable", "a", inside, "TransferFunction")
	wantOnly(t, "PutItem", "ApprovalsTable", "a", alone)
	wantOnly(t, "UpdateItem", "AccountsTable", id, inside, "TransferFunction", "AdminFunction")
	wantOnly(t, "UpdateItem", "AccountsTable", id, alone, "AdminFunction")   // freezes, closes, limits
	wantOnly(t, "PutItem", "AccountsTable", id, alone, "AdminFunction")      // opens
	wantOnly(t, "PutItem", "TransfersTable", "a", alone, "TransferFunction") // records a refusal
	wantOnly(t, "DeleteItem", "TransfersTable", "a", inside)                 // nobody forgets one
	wantOnly(t, "UpdateItem", "TransfersTable", "a", inside)                 // or changes it
	wantOnly(t, "BatchWriteItem", "AccountsTable", id, alone)                // which knows no conditions
}

func TestTheBankFollowsPushesOnlyWithAClientThatMayAsk(t *testing.T) {
	for _, key := range []string{"push#a", "pushes/1000000001/1"} {
		wantOnly(t, "UpdateItem", "ApprovalsTable", key, inside)
		wantOnly(t, "GetItem", "ApprovalsTable", key, alone)
	}
	wantOnly(t, "UpdateItem", "ApprovalsTable", "payees/1000000001/1", alone, "TransferFunction")
}

func TestNobodyButTheOperatorsMakesOrDropsCustomersAndUsernames(t *testing.T) {
	for _, key := range []string{"customer#1000000001", "username#ada", "identity#auth0|1", "email#ada@example.com"} {
		if key != "identity#auth0|1" { // which customers link themselves
			wantOnly(t, "PutItem", "CustomersTable", key, inside, "AdminFunction")
		}
		for _, operation := range writes {
			wantOnly(t, operation, "CustomersTable", key, alone)
		}
	}
	wantOnly(t, "DeleteItem", "CustomersTable", "username#ada", inside, "AdminFunction")
	wantOnly(t, "PutItem", "CustomersTable", "identity#auth0|1", inside, "IdentitiesFunction", "AdminFunction")
	wantOnly(t, "DeleteItem", "CustomersTable", "identity#auth0|1", inside, "IdentitiesFunction", "AdminFunction")
	wantOnly(t, "DeleteItem", "CustomersTable", "customer#1000000001", inside)
	wantOnly(t, "DeleteItem", "CustomersTable", "email#ada@example.com", inside)
}

func TestTheLoginChangesNothingOfACustomerButAnOldHash(t *testing.T) {
	wantOnly(t, "UpdateItem", "CustomersTable", "username#ada", inside, "LoginFunction")
	wantOnly(t, "UpdateItem", "CustomersTable", "customer#1000000001", inside, "IdentitiesFunction", "AdminFunction")
	wantOnly(t, "UpdateItem", "CustomersTable", "identity#auth0|1", inside)
}

func TestPasswordsAreReadByTheLoginAndTheOperatorsOnly(t *testing.T) {
	wantOnly(t, "GetItem", "CustomersTable", "username#ada", alone, "LoginFunction", "AdminFunction")
	for _, operation := range []string{"Query", "Scan", "BatchGetItem"} {
		wantOnly(t, operation, "CustomersTable", "username#ada", alone)
	}
}

func TestTheKeySetOfAnotherIssuerIsOutOfReach(t *testing.T) {
	wantOnly(t, "PutItem", "KeySetsTable", "http://localhost:3001/", alone, "AuthorizerFunction")
	wantOnly(t, "PutItem", "KeySetsTable", "http://localhost:3001/x/", alone)
	wantOnly(t, "GetItem", "KeySetsTable", "http://localhost:3001", alone)
}

func TestTheAuthorizerMovesTheClockOfACodeAndReachesNothingElseOfTheSessions(t *testing.T) {
	code, list := strings.Repeat("c", 64), "customer#1000000001"
	wantOnly(t, "UpdateItem", "SessionsTable", code, inside, "AuthorizerFunction")
	wantOnly(t, "UpdateItem", "SessionsTable", code, alone)
	if slices.Contains(who(t, "UpdateItem", "SessionsTable", list, inside), "AuthorizerFunction") {
		t.Error("the authorizer may change a customer's list of sessions")
	}
	for _, operation := range []string{"PutItem", "DeleteItem", "BatchWriteItem"} {
		if slices.Contains(who(t, operation, "SessionsTable", code, inside), "AuthorizerFunction") {
			t.Errorf("the authorizer may %s", operation)
		}
	}
}

func TestAStatementIsForOneNeed(t *testing.T) {
	for _, f := range project(t).Functions {
		taken := map[string]string{}
		for _, s := range f.Policies {
			changes := slices.ContainsFunc(s.Actions, func(a string) bool {
				return slices.Contains(writes,
					strings.TrimPrefix(a, "dynamodb:"))
			})
			if len(s.Resources) != 1 || changes && len(s.Actions) != 1 {
				t.Errorf("%s: %s mixes %v on %v", f.LogicalID, s.Sid, s.Actions, s.Resources)
			}
			// Two would not add up for a transaction that needs both: see package iam.
			for _, action := range s.Actions {
				need := action + " on " + s.Resources[0]
				if other := taken[need]; other != "" {
					t.Errorf("%s: %s and %s both allow %s", f.LogicalID, other, s.Sid, need)
				}
				taken[need] = s.Sid
			}
		}
	}
}

func TestNoConditionIsTrueOfARequestThatItDoesNotMean(t *testing.T) {
	keyed := []string{"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem",
		"dynamodb:ConditionCheckItem", "dynamodb:Query"}
	for _, f := range project(t).Functions {
		for _, s := range f.Policies {
			for operator, keys := range s.Conditions {
				for _, action := range s.Actions {
					if keys[iam.LeadingKeys] != nil && !slices.Contains(keyed, action) {
						t.Errorf("%s: %s allows %s, which has no leading key, on all of them", f.LogicalID, s.Sid, action)
					}
					if keys[iam.EnclosingOperation] != nil && (operator != "ForAnyValue:StringEquals" ||
						action == "dynamodb:ConditionCheckItem") {
						t.Errorf("%s: %s compares the enclosing operation of %s by %s, which AWS's example does not", f.LogicalID, s.Sid,
							action, operator)
					}
				}
			}
		}
	}
}
