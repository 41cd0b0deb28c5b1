package bank

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"regexp"
	"strings"
	"time"
)

// TransferID names a transfer or a booking: "tr_", eleven characters of its time and fifteen of chance, 75 bits. The
// time leads from the id to the ledger entries, whose ids begin with it, without an index to keep.
type TransferID string

// ErrTransferID means that a text is not the id of a transfer.
var ErrTransferID = errors.New("not tr_ and 26 small letters and digits")

const timeDigits = 11 // of five bits: microseconds until the year 3111

var transferIDForm = regexp.MustCompile(`^tr_[a-z2-7]{26}$`) // base32 in small letters

func newTransferID(at time.Time) TransferID {
	var micros [8]byte
	binary.BigEndian.PutUint64(micros[:], uint64(at.UnixMicro())<<9) // 55 bits, from the left
	return TransferID("tr_" + strings.ToLower(base32.StdEncoding.EncodeToString(micros[:])[:timeDigits]+rand.Text()[:15]))
}

// ParseTransferID reads an id as the API shows it. Errors: ErrTransferID.
func ParseTransferID(text string) (TransferID, error) {
	if !transferIDForm.MatchString(text) {
		return "", ErrTransferID
	}
	return TransferID(text), nil
}

// at is the time in the id.
func (id TransferID) at() time.Time {
	digits := strings.ToUpper(string(id)[len("tr_") : len("tr_")+timeDigits])
	micros, err := base32.StdEncoding.DecodeString(digits + "AA===")
	if err != nil {
		panic("bank: a transfer id that was not parsed") // its alphabet is the form's
	}
	return time.UnixMicro(int64(binary.BigEndian.Uint64(micros) >> 9))
}
