// Package bridge lets an existing login system accept an Auth0 login with certainty, by one-time session_ids.
//
// The system cannot ask Auth0 whether a token is one of its own, so it makes the proof itself. While a login runs, the
// login-bridge Action asks for a session_id ([Bridge.Issue]) and puts it into the id_token. The app sends the id_token
// to the login API, which verifies it and then uses the session_id up ([Bridge.Redeem]). A copied id_token opens
// nothing: its session_id is gone.
//
// A session_id is 256 random bits. The table holds its SHA-256, so that a reader of the table can redeem nothing. A
// session_id is bound to the user and the client that it was made for and lives for [Lifetime]; the condition of the
// transaction checks all three, and DynamoDB's TTL only cleans up, days later. A user may have any number of
// session_ids: each opens one session of that user, and only beside an id_token that Auth0 signed.
//
// # Once, whatever is lost
//
// Redeem deletes the session_id and writes what it earns in one TransactWriteItems. A plain conditional DeleteItem
// would not do: when its answer is lost the SDK sends it again, finds nothing to delete, and the rightful login is
// refused. A transaction carries a token that makes its repetition the same transaction, for ten minutes
// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html).
//
// # Table
//
// Partition key nonce_hash, the hex SHA-256 of a session_id: sub (an identity.Person), client_id, expires_at (TTL).
package bridge

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/digest"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
)

const (
	// Lifetime is how long a session_id may be redeemed. It spans the way from the Action through the browser to the
	// login API, which takes seconds, and it alone bounds that way: an authorization code that is kept back is
	// exchanged for an id_token that looks new.
	Lifetime = 30 * time.Second

	secretBytes = 32
)

// Config says where session_ids are kept.
type Config struct {
	Client *dynamodb.Client
	Table  string
	Now    func() time.Time // time.Now if nil
}

// Bridge issues session_ids and uses them up.
type Bridge struct{ Config }

// New returns a Bridge.
func New(c Config) *Bridge {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Bridge{c}
}

// Issue makes a session_id for person, who is logging in at client. It can be redeemed for expiresIn, once.
func (b *Bridge) Issue(ctx context.Context, person identity.Person, client identity.ClientID) (sessionID string,
	expiresIn time.Duration, err error) {
	sessionID = newSessionID()
	err = dynamo.Transact(ctx, b.Client, types.TransactWriteItem{Put: &types.Put{
		TableName: &b.Table,
		Item: dynamo.Item{
			"nonce_hash": dynamo.Text(ID(sessionID)), "sub": dynamo.Text(string(person)),
			"client_id":  dynamo.Text(string(client)),
			"expires_at": dynamo.Seconds(b.Now().Add(Lifetime)),
		},
		ConditionExpression: new("attribute_not_exists(nonce_hash)"),
	}})
	if err != nil {
		return "", 0, fmt.Errorf("bridge: failed to issue a session_id: %w", err)
	}
	return sessionID, Lifetime, nil
}

var encoding = base64.RawURLEncoding.Strict()

// ID names a session_id in logs and is its key in the table: its hex SHA-256. It opens nothing.
func ID(sessionID string) string { return digest.Of(sessionID) }

func newSessionID() string {
	secret := make([]byte, secretBytes)
	rand.Read(secret) // never fails: crypto/rand ends the process rather than return an error
	return encoding.EncodeToString(secret)
}

// wellFormed tells whether s could be a session_id, without a read.
func wellFormed(s string) bool {
	if len(s) != encoding.EncodedLen(secretBytes) {
		return false
	}
	secret, err := encoding.DecodeString(s)
	return err == nil && len(secret) == secretBytes // the decoder skips line breaks: the length tells
}
