// Package lock keeps two programs from working on one folder at the same time.
//
// A lock is flock(2) on a file. The kernel releases it when its holder ends, by whatever cause, so the file may stay.
// The file is closed on exec: children do not inherit the lock.
package lock

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// ErrHeld means that another program holds the lock.
var ErrHeld = errors.New("another program holds the lock")

// Lock is held until Release, or the end of this program.
type Lock struct{ file *os.File }

// Try takes the lock on the file at path, or fails with [ErrHeld]. It makes the file if there is none.
func Try(path string) (*Lock, error) { return take(path, syscall.LOCK_EX|syscall.LOCK_NB) }

// Wait takes the lock as soon as it is free.
func Wait(path string) (*Lock, error) { return take(path, syscall.LOCK_EX) }

func take(path string, how int) (*Lock, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(file.Fd()), how)
		if err != syscall.EINTR { // the runtime's own signals interrupt a waiting flock
			break
		}
	}
	if err == nil {
		return &Lock{file}, nil
	}
	file.Close()
	if err == syscall.EWOULDBLOCK {
		return nil, fmt.Errorf("%w: %s", ErrHeld, path)
	}
	return nil, fmt.Errorf("failed to lock %s: %w", path, err)
}

// Release gives the lock up.
func (l *Lock) Release() { l.file.Close() }
