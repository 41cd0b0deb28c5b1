package lock

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"drawbridge/shared/testkit"
)

func TestALockHasOneHolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "lock")
	first, err := Try(path)
	testkit.Must(t, err)
	_, err = Try(path)
	testkit.WantError(t, err, ErrHeld)
	first.Release()
	if _, err := Try(path); err != nil {
		t.Fatal(err)
	}
}

func TestWaitTakesALockThatBecomesFree(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, err := Try(path)
	testkit.Must(t, err)
	released := time.Now().Add(50 * time.Millisecond)
	time.AfterFunc(50*time.Millisecond, first.Release)
	second, err := Wait(path)
	testkit.Must(t, err)
	defer second.Release()
	if time.Now().Before(released) {
		t.Fatal("it did not wait")
	}
}

func TestAFolderThatCannotBeMadeIsAnError(t *testing.T) {
	if _, err := Try("/dev/null/lock"); err == nil || errors.Is(err, ErrHeld) {
		t.Fatalf("got %v", err)
	}
}
