package bridge

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/dynamo"
)

// list is what was issued to one user, oldest first. It exists to tell what makes room for the next; whether a
// session_id is good, its own item says. So it may still name one that has been redeemed.
type list struct {
	entries []entry
	version int64 // counts the writes: who writes must have seen the last one
}

type entry struct {
	hash, client, transaction string
	expiresAt                 time.Time
}

// add returns the list with e at its end, and the entries that e replaces: one of the same login transaction, and
// the oldest beyond MaxAlive. Expired ones are forgotten, and left to TTL.
func (l list) add(e entry, now time.Time) (kept list, replaced []entry) {
	kept.version = l.version + 1
	for _, old := range l.entries {
		switch {
		case old.client == e.client && old.transaction == e.transaction:
			replaced = append(replaced, old)
		case now.Before(old.expiresAt):
			kept.entries = append(kept.entries, old)
		}
	}
	if excess := len(kept.entries) - (MaxAlive - 1); excess > 0 {
		replaced = append(replaced, kept.entries[:excess]...)
		kept.entries = kept.entries[excess:]
	}
	kept.entries = append(kept.entries, e)
	return kept, replaced
}

func listKey(sub string) dynamo.Item { return dynamo.Item{"nonce_hash": dynamo.Text("sub#" + ID(sub))} }

func (l list) item(sub string, expiresAt time.Time) dynamo.Item {
	entries := make([]types.AttributeValue, len(l.entries))
	for i, e := range l.entries {
		entries[i] = &types.AttributeValueMemberM{Value: dynamo.Item{
			"nonce_hash": dynamo.Text(e.hash), "client_id": dynamo.Text(e.client), "transaction_id": dynamo.Text(e.transaction), "expires_at": dynamo.Seconds(e.expiresAt),
		}}
	}
	it := listKey(sub)
	it["issued"] = &types.AttributeValueMemberL{Value: entries}
	it["version"] = dynamo.Number(l.version)
	it["expires_at"] = dynamo.Seconds(expiresAt) // that of the newest: the list goes when nothing in it is alive
	return it
}

func listFrom(it dynamo.Item) list {
	l := list{version: dynamo.NumberOf(it["version"])}
	issued, _ := it["issued"].(*types.AttributeValueMemberL)
	if issued == nil {
		return l
	}
	for _, v := range issued.Value {
		if m, ok := v.(*types.AttributeValueMemberM); ok {
			l.entries = append(l.entries, entry{
				hash: dynamo.TextOf(m.Value["nonce_hash"]), client: dynamo.TextOf(m.Value["client_id"]), transaction: dynamo.TextOf(m.Value["transaction_id"]),
				expiresAt: time.Unix(dynamo.NumberOf(m.Value["expires_at"]), 0),
			})
		}
	}
	return l
}
