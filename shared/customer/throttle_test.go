package customer_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"drawbridge/shared/customer"
	"drawbridge/shared/testkit"
)

func throttledBy(t *testing.T, err error, by string) *customer.Throttled {
	t.Helper()
	var throttled *customer.Throttled
	if !errors.As(err, &throttled) || throttled.By != by {
		t.Fatalf("got %v, want a throttle by %s", err, by)
	}
	return throttled
}

// stranger is an address that nobody has logged in from: one of 65,536.
func stranger(i int) string { return fmt.Sprintf("203.%d.%d.9", i>>8&255, i&255) }

func TestSixFailuresInARowAreOneTooMany(t *testing.T) {
	b := newBank(t)
	for range 5 {
		want(t, b.login(t.Context(), "alice", "a-wrong-guess", home), customer.ErrWrongPassword)
	}
	throttled := throttledBy(t, b.login(t.Context(), "alice", alicePassword, home), "pair")
	if throttled.RetryAfter <= 0 || throttled.RetryAfter > 15*time.Minute {
		t.Errorf("try again after %v", throttled.RetryAfter)
	}
	b.Pass(throttled.RetryAfter)
	testkit.Must(t, b.login(t.Context(), "alice", alicePassword, home))
}

func TestALoginBeginsTheRowAnew(t *testing.T) {
	b := newBank(t)
	for range 10 {
		for range 4 {
			want(t, b.login(t.Context(), "alice", "a-wrong-guess", home), customer.ErrWrongPassword)
		}
		testkit.Must(t, b.login(t.Context(), "alice", alicePassword, home))
	}
}

func TestAnUnknownUsernameIsThrottledLikeAKnownOne(t *testing.T) {
	b := newBank(t)
	for range 5 {
		want(t, b.login(t.Context(), "nobody", "a-wrong-guess", home), customer.ErrUnknownUser)
	}
	throttledBy(t, b.login(t.Context(), "nobody", "a-wrong-guess", home), "pair")
}

func TestAStrangerCannotLockTheOwnerOut(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.login(t.Context(), "alice", alicePassword, home))
	guesses := 0
	for i := range 100 {
		if err := b.login(t.Context(), "alice", "a-wrong-guess", stranger(i)); errors.Is(err,
			customer.ErrWrongPassword) {
			guesses++
		} else {
			throttledBy(t, err, "strangers")
		}
	}
	if guesses != customer.DefaultLimits.Strangers.Tries {
		t.Errorf("%d guesses were looked at", guesses)
	}
	testkit.Must(t, b.login(t.Context(), "alice", alicePassword, home))
}

// The owner on a journey, under attack: the password door is shut to strangers, and the other one opens it.
func TestALoginByIdentityMakesAnAddressKnown(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.Link(t.Context(), aliceID, aliceSub))
	for i := range 100 {
		_ = b.login(t.Context(), "alice", "a-wrong-guess", stranger(i))
	}
	throttledBy(t, b.login(t.Context(), "alice", alicePassword, away), "strangers")
	login, err := b.Identify(t.Context(), customer.Identity{Person: aliceSub}, away)
	testkit.Must(t, err)
	testkit.Must(t, b.commit(t.Context(), login))
	testkit.Must(t, b.login(t.Context(), "alice", alicePassword, away))
}

func TestAnAddressIsForgottenAfterNinetyDays(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.login(t.Context(), "alice", alicePassword, home))
	b.Pass(90 * 24 * time.Hour)
	for i := range 20 {
		want(t, b.login(t.Context(), "alice", "a-wrong-guess", stranger(i)), customer.ErrWrongPassword)
	}
	throttledBy(t, b.login(t.Context(), "alice", alicePassword, home), "strangers")
}

func TestOneAddressHasOneBudgetForAllAccounts(t *testing.T) {
	b := newBank(t)
	looked := 0
	for i := range 300 {
		if err := b.login(t.Context(), fmt.Sprint("user", i), "Spring-Summer-1", away); errors.Is(err,
			customer.ErrUnknownUser) {
			looked++
		} else {
			throttledBy(t, err, "address")
		}
	}
	if looked != customer.DefaultLimits.Address.Tries {
		t.Errorf("%d guesses were looked at", looked)
	}
}

// A neighbour behind the same router guesses at accounts of which this address knows nothing.
func TestABadNeighbourDoesNotShutTheOwnersOfAnAddressOut(t *testing.T) {
	b := newBank(t)
	testkit.Must(t, b.login(t.Context(), "alice", alicePassword, home))
	for i := range 300 {
		_ = b.login(t.Context(), fmt.Sprint("user", i), "Spring-Summer-1", home)
	}
	throttledBy(t, b.login(t.Context(), "bob", "a-wrong-guess", home), "address")
	for range 2 {
		testkit.Must(t, b.login(t.Context(), "alice", alicePassword, home))
	}
}

func TestGuessesAtAccountsThatKnowAnAddressAreBoundedToo(t *testing.T) {
	b := newBank(t)
	const owners = 30
	name := func(i int) string { return fmt.Sprint("owner", i) }
	for i := range owners {
		id := fmt.Sprint(2000000000 + i)
		testkit.Must(t, b.Create(t.Context(), customer.Customer{ID: id}))
		testkit.Must(t, b.SetPassword(t.Context(), id, name(i), alicePassword))
		testkit.Must(t, b.login(t.Context(), name(i), alicePassword, home))
	}
	looked := 0
	for i := range owners * 4 {
		if err := b.login(t.Context(), name(i%owners), "a-wrong-guess", home); errors.Is(err,
			customer.ErrWrongPassword) {
			looked++
		} else {
			throttledBy(t, err, "neighbours")
		}
	}
	if looked != customer.DefaultLimits.Address.Tries {
		t.Errorf("%d guesses were looked at", looked)
	}
}

func TestAWholeOfficeLogsInFromOneAddress(t *testing.T) {
	b := newBank(t)
	for range customer.DefaultLimits.Address.Tries + 20 {
		testkit.Must(t, b.login(t.Context(), "alice", alicePassword, home))
	}
}

func TestAnIPv6SubscriberIsOneAddress(t *testing.T) {
	b := newBank(t)
	for i := range 5 {
		want(t, b.login(t.Context(), "alice", "a-wrong-guess", fmt.Sprintf("2001:db8:1:2::%x", i+1)),
			customer.ErrWrongPassword)
	}
	throttledBy(t, b.login(t.Context(), "alice", alicePassword, "2001:db8:1:2:ffff::1"), "pair")
	testkit.Must(t, b.login(t.Context(), "alice", alicePassword, "2001:db8:1:3::1"))
}

func TestAnAddressThatCannotBeReadStillCounts(t *testing.T) {
	b := newBank(t)
	for range 5 {
		want(t, b.login(t.Context(), "alice", "a-wrong-guess", "unknown"), customer.ErrWrongPassword)
	}
	throttledBy(t, b.login(t.Context(), "alice", alicePassword, "unknown"), "pair")
}

// Guesses at one instant are where a counter that is read, checked and written later lets everything through.
func TestGuessesAtTheSameInstantDoNotSlipThrough(t *testing.T) {
	b := newBank(t)
	var looked atomic.Int64
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() {
			if err := b.login(t.Context(), "alice", "a-wrong-guess", stranger(i)); errors.Is(err,
				customer.ErrWrongPassword) {
				looked.Add(1)
			}
		})
	}
	all.Wait()
	if n := looked.Load(); n != int64(customer.DefaultLimits.Strangers.Tries) {
		t.Errorf("%d guesses were looked at", n)
	}
}
