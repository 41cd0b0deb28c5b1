package main

import (
	"errors"
	"os"
	"path/filepath"

	"drawbridge/local/lock"

	"drawbridge/shared/remedy"
)

// folder keeps data from start to start: the tables, the tenant's keys and the secrets. Without a path
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
	for _, path := range append(kept, f.tenant(), f.join(approvalSecret), f.join(dpopSecret), f.join(approvalsKeyFile)) {
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

// keep returns the text that the folder keeps in a file; the first start makes it. Without a path it is new.
func (f *folder) keep(name string, fresh func() (string, error), check func(string) error) (string, error) {
	path := f.join(name)
	if path == "" {
		return fresh()
	}
	kept, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		made, err := fresh()
		if err != nil {
			return "", err
		}
		return made, os.WriteFile(path, []byte(made), 0o600)
	}
	if err == nil {
		err = check(string(kept))
	}
	if err != nil {
		return "", remedy.New(path+" cannot be used", "Remove the file: the next start makes another.", err)
	}
	return string(kept), nil
}
