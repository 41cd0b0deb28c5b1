// Package session keeps the bank's own logins: authorization codes that a client holds while its user is logged in.
//
// A code (dbc_ and 64 characters) carries 256 random bits and a checksum, as GitHub's tokens do
// (https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/): a scanner
// can find a leaked one, and junk is refused without a read. The table holds only SHA-256 hashes, so that a
// reader of the table holds no code.
//
// A session ends in one of four ways:
//
//   - idle: 5 minutes after its clock was last moved (PSD2 RTS article 4(3)(d)). The clock moves on use, but at most
//     once a minute, so that using a session is a read and only seldom a write. A session is therefore idle after 4
//     to 5 minutes without use, never later.
//   - absolute: 12 hours after the login, however much it is used.
//   - revoked: by [Store.Revoke] (logout), [Store.RevokeAll] (log out everywhere, a disabled customer), or because its
//     customer logged in [MaxPerCustomer] times since: then the least recently used one makes room.
//   - swept: DynamoDB deletes it some time after the absolute end. Nothing relies on it; [Store.Verify] compares times.
//
// Verifying is one strongly consistent read, so that a revoked code is dead at once. What a caller adds by caching
// the answer (API Gateway's authorizer cache) is bounded by [Session.ExpiresAt], which never lies more than 5 minutes
// ahead.
//
// # Table
//
// Partition key code_hash. A session is the item under the hex SHA-256 of its code; "customer#<customer_id>" is the
// set of that customer's hashes, written in the same transactions, so that revoking them all needs no index that lags.
package session

import (
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/identity"
)

const (
	// IdleLimit is how long a session lives without use.
	IdleLimit = 5 * time.Minute
	// AbsoluteLimit is how long a session lives at most.
	AbsoluteLimit = 12 * time.Hour
	// MaxPerCustomer is how many sessions a customer has at most, give or take logins at the same instant.
	MaxPerCustomer = 20

	clockStep = time.Minute // a clock younger than this is not moved
)

// ErrInvalid says that a code is unknown, or that its session has expired or was revoked. It does not say which: a
// caller with a dead code logs in again, whatever ended it.
var ErrInvalid = errors.New("session: the code is not valid")

// Session is one login.
type Session struct {
	ID         string // hex SHA-256 of the code: names the session in logs and to Revoke, and opens nothing
	CustomerID string
	OpenedBy   string    // [ByPassword] or [ByIdentity]; empty if it was opened before this was kept
	CreatedAt  time.Time // the login
	UsedAt     time.Time // the clock of the idle limit
	EndsAt     time.Time // the absolute limit
	ExpiresAt  time.Time // when it ends if it is not used again: the nearer of the two limits
}

// ByPassword is what opened a session, if its customer proved who they are by username and password.
const ByPassword = "password"

// ByIdentity is what opened a session, if it was a login by person at Auth0.
func ByIdentity(person identity.Person) string { return "identity#" + string(person) }

func (s Session) aliveAt(now time.Time) bool {
	return now.Before(s.ExpiresAt)
}

// Config says where sessions are kept.
type Config struct {
	Client *dynamodb.Client
	Table  string
	Now    func() time.Time // time.Now if nil
}

// Store issues, verifies and revokes sessions.
type Store struct{ Config }

// New returns a Store.
func New(c Config) *Store {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Store{c}
}

func (s Session) item() dynamo.Item {
	return dynamo.Item{
		"code_hash":   dynamo.Text(s.ID),
		"customer_id": dynamo.Text(s.CustomerID),
		"opened_by":   dynamo.Text(s.OpenedBy),
		"created_at":  dynamo.Seconds(s.CreatedAt),
		"used_at":     dynamo.Seconds(s.UsedAt),
		"expires_at":  dynamo.Seconds(s.EndsAt),
	}
}

// fromItem reads a session. An item that lacks a time reads as one that ended in 1970.
func fromItem(it dynamo.Item) Session {
	s := Session{
		ID:         dynamo.TextOf(it["code_hash"]),
		CustomerID: dynamo.TextOf(it["customer_id"]),
		OpenedBy:   dynamo.TextOf(it["opened_by"]),
		CreatedAt:  dynamo.TimeOf(it["created_at"]),
		UsedAt:     dynamo.TimeOf(it["used_at"]),
		EndsAt:     dynamo.TimeOf(it["expires_at"]),
	}
	s.ExpiresAt = s.UsedAt.Add(IdleLimit)
	if s.EndsAt.Before(s.ExpiresAt) {
		s.ExpiresAt = s.EndsAt
	}
	return s
}
