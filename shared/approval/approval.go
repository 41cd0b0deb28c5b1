// Package approval says which transfer a person approves, and signs it.
//
// An approval is what a person gives on the phone. The bank's answer to a transfer that is not approved carries a
// transfer text, the app hands it to Auth0 as the parameter ext-transfer, and the Action step-up (auth0/actions) rings
// the phone for nothing else. The token that follows carries the core of that text, and pays for no other transfer: a
// digit more, another payee, another key, and there is no approval (PSD2 RTS, Delegated Regulation (EU) 2018/389,
// article 5: https://www.handbook.fca.org.uk/techstandards/PS/2021/2021_01/chapter-ii/008.html).
//
// # Transfer text, version 1
//
// Nine fields with one space between them, at most [maxText] bytes:
//
//	v1 EXPIRES PEOPLE FROM TO AMOUNT CURRENCY KEY MAC
//
//	EXPIRES   seconds since 1970
//	PEOPLE    1 to 5 joined by dots: whose approval it may be, each the first 22 characters of
//	          base64url(sha256("sub\0" + sub))
//	FROM, TO  account ids
//	AMOUNT    decimal, with all digits of the currency
//	CURRENCY  ISO 4217's three letters
//	KEY       the first 22 characters of base64url(sha256("key\0" + Idempotency-Key)), or, if the transfer has a
//	          reference, of base64url(sha256("key\0" + Idempotency-Key + "\0" + reference))
//	MAC       base64url(HMAC-SHA256(secret, "drawbridge transfer\0" + all before the last space)), without padding
//
// FROM to KEY are its core. Digests stand for sub and key because Auth0 takes at most 255 characters of
// [-A-Za-z0-9_.*~@+ /:] in a parameter of one's own. 132 bits of a hash are as good as all of it.
//
// https://auth0.com/docs/customize/login-pages/universal-login/customize-templates, "Custom query parameters"
//
// # The secret
//
// The transfer function signs with one secret, the Action accepts two. To change it: give the Action the new one beside
// the old, then the function the new one, then take the old one from the Action.
package approval

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/identity"
)

const (
	// maxText is the most bytes of a transfer text. The largest there is has 245.
	maxText = 255
	// MaxPeople is how many people a text may name.
	MaxPeople = 5
	// Lifetime is for how long a text is good: for as long as it takes to reach for the phone.
	Lifetime = 5 * time.Minute
)

const digestLength = 22

var (
	// ErrSecret means that a secret is too short, or has other characters than those of base64url. It completes a sentence
	// that begins with the secret's name.
	ErrSecret = errors.New("not 43 or more characters of A-Z, a-z, 0-9, - and _")
	// ErrTransfer means that a text is not the core of a transfer text.
	ErrTransfer = errors.New("approval: not a transfer")
)

// Transfer is what is approved. Two are the same if they are equal.
type Transfer struct {
	From, To bank.AccountID
	Amount   bank.Amount
	Currency bank.Currency
	Key      string // the digest of the Idempotency-Key and the reference
}

// Of returns what a person has to approve for a request.
func Of(r bank.TransferRequest) Transfer {
	key := string(r.Key)
	if r.Reference != "" {
		key += "\x00" + string(r.Reference)
	}
	return Transfer{From: r.From, To: r.To, Amount: r.Amount, Currency: r.Currency, Key: digest("key", key)}
}

// String is the core of the transfer text.
func (t Transfer) String() string {
	fields := []string{string(t.From), string(t.To), t.Amount.Format(t.Currency), string(t.Currency), t.Key}
	return strings.Join(fields, " ")
}

var isDigest = regexp.MustCompile(`^[A-Za-z0-9_-]{22}$`).MatchString

// Parse reads the core of a transfer text. Amounts are compared in minor units: 1.0 EUR is 1.00 EUR.
func Parse(core string) (Transfer, error) {
	fields := strings.Split(core, " ")
	if len(core) > maxText || len(fields) != 5 || !isDigest(fields[4]) {
		return Transfer{}, ErrTransfer
	}
	from, badFrom := bank.ParseAccountID(fields[0])
	to, badTo := bank.ParseAccountID(fields[1])
	currency, badCurrency := bank.ParseCurrency(fields[3])
	if badFrom != nil || badTo != nil || badCurrency != nil {
		return Transfer{}, ErrTransfer
	}
	amount, err := bank.ParseAmount(fields[2], currency)
	if err != nil {
		return Transfer{}, ErrTransfer
	}
	return Transfer{From: from, To: to, Amount: amount, Currency: currency, Key: fields[4]}, nil
}

// Signer makes transfer texts.
type Signer struct{ secret []byte }

var isSecret = regexp.MustCompile(`^[A-Za-z0-9_-]{43,}$`).MatchString

// NewSigner returns a Signer, or [ErrSecret].
func NewSigner(secret string) (*Signer, error) {
	if !isSecret(secret) {
		return nil, ErrSecret
	}
	return &Signer{secret: []byte(secret)}, nil
}

// Sign returns the text with which the people, named by their subs, can be asked for the transfer until expires. It
// takes the first MaxPeople of them; without any, the text is empty.
func (s *Signer) Sign(t Transfer, subs []identity.Subject, expires time.Time) string {
	if len(subs) == 0 {
		return ""
	}
	people := make([]string, min(len(subs), MaxPeople))
	for i := range people {
		people[i] = digest("sub", string(subs[i]))
	}
	text := "v1 " + strconv.FormatInt(expires.Unix(), 10) + " " + strings.Join(people, ".") + " " + t.String()
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte("drawbridge transfer\x00" + text))
	return text + " " + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// digest is a hash under a name of its own, so that a key is never taken for a sub.
func digest(kind, value string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + value))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:digestLength]
}
