// Package password hashes passwords, and says which may be chosen.
//
// Hashes are argon2id (RFC 9106) at the parameters that OWASP recommends, in the PHC string format that carries its
// parameters and its salt (https://github.com/P-H-C/phc-string-format):
//
//	$argon2id$v=19$m=19456,t=2,p=1$<salt>$<key>
//
// So the parameters can be raised later: an old hash still verifies, and [Hasher.Verify] says that it is due.
//
// Passwords are Unicode: what a person types is one password whatever the keyboard composes it of, so every password
// is brought to form NFKC before it is hashed (NIST SP 800-63B section 3.1.1.2).
package password

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Params is the work of one hash.
type Params struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

// owasp is the least that OWASP recommends for argon2id
// (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html).
var owasp = Params{Memory: 19456, Time: 2, Threads: 1}

const (
	saltBytes = 16
	keyBytes  = 32
)

// Hasher hashes new passwords with its parameters and verifies any.
type Hasher struct {
	params Params
	dummy  phc
}

// New returns a Hasher with the parameters that OWASP recommends.
func New() *Hasher { return newHasher(owasp) }

// NewInsecurelyCheap returns a Hasher for tests that hash a lot and are not about hashing.
func NewInsecurelyCheap() *Hasher {
	return newHasher(Params{Memory: 64, Time: 1, Threads: 1})
}

// newHasher also makes the hash that Verify works on for an unknown user: random bytes, which match no password, and
// which cost nothing in functions that never verify one.
func newHasher(p Params) *Hasher {
	dummy := phc{params: p, salt: make([]byte, saltBytes), key: make([]byte, keyBytes)}
	rand.Read(dummy.salt) // never fails: crypto/rand ends the process rather than return an error
	rand.Read(dummy.key)
	return &Hasher{params: p, dummy: dummy}
}

// Hash returns the PHC string of a password, under a new random salt.
func (h *Hasher) Hash(password string) string {
	return h.derive(password).String()
}

// Verify tells whether password is the one that encoded was made of, and if so whether encoded should be made anew
// because the parameters have been raised since.
//
// If encoded is empty, because there is no such user, Verify does the same work and says no: the time it takes does
// not tell who is a customer. An error means that this package did not write encoded.
func (h *Hasher) Verify(encoded, password string) (ok, due bool, err error) {
	stored := h.dummy
	if encoded != "" {
		if stored, err = parse(encoded); err != nil {
			return false, false, err
		}
	}
	key := stored.params.key(password, stored.salt)
	ok = subtle.ConstantTimeCompare(key, stored.key) == 1 && encoded != ""
	due = ok && (stored.params.Memory < h.params.Memory || stored.params.Time < h.params.Time)
	return ok, due, nil
}

func (h *Hasher) derive(password string) phc {
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	return phc{params: h.params, salt: salt, key: h.params.key(password, salt)}
}

func (p Params) key(password string, salt []byte) []byte {
	return argon2.IDKey(norm.NFKC.Bytes([]byte(password)), salt, p.Time, p.Memory, p.Threads, keyBytes)
}

func (p Params) String() string {
	return fmt.Sprintf("m=%d,t=%d,p=%d", p.Memory, p.Time, p.Threads)
}

// phc is a hash with what it takes to compute it again.
type phc struct {
	params Params
	salt   []byte
	key    []byte
}

const phcPrefix = "$argon2id$v=19$"

func (h phc) String() string {
	return phcPrefix + h.params.String() + "$" + base64.RawStdEncoding.EncodeToString(h.salt) + "$" +
		base64.RawStdEncoding.EncodeToString(h.key)
}

// The error never shows the string: it holds a hash.
var errNotPHC = errors.New("password: the stored hash is not an argon2id PHC string")

// parse reads what String wrote. The bounds keep a damaged item from costing gigabytes or minutes.
func parse(encoded string) (phc, error) {
	rest, found := strings.CutPrefix(encoded, phcPrefix)
	parts := strings.Split(rest, "$")
	if !found || len(parts) != 3 {
		return phc{}, errNotPHC
	}
	var h phc
	_, err := fmt.Sscanf(parts[0], "m=%d,t=%d,p=%d", &h.params.Memory, &h.params.Time, &h.params.Threads)
	if err != nil || h.params.String() != parts[0] || h.params.Memory > 1<<20 || h.params.Time < 1 ||
		h.params.Time > 64 || h.params.Threads < 1 {
		return phc{}, errNotPHC
	}
	var saltErr, keyErr error
	h.salt, saltErr = base64.RawStdEncoding.Strict().DecodeString(parts[1])
	h.key, keyErr = base64.RawStdEncoding.Strict().DecodeString(parts[2])
	if saltErr != nil || keyErr != nil || len(h.salt) < saltBytes || len(h.key) != keyBytes {
		return phc{}, errNotPHC
	}
	return h, nil
}
