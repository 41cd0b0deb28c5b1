package approval_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/approval"
	"drawbridge/shared/bank"
	"drawbridge/shared/identity"
	"drawbridge/shared/testkit"

	"pgregory.net/rapid"
)

var rent = bank.TransferRequest{From: "1000000001-01", To: "1000000002-01", Amount: 10_00, Currency: "EUR", Key: "rent"}

// hashed is base64url(sha256(text)) cut to 22 characters, as the grammar has it.
func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:22]
}

func TestTheTextIsAsTheGrammarHasIt(t *testing.T) {
	secret := strings.Repeat("s", 43)
	signer, err := approval.NewSigner(secret)
	testkit.Must(t, err)
	got := signer.Sign(approval.Of(rent), []identity.Subject{"auth0|a", "auth0|b"}, time.Unix(1_800_000_000, 999))
	signed := "v1 1800000000 " + hashed("sub\x00auth0|a") + "." + hashed("sub\x00auth0|b") +
		" 1000000001-01 1000000002-01 10.00 EUR " + hashed("key\x00rent")
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprint(mac, "drawbridge transfer\x00"+signed)
	if want := signed + " " + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if none := signer.Sign(approval.Of(rent), nil, time.Now()); none != "" {
		t.Errorf("for nobody: %q", none)
	}
}

// Auth0's own rule for a parameter whose name begins with ext-.
var authorizeParameter = regexp.MustCompile(`^[-\w.*~@+ /:]{1,255}$`)

func TestTheLargestTextFitsIntoAuth0sParameter(t *testing.T) {
	signer, _ := approval.NewSigner(strings.Repeat("s", 43))
	request := rent
	request.Amount, request.Key = bank.MaxAmount, bank.IdempotencyKey(strings.Repeat("~", 128))
	var people []identity.Subject
	for i := range 9 {
		people = append(people, identity.Subject(fmt.Sprintf("samlp|acme|Jörg Müller %d", i)))
	}
	text := signer.Sign(approval.Of(request), people, time.Unix(9_999_999_999, 0))
	if !authorizeParameter.MatchString(text) || len(text) != 245 {
		t.Errorf("%d bytes: %s", len(text), text)
	}
}

func TestAWeakSecretSignsNothing(t *testing.T) {
	good := strings.Repeat("s", 43)
	for _, secret := range []string{"", good[1:], good + " ", good + "\n", strings.Repeat("ü", 43)} {
		if _, err := approval.NewSigner(secret); !errors.Is(err, approval.ErrSecret) {
			t.Errorf("%q: %v", secret, err)
		}
	}
}

func TestTheAmountIsComparedInMinorUnits(t *testing.T) {
	want := approval.Of(rent)
	for _, amount := range []string{"10.00", "10.0", "10"} {
		got, err := approval.Parse(strings.Replace(want.String(), "10.00", amount, 1))
		if err != nil || got != want {
			t.Errorf("%s: %v, %v", amount, got, err)
		}
	}
}

func TestATextThatIsNoTransferIsRefused(t *testing.T) {
	good := approval.Of(rent).String()
	replaced := func(from, to string) string { return strings.Replace(good, from, to, 1) }
	for _, core := range []string{
		"", " ", good + " ", " " + good, good + " x", replaced(" ", "  "), replaced(" ", "\t"), good + "\n", "v1 " + good,
		replaced("10.00", "10.000"), replaced("10.00", "-10.00"), replaced("10.00", "0.00"), replaced("10.00", "010.00"),
		replaced("10.00", "1e1"), replaced("EUR", "EUX"), replaced("EUR", "eur"), replaced("1000000001-01", "1000000001"),
		replaced("1000000002-01", "0000000002-01"), good[:len(good)-1], good + "x", strings.Repeat("x", 600),
	} {
		if got, err := approval.Parse(core); !errors.Is(err, approval.ErrTransfer) {
			t.Errorf("%q: %v, %v", core, got, err)
		}
	}
}

// requests draws transfers that differ little from each other.
func requests() *rapid.Generator[bank.TransferRequest] {
	return rapid.Custom(func(t *rapid.T) bank.TransferRequest {
		account := rapid.SampledFrom([]bank.AccountID{"1000000001-01", "1000000001-02", "1000000002-01", "1000000012-01"})
		return bank.TransferRequest{
			From: account.Draw(t, "from"), To: account.Draw(t, "to"),
			Amount:   rapid.SampledFrom([]bank.Amount{1, 10, 100, 1000, 1001, 100_00, bank.MaxAmount}).Draw(t, "amount"),
			Currency: rapid.SampledFrom([]bank.Currency{"EUR", "USD", "JPY", "KWD"}).Draw(t, "currency"),
			Key:      rapid.SampledFrom([]bank.IdempotencyKey{"rent", "Rent", "rent1", "ren", "r-e-n-t"}).Draw(t, "key"),
		}
	})
}

func TestAnApprovalPaysForItsOwnTransferAndForNoOther(t *testing.T) {
	now := time.Now()
	rapid.Check(t, func(t *rapid.T) {
		approved, asked := requests().Draw(t, "approved"), requests().Draw(t, "asked")
		p := access.Principal{
			Kind: access.KindUser, Subject: "auth0|a", Scopes: []string{access.ScopeTransferFunds},
			ExpiresAt: now.Add(time.Hour), MFAAt: now, ApprovalID: "a", Transfer: approval.Of(approved).String(),
		}
		binding := rapid.SampledFrom([]approval.Binding{approval.Required, approval.Optional}).Draw(t, "binding")
		err := approval.Check(p, approval.Of(asked), binding, time.Minute, now)
		if same := approved == asked; same != (err == nil) {
			t.Fatalf("approved %+v, asked for %+v: %v", approved, asked, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(approval.Of(rent).String())
	f.Add("1000000001-01 1000000002-01 10 EUR 0123456789012345678901")
	f.Fuzz(func(t *testing.T, core string) {
		transfer, err := approval.Parse(core)
		if err != nil {
			return
		}
		if again, err := approval.Parse(transfer.String()); err != nil || again != transfer {
			t.Errorf("%q is %v is %v, %v", core, transfer, again, err)
		}
	})
}

// auth0/test/action-step-up.test.js has this very text: the Action takes what the bank signs.
func TestTheActionIsTestedWithTheBanksText(t *testing.T) {
	signer, _ := approval.NewSigner(strings.Repeat("s", 43))
	people := []identity.Subject{"samlp|acme|Jörg Müller", "auth0|b"}
	got := signer.Sign(approval.Of(rent), people, time.Unix(4_102_444_800, 0))
	const want = "v1 4102444800 UCQj8S1GB0dsFxg_wKBG75.53hE36CPKDZwA1eP01kNy_ " +
		"1000000001-01 1000000002-01 10.00 EUR 0E3gkYV30N6m3pPfPiPNcU yM_fwU_cRhv7Mant4UORtm81wbMUdtgognmyOPLQgAo"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
