package dynamotest

import (
	"testing"

	"drawbridge/local/engine"
)

// stack returns the tables.
func stack(testing.TB) []engine.Table {
	s := func(name string) engine.Key { return engine.Key{Name: name, Type: "S"} }
	return []engine.Table{
		{LogicalID: "AccountsTable", PartitionKey: s("customer_id"), SortKey: s("account_id")},
		{LogicalID: "TransfersTable", PartitionKey: s("transfer_key")},
		{LogicalID: "LedgerTable", PartitionKey: s("customer_id"), SortKey: s("entry_id")},
		{LogicalID: "StepUpsTable", PartitionKey: s("token_id"), TTLAttribute: "expires_at"},
		{LogicalID: "NoncesTable", PartitionKey: s("nonce_hash"), TTLAttribute: "expires_at"},
		{LogicalID: "SessionsTable", PartitionKey: s("code_hash"), TTLAttribute: "expires_at"},
		{LogicalID: "CustomersTable", PartitionKey: s("key"), TTLAttribute: "expires_at"},
		{LogicalID: "KeySetsTable", PartitionKey: s("issuer"), TTLAttribute: "expires_at"},
	}
}
