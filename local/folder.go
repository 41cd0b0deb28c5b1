package main

import (
	"errors"
	"os"
	"path/filepath"

	"drawbridge/local/lock"
)

// folder is where data is kept from start to start: the tables, the tenant's keys and the approval secret. Without a path (--memory)
// nothing is kept.
type folder struct {
	path string
	lock *lock.Lock
}

// openFolder makes the folder this runner's own, and empties it if it is to start afresh.
func openFolder(o options) (*folder, error) {
	if o.memory {
		return &folder{}, nil
	}
	const cure = "Make room or make it writable, choose another folder with --data, or keep nothing with --memory."
	f := &folder{path: o.data}
	if err := os.MkdirAll(f.path, 0o700); err != nil {
		return nil, &problem{"the data folder " + o.data + " cannot be made", cure, err}
	}
	l, err := lock.Try(filepath.Join(f.path, "lock"))
	if errors.Is(err, lock.ErrHeld) {
		return nil, &problem{"the data folder " + o.data + " is in use by another Drawbridge", "End that one, choose another folder with --data, or keep nothing with --memory.", nil}
	}
	if err != nil {
		return nil, &problem{"the data folder " + o.data + " cannot be used", cure, err}
	}
	f.lock = l
	if o.fresh {
		if err := f.empty(); err != nil {
			return nil, &problem{"the data folder " + o.data + " cannot be emptied", "Remove it by hand.", err}
		}
	}
	if err := f.tryWriting(); err != nil {
		return nil, &problem{"the data folder " + o.data + " cannot be written", cure, err}
	}
	return f, nil
}

// tables is the engine's file, "" if nothing is kept.
func (f *folder) tables() string { return f.join("tables.db") }

// tenant is the tenant's folder, "" if nothing is kept.
func (f *folder) tenant() string { return f.join("tenant") }

func (f *folder) join(name string) string {
	if f.path == "" {
		return ""
	}
	return filepath.Join(f.path, name)
}

// empty removes what this program keeps, and nothing else: --data may have named a folder that holds more.
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

// tryWriting writes more than a file system puts into a directory entry, so that a full disk shows now and by name.
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
