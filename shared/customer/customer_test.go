package customer_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/customer"
	"drawbridge/shared/customer/password"
	"drawbridge/shared/dynamo"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/identity"
	"drawbridge/shared/testkit"
)

const (
	aliceID, bobID = "1000000001", "1000000002"
	aliceSub       = "auth0|66f0a1c0de00000000000001"
	alicePassword  = "alice-at-the-bank"
	home, away     = "192.0.2.1", "198.51.100.7"
)

// bank is a directory on the real engine with one customer, alice, and a clock that the test moves.
type bank struct {
	*customer.Directory
	*testkit.Clock
	db     *dynamotest.DB
	config customer.Config
}

func newBank(t *testing.T, change ...func(*customer.Config)) *bank {
	t.Helper()
	b := &bank{db: dynamotest.New(t), Clock: testkit.NewClock()}
	b.config = customer.Config{Client: b.db.Client, Table: b.db.Tables["CustomersTable"], Now: b.Now,
		Hasher: password.NewInsecurelyCheap()}
	for _, f := range change {
		f(&b.config)
	}
	b.open(t)
	testkit.Must(t,
		b.Create(t.Context(), customer.Customer{ID: aliceID, Name: "Alice Archer", Email: "Alice@example.com"}))
	testkit.Must(t, b.SetPassword(t.Context(), aliceID, "alice", alicePassword))
	return b
}

// open is a new process: what the last one remembered is gone.
func (b *bank) open(t *testing.T) {
	t.Helper()
	directory := customer.New(b.config)
	b.Directory = directory
}

// commit carries a login's writes out, as the session that they belong to would.
func (b *bank) commit(ctx context.Context, login customer.Login) error {
	return dynamo.Transact(ctx, b.db.Client, login.Writes...)
}

// login is a whole login by password: authenticated and committed.
func (b *bank) login(ctx context.Context, username, password, address string) error {
	login, err := b.Authenticate(ctx, username, password, address)
	if err != nil {
		return err
	}
	return b.commit(ctx, login)
}

func (b *bank) item(t *testing.T, key string) dynamo.Item {
	t.Helper()
	out, err := b.db.Client.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: aws.String(b.db.Tables["CustomersTable"]), Key: dynamo.Item{"key": dynamo.Text(key)},
		ConsistentRead: aws.Bool(true),
	})
	testkit.Must(t, err)
	return out.Item
}

func want(t *testing.T, err, wanted error) {
	t.Helper()
	if !errors.Is(err, wanted) {
		t.Fatalf("got %v, want %v", err, wanted)
	}
}

// noSessions stands for the session store of a customer who has none.
type noSessions struct{ asked string }

func (s *noSessions) RevokeAll(_ context.Context, customerID string) (int, error) {
	s.asked = customerID
	return 0, nil
}

func TestTheRightPasswordTellsTheCustomer(t *testing.T) {
	b := newBank(t)
	login, err := b.Authenticate(t.Context(), "alice", alicePassword, home)
	testkit.Must(t, err)
	if login.CustomerID != aliceID {
		t.Errorf("got customer %s", login.CustomerID)
	}
	testkit.Must(t, b.commit(t.Context(), login))
}

func TestAWrongPasswordAndAnUnknownUserAreRefused(t *testing.T) {
	b := newBank(t)
	want(t, b.login(t.Context(), "alice", "alice-at-the-bonk", home), customer.ErrWrongPassword)
	want(t, b.login(t.Context(), "alicia", alicePassword, home), customer.ErrUnknownUser)
	want(t, b.login(t.Context(), "alice", "", home), customer.ErrWrongPassword)
	want(t, b.login(t.Context(), "", "", home), customer.ErrUnknownUser)
	want(t, b.login(t.Context(), "al ice#\x00", alicePassword, home), customer.ErrUnknownUser)
	want(t, b.login(t.Context(), strings.Repeat("a", 4000), alicePassword, home), customer.ErrUnknownUser)
}

func TestAUsernameIsTheSameInAnyCaseAndWidth(t *testing.T) {
	b := newBank(t)
	for _, spelt := range []string{"Alice", "ALICE", "ａｌｉｃｅ"} {
		testkit.Must(t, b.login(t.Context(), spelt, alicePassword, home))
	}
}

func TestACustomerIsCreatedOnce(t *testing.T) {
	b := newBank(t)
	want(t, b.Create(t.Context(), customer.Customer{ID: aliceID, Name: "Mallory"}), customer.ErrExists)
	want(t, b.Create(t.Context(), customer.Customer{ID: bobID, Email: "ALICE@example.com"}), customer.ErrExists)
	for _, id := range []string{"", "0000000001", "100000001", "10000000011", "1000000001-", "١٠٠٠٠٠٠٠٠١"} {
		want(t, b.Create(t.Context(), customer.Customer{ID: id}), identity.ErrCustomerID)
	}
}

func TestAPasswordThatMayNotBeChosenIsRefusedWhenItIsSet(t *testing.T) {
	b := newBank(t)
	want(t, b.SetPassword(t.Context(), aliceID, "alice", "password1"), password.ErrCommon)
	want(t, b.SetPassword(t.Context(), aliceID, "alice", "short"), password.ErrTooShort)
	want(t, b.SetPassword(t.Context(), aliceID, "alice space", "long enough by far"), customer.ErrMalformedUsername)
	want(t, b.SetPassword(t.Context(), bobID, "bob", "long enough by far"), customer.ErrNotFound)
	testkit.Must(t, b.login(t.Context(), "alice", alicePassword, home))
}

func TestAUsernameBelongsToOneCustomer(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.Create(t.Context(), customer.Customer{ID: bobID}))
	want(t, b.SetPassword(t.Context(), bobID, "Alice", "bob-would-be-alice"), customer.ErrUsernameTaken)
	testkit.Must(t, b.login(t.Context(), "alice", alicePassword, home))
}

func TestANewUsernameTakesThePlaceOfTheOld(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.SetPassword(t.Context(), aliceID, "archer", "alice-is-archer-now"))
	testkit.Must(t, b.login(t.Context(), "archer", "alice-is-archer-now", home))
	want(t, b.login(t.Context(), "alice", alicePassword, home), customer.ErrUnknownUser)
}

func TestAPasswordChangedWhileItIsVerifiedLogsNobodyIn(t *testing.T) {
	b := newBank(t)
	login, err := b.Authenticate(t.Context(), "alice", alicePassword, home)
	testkit.Must(t, err)
	testkit.Must(t, b.SetPassword(t.Context(), aliceID, "alice", "alice-has-changed-it"))
	if err := b.commit(t.Context(), login); !dynamo.ConditionFailed(err) {
		t.Errorf("the old password logged in: %v", err)
	}
}

func TestALoginRaisesTheHashToTodaysParameters(t *testing.T) {
	b := newBank(t)
	before := dynamo.TextOf(b.item(t, "username#alice")["password"])
	b.config.Hasher = nil // OWASP's
	b.open(t)
	testkit.Must(t, b.login(t.Context(), "alice", alicePassword, home))
	after := dynamo.TextOf(b.item(t, "username#alice")["password"])
	if strings.Contains(before, "m=19456,t=2") || !strings.Contains(after, "m=19456,t=2,p=1$") {
		t.Errorf("before %.30s…, after %.30s…", before, after)
	}
	testkit.Must(t, b.login(t.Context(), "alice", alicePassword, home))
	if again := dynamo.TextOf(b.item(t, "username#alice")["password"]); again != after {
		t.Error("a hash at today's parameters was made anew")
	}
}

func TestADisabledCustomerIsOutByEveryWay(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	inFlight, err := b.Identify(t.Context(), customer.Identity{Person: aliceSub}, home)
	testkit.Must(t, err)

	sessions := new(noSessions)
	testkit.Must(t, b.Disable(t.Context(), aliceID, sessions))
	if sessions.asked != aliceID {
		t.Error("their sessions were not ended")
	}
	if err := b.commit(t.Context(), inFlight); !dynamo.ConditionFailed(err) {
		t.Errorf("a login that was under way got in: %v", err)
	}
	if err := b.login(t.Context(), "alice", alicePassword, home); !dynamo.ConditionFailed(err) {
		t.Errorf("by password: %v", err)
	}
	_, err = b.Identify(t.Context(), customer.Identity{Person: aliceSub}, home)
	want(t, err, customer.ErrDisabled)

	testkit.Must(t, b.Enable(t.Context(), aliceID))
	testkit.Must(t, b.login(t.Context(), "alice", alicePassword, home))
	want(t, b.Disable(t.Context(), bobID, sessions), customer.ErrNotFound)
}

func TestThePasswordIsNotInTheTable(t *testing.T) {
	b := newBank(t)
	out, err := b.db.Client.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String(b.db.Tables["CustomersTable"])})
	testkit.Must(t, err)
	for _, it := range out.Items {
		for name, value := range it {
			if s, ok := value.(*types.AttributeValueMemberS); ok && strings.Contains(s.Value, alicePassword) {
				t.Errorf("the password stands in %s", name)
			}
		}
	}
}

func TestAnAddressAUsernameAndAnIdentityHaveAnOwner(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	for name, owner := range map[string]func(string) (string, error){
		"ALICE@example.com": func(s string) (string, error) { return b.EmailOwner(t.Context(), s) },
		"Alice":             func(s string) (string, error) { return b.UsernameOwner(t.Context(), s) },
		aliceSub: func(s string) (string, error) {
			return b.IdentityOwner(t.Context(), identity.Person(s))
		},
	} {
		if id, err := owner(name); id != aliceID || err != nil {
			t.Errorf("%s is %q's, %v", name, id, err)
		}
		if id, err := owner(name + "x"); id != "" || err != nil {
			t.Errorf("%sx is %q's, %v", name, id, err)
		}
	}
}

func TestALoginThatMayNotBeChosenIsToldBeforehand(t *testing.T) {
	for _, c := range []struct {
		username, password string
		want               error
	}{
		{"carol", "a long and rare phrase", nil},
		{"carol and co", "a long and rare phrase", customer.ErrMalformedUsername},
		{"carol", "short", password.ErrTooShort},
		{"Carol-Carlsson", "carol-carlsson", password.ErrLikeUsername},
	} {
		if err := customer.CheckLogin(c.username, c.password); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.username, err)
		}
	}
}
