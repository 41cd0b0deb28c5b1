package testkit

import (
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Equal fails a test that has got something else than it wants, and shows the difference.
func Equal(t T, want, got any, options ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, options...); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Refused fails a test unless there is an error, and it says all of these words.
func Refused(t T, err error, words ...string) {
	t.Helper()
	for _, word := range words {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("want an error that says %q, got %v", word, err)
		}
	}
}

// Eventually waits until something holds, and ends the test if that takes half a minute: a busy machine is slow.
func Eventually(t T, what string, holds func() bool) {
	t.Helper()
	const limit = 30 * time.Second
	for end := time.Now().Add(limit); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not within half a minute: " + what)
		}
	}
}
