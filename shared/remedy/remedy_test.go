package remedy

import (
	"errors"
	"io"
	"testing"
)

func TestAnErrorSaysWhatWhyAndWhatToDo(t *testing.T) {
	for want, err := range map[string]error{
		"the disk is full.\nMake room.":                 New("the disk is full", "Make room.", nil),
		"the disk is full: unexpected EOF.\nMake room.": New("the disk is full", "Make room.", io.ErrUnexpectedEOF),
		"npm failed: no network.\nWait.":                New("npm failed", "Wait.", errors.New("no network.")),
	} {
		if err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
	}
	if !errors.Is(New("a", "b", io.EOF), io.EOF) {
		t.Error("the cause is not found")
	}
}
