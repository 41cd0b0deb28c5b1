package main

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"regexp"

	"drawbridge/local/lock"
	"drawbridge/local/template"

	"drawbridge/shared/remedy"
)

// folder keeps data from start to start: the tables, the tenant's keys and the approval secret. Without a path
// (--memory) it keeps nothing.
type folder struct {
	path string
	lock *lock.Lock
}

// openFolder locks the folder for this runner, and with --fresh empties it.
func openFolder(o options) (*folder, error) {
	if o.memory {
		return &folder{}, nil
	}
	const cure = "Make room or make it writable, choose another folder with --data, or keep nothing with --memory."
	f := &folder{path: o.data}
	if err := os.MkdirAll(f.path, 0o700); err != nil {
		return nil, remedy.New("the data folder "+o.data+" cannot be made", cure, err)
	}
	l, err := lock.Try(filepath.Join(f.path, "lock"))
	if errors.Is(err, lock.ErrHeld) {
		return nil, remedy.New(
			"the data folder "+o.data+" is in use by another Drawbridge",
			"End that one, choose another folder with --data, or keep nothing with --memory.", nil,
		)
	}
	if err != nil {
		return nil, remedy.New("the data folder "+o.data+" cannot be used", cure, err)
	}
	f.lock = l
	if o.fresh {
		if err := f.empty(); err != nil {
			return nil, remedy.New("the data folder "+o.data+" cannot be emptied", "Remove it by hand.", err)
		}
	}
	if err := f.tryWriting(); err != nil {
		return nil, remedy.New("the data folder "+o.data+" cannot be written", cure, err)
	}
	return f, nil
}

// tables is the engine's file; "" without a path.
func (f *folder) tables() string { return f.join("tables.db") }

// tenant is the tenant's folder; "" without a path.
func (f *folder) tenant() string { return f.join("tenant") }

func (f *folder) join(name string) string {
	if f.path == "" {
		return ""
	}
	return filepath.Join(f.path, name)
}

// empty removes what this program keeps and leaves other files alone: --data may name a folder that holds more.
func (f *folder) empty() error {
	kept, err := filepath.Glob(f.tables() + "*") // SQLite's journals stand beside it
	if err != nil {
		return err
	}
	for _, path := range append(kept, f.tenant(), f.join("approval-secret")) {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return nil
}

// tryWriting finds a full disk before the start. It writes more than a file system puts into a directory entry.
func (f *folder) tryWriting() error {
	path := f.join("full?")
	defer os.Remove(path)
	return os.WriteFile(path, make([]byte, 64<<10), 0o600)
}

func (f *folder) close() {
	if f.lock != nil {
		f.lock.Release()
	}
}

// approvalSecretForm is the form that the template and auth0/actions/step-up.js ask for.
var approvalSecretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43,}$`)

// approvalSecret is the key with which the stack signs transfer texts and the tenant verifies them. The folder keeps it
// in a file; without a path it is new.
func (f *folder) approvalSecret() (string, error) {
	path := f.join("approval-secret")
	if path == "" {
		return newApprovalSecret(), nil
	}
	kept, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		secret := newApprovalSecret()
		return secret, os.WriteFile(path, []byte(secret), 0o600)
	}
	if err == nil && !approvalSecretForm.Match(kept) {
		err = errors.New("it is not a secret")
	}
	if err != nil {
		return "", remedy.New(
			"the secret in "+path+" cannot be used", "Remove the file: the next start makes another.", err,
		)
	}
	return string(kept), nil
}

func newApprovalSecret() string {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // it never fails
	return base64.RawURLEncoding.EncodeToString(secret)
}

// signWith gives the secret of the folder to the functions that sign. The template was read with another one, before
// the folder was opened, so that its faults show first.
func (o options) signWith(stack *template.Stack, secret string) {
	for _, f := range stack.Functions {
		if _, signs := f.Environment["APPROVAL_SECRET"]; signs {
			f.Environment["APPROVAL_SECRET"] = cmp.Or(o.parameters["ApprovalSecret"], secret)
		}
	}
}

// locked works in a folder of the checkout while other runners wait: two npm installs at once would both fail.
func (r *runner) locked(name string, work func(folder string) (string, error)) (string, error) {
	l, err := lock.Wait(filepath.Join(r.cache, name+".lock"))
	if err != nil {
		return "", err
	}
	defer l.Release()
	return work(filepath.Join(r.options.root(), name))
}
