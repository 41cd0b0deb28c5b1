package token

import (
	"crypto/rsa"
	"time"

	"drawbridge/shared/identity"
	"drawbridge/shared/strictjson"
)

// Claims are those of a verified token. A claim that the token lacks is zero. A text has at most 255 bytes and no
// control characters.
type Claims struct {
	Issuer          string
	Subject         identity.Subject // sub
	Audience        []string
	ClientID        identity.ClientID // client_id (RFC 9068), else azp (Auth0): the client that the token was issued to
	AuthorizedParty identity.ClientID // azp
	Scopes          []string
	ID              string // jti, else the hex SHA-256 of the token
	SessionID       string // session_id, the login bridge's claim
	Email           string
	EmailVerified   bool

	IssuedAt  time.Time
	NotBefore time.Time
	ExpiresAt time.Time
	AuthTime  time.Time
	MFAAt     time.Time // <audience>/mfa_at: when the second factor was given

	ApprovalID string // <audience>/approval_id: 22 to 64 characters of [A-Za-z0-9_-]
	Transfer   string // <audience>/transfer: at most 512 visible ASCII characters and spaces

	Thumbprint string // cnf.jkt: of the key that the token is bound to (RFC 9449 section 6.1); see Config.Bound

	// AuthorizationDetails is authorization_details (RFC 9396 section 9.1) as it stands in the token: a JSON array of at
	// most 5 KiB without a name twice. The reader judges what is in it.
	AuthorizationDetails string

	KeyID string // kid of the key that verified the token

	key *rsa.PublicKey
}

// clone returns claims that a caller may change: the Verifier remembers the original.
func (c *Claims) clone() *Claims {
	clone := *c
	clone.Audience = append([]string(nil), c.Audience...)
	clone.Scopes = append([]string(nil), c.Scopes...)
	return &clone
}

// claim numbers the claims that we read or refuse.
type claim int

const (
	claimIss claim = iota
	claimSub
	claimAud
	claimExp
	claimNbf
	claimIat
	claimJTI
	claimAZP
	claimClientID
	claimScope
	claimGTY
	claimPermissions
	claimAuthTime
	claimNonce
	claimATHash
	claimCHash
	claimSHash
	claimCnf
	claimSessionID
	claimEmail
	claimEmailVerified
	claimAuthorizationDetails
	claimMFAAt // from here on the names depend on the audience
	claimApprovalID
	claimTransfer
	claimCount
)

var claimText = [claimCount]string{
	"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "azp", "client_id", "scope", "gty", "permissions", "auth_time",
	"nonce", "at_hash", "c_hash", "s_hash", "cnf", "session_id", "email", "email_verified", "authorization_details",
	"mfa_at", "approval_id", "transfer",
}

// claimNames puts our own claims under the API's name, as https://my-banking-api/mfa_at. Auth0 wants a namespace for
// custom claims (https://auth0.com/docs/secure/tokens/json-web-tokens/create-custom-claims).
func claimNames(audience string) strictjson.Members[claim] {
	names := make(map[string]claim, claimCount)
	for c, name := range claimText {
		if claim(c) >= claimMFAAt {
			name = audience + "/" + name
		}
		names[name] = claim(c)
	}
	return strictjson.NewMembers(names)
}

var claimLimits = strictjson.Limits{Depth: 16, Members: 128}

// readClaims judges a payload, still encoded, and returns its claims.
func (v *Verifier) readClaims(part string, now time.Time) (*Claims, error) {
	text, err := decode(part)
	if err != nil {
		return nil, err
	}
	var r claimReader
	switch v.members.Read(claimLimits, text, r.values[:]) {
	case nil:
	case strictjson.ErrRepeated:
		return nil, refuse(ClaimsNameRepeated)
	case strictjson.ErrVariant:
		return nil, refuse(ClaimsNameVariant)
	case strictjson.ErrComplex:
		return nil, refuse(ClaimsTooComplex)
	default:
		return nil, refuse(ClaimsMalformed)
	}

	c := &Claims{
		Issuer:          r.text(claimIss),
		Audience:        r.audience(),
		IssuedAt:        r.time(claimIat),
		NotBefore:       r.time(claimNbf),
		ExpiresAt:       r.time(claimExp),
		Subject:         name(&r, claimSub, identity.ParseSubject),
		AuthorizedParty: name(&r, claimAZP, identity.ParseClientID),
		ClientID:        name(&r, claimClientID, identity.ParseClientID),
		Scopes:          r.scopes(),
		ID:              r.text(claimJTI),
		SessionID:       r.text(claimSessionID),
		Email:           r.text(claimEmail),
		EmailVerified:   r.truth(claimEmailVerified),
		AuthTime:        r.time(claimAuthTime),
		MFAAt:           r.time(claimMFAAt),
		ApprovalID:      r.approvalID(),
		Transfer:        r.transfer(),

		AuthorizationDetails: r.array(claimAuthorizationDetails),
	}
	if c.ClientID == "" {
		c.ClientID = c.AuthorizedParty
	}
	if r.values.has(claimCnf) {
		if !v.bound {
			return nil, refuse(SenderConstrained)
		}
		c.Thumbprint = r.thumbprint()
	}
	if r.err != nil {
		return nil, r.err
	}
	return c, v.judge(c, &r.values, now)
}
