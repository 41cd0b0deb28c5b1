package customer_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"drawbridge/shared/customer"
	"drawbridge/shared/testkit"
)

// wrong guesses a password.
func (d *directory) wrong(username, address string) error {
	return d.login(username, "a-wrong-guess", address)
}

// throttled fails the test unless a try is one too many for the count named.
func throttled(t *testing.T, err error, by string) *customer.Throttled {
	t.Helper()
	var throttled *customer.Throttled
	if !errors.As(err, &throttled) || throttled.By != by {
		t.Fatalf("got %v, want a throttle by %s", err, by)
	}
	return throttled
}

// looked makes n guesses, and fails the test unless so many are refused for that reason, and the others are too many
// for the count named.
func looked(t *testing.T, n int, want int, reason error, by string, guess func(i int) error) {
	t.Helper()
	looked := 0
	for i := range n {
		if err := guess(i); errors.Is(err, reason) {
			looked++
		} else {
			throttled(t, err, by)
		}
	}
	if looked != want {
		t.Errorf("%d guesses were looked at, want %d", looked, want)
	}
}

// stranger is an address that nobody has logged in from: one of 65,536.
func stranger(i int) string { return fmt.Sprintf("203.%d.%d.9", i>>8&255, i&255) }

func TestSixFailuresInARowAreOneTooMany(t *testing.T) {
	d := newDirectory(t)
	for range 5 {
		testkit.WantError(t, d.wrong("alice", home), customer.ErrWrongPassword)
	}
	wait := throttled(t, d.login("alice", alicePassword, home), "pair").RetryAfter
	if wait <= 0 || wait > 15*time.Minute {
		t.Errorf("try again after %v", wait)
	}
	d.Pass(wait)
	testkit.Must(t, d.login("alice", alicePassword, home))
}

func TestALoginBeginsTheRowAnew(t *testing.T) {
	d := newDirectory(t)
	for range 10 {
		for range 4 {
			testkit.WantError(t, d.wrong("alice", home), customer.ErrWrongPassword)
		}
		testkit.Must(t, d.login("alice", alicePassword, home))
	}
}

func TestAnUnknownUsernameIsThrottledLikeAKnownOne(t *testing.T) {
	d := newDirectory(t)
	looked(t, 6, 5, customer.ErrUnknownUser, "pair", func(int) error { return d.wrong("nobody", home) })
}

func TestAStrangerCannotLockTheOwnerOut(t *testing.T) {
	d := newDirectory(t)
	testkit.Must(t, d.login("alice", alicePassword, home))
	looked(t, 100, customer.DefaultLimits.Strangers.Tries, customer.ErrWrongPassword, "strangers",
		func(i int) error { return d.wrong("alice", stranger(i)) })
	testkit.Must(t, d.login("alice", alicePassword, home))
}

// The owner on a journey, under attack: the password door is shut to strangers, and the other one opens it.
func TestALoginByIdentityMakesAnAddressKnown(t *testing.T) {
	d := linked(t)
	for i := range 100 {
		_ = d.wrong("alice", stranger(i))
	}
	throttled(t, d.login("alice", alicePassword, away), "strangers")
	login, err := d.Identify(t.Context(), customer.Identity{Person: aliceSub}, away)
	testkit.Must(t, err)
	testkit.Must(t, d.commit(login))
	testkit.Must(t, d.login("alice", alicePassword, away))
}

func TestAnAddressIsForgottenAfterNinetyDays(t *testing.T) {
	d := newDirectory(t)
	testkit.Must(t, d.login("alice", alicePassword, home))
	d.Pass(90 * 24 * time.Hour)
	looked(t, 20, 20, customer.ErrWrongPassword, "", func(i int) error { return d.wrong("alice", stranger(i)) })
	throttled(t, d.login("alice", alicePassword, home), "strangers")
}

func TestOneAddressHasOneBudgetForAllAccounts(t *testing.T) {
	d := newDirectory(t)
	looked(t, 300, customer.DefaultLimits.Address.Tries, customer.ErrUnknownUser, "address",
		func(i int) error { return d.wrong(fmt.Sprint("user", i), away) })
}

// A neighbour behind the same router guesses at accounts of which this address knows nothing.
func TestABadNeighbourDoesNotShutTheOwnersOfAnAddressOut(t *testing.T) {
	d := newDirectory(t)
	testkit.Must(t, d.login("alice", alicePassword, home))
	for i := range 300 {
		_ = d.wrong(fmt.Sprint("user", i), home)
	}
	throttled(t, d.wrong("bob", home), "address")
	for range 2 {
		testkit.Must(t, d.login("alice", alicePassword, home))
	}
}

func TestGuessesAtAccountsThatKnowAnAddressAreBoundedToo(t *testing.T) {
	d := newDirectory(t)
	const owners = 30
	name := func(i int) string { return fmt.Sprint("owner", i) }
	for i := range owners {
		id := fmt.Sprint(2000000000 + i)
		testkit.Must(t, d.Create(t.Context(), customer.Customer{ID: id}))
		testkit.Must(t, d.SetPassword(t.Context(), id, name(i), alicePassword))
		testkit.Must(t, d.login(name(i), alicePassword, home))
	}
	looked(t, owners*4, customer.DefaultLimits.Address.Tries, customer.ErrWrongPassword, "neighbours",
		func(i int) error { return d.wrong(name(i%owners), home) })
}

func TestAWholeOfficeLogsInFromOneAddress(t *testing.T) {
	d := newDirectory(t)
	for range customer.DefaultLimits.Address.Tries + 20 {
		testkit.Must(t, d.login("alice", alicePassword, home))
	}
}

func TestAnIPv6SubscriberIsOneAddress(t *testing.T) {
	d := newDirectory(t)
	looked(t, 6, 5, customer.ErrWrongPassword, "pair",
		func(i int) error { return d.wrong("alice", fmt.Sprintf("2001:db8:1:2:%x::1", i*0x3333)) })
	testkit.Must(t, d.login("alice", alicePassword, "2001:db8:1:3::1"))
}

func TestAnAddressThatCannotBeReadStillCounts(t *testing.T) {
	d := newDirectory(t)
	looked(t, 6, 5, customer.ErrWrongPassword, "pair", func(int) error { return d.wrong("alice", "unknown") })
}

// Guesses at one instant are where a counter that is read, checked and written later lets everything through.
func TestGuessesAtTheSameInstantDoNotSlipThrough(t *testing.T) {
	d := newDirectory(t)
	var looked atomic.Int64
	testkit.Together(64, func(i int) {
		if errors.Is(d.wrong("alice", stranger(i)), customer.ErrWrongPassword) {
			looked.Add(1)
		}
	})
	if n := looked.Load(); n != int64(customer.DefaultLimits.Strangers.Tries) {
		t.Errorf("%d guesses were looked at", n)
	}
}
