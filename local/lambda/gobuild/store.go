package gobuild

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"drawbridge/local/lambda"
	"drawbridge/local/lock"
	"drawbridge/shared/remedy"
)

// kept is for how long a binary that is no longer the latest stays: another runner may still start processes from it.
const kept = 24 * time.Hour

// store is the folder of binaries. It is opened for one go build at a time, of this process or another: the second
// then finds in the compiler's cache what both need.
type store struct {
	folder string
	mu     sync.Mutex
}

func (s *store) open() (done func(), err error) {
	s.mu.Lock()
	l, err := lock.Wait(filepath.Join(s.folder, "lock"))
	if err != nil {
		s.mu.Unlock()
		return nil, fmt.Errorf("the folder of the functions' binaries: %w", err)
	}
	return func() { l.Release(); s.mu.Unlock() }, nil
}

// staging is where go build writes; the slash makes go build take it for a folder.
func (s *store) staging() string { return filepath.Join(s.folder, "staging") + "/" }

// keep copies a binary that go build left in staging to a name of its own, unless it is there.
func (s *store) keep(name string) (lambda.Binary, error) {
	staged, err := os.Open(s.staging() + name)
	if err != nil {
		return lambda.Binary{}, err
	}
	defer staged.Close()
	h := sha256.New()
	if _, err := io.Copy(h, staged); err != nil {
		return lambda.Binary{}, err
	}
	version := hex.EncodeToString(h.Sum(nil))
	folder := filepath.Join(s.folder, name+"-"+version[:16])
	b := lambda.Binary{Path: filepath.Join(folder, "bootstrap"), Version: version}
	now := time.Now()
	if os.Chtimes(folder, now, now) == nil { // it is there, whole, and in use
		return b, nil
	}
	s.prune(name, now.Add(-kept))
	return b, s.copy(staged, folder)
}

// copy makes the folder with the binary in it appear at once.
func (s *store) copy(staged *os.File, folder string) error {
	draft, err := os.MkdirTemp(s.folder, "draft-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(draft)
	if _, err := staged.Seek(0, io.SeekStart); err != nil {
		return err
	}
	// No fork meanwhile: a child would hold the file open for writing until its exec, and nobody could run it (ETXTBSY).
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	out, err := os.OpenFile(filepath.Join(draft, "bootstrap"), os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, staged); err != nil {
		out.Close()
		return err
	}
	// The umask narrowed the mode at the opening, and another user than root runs the binary.
	if err := errors.Join(out.Chmod(0o755), out.Close()); err != nil {
		return err
	}
	return os.Rename(draft, folder)
}

// prune removes the function's binaries that nobody has asked for since before then.
func (s *store) prune(name string, then time.Time) {
	folders, _ := filepath.Glob(filepath.Join(s.folder, name+"-????????????????"))
	for _, folder := range folders {
		if info, err := os.Stat(folder); err == nil && info.ModTime().Before(then) {
			_ = os.RemoveAll(folder)
		}
	}
}

// Cache is a folder of a checkout's own in the user's cache: for what can be made again, and for locks of
// what runners of one checkout share. It is outside the checkout so that --memory leaves no trace there.
func Cache(root string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", remedy.New("there is no cache folder", "Set HOME or XDG_CACHE_HOME.", err)
	}
	if root, err = filepath.Abs(root); err != nil {
		return "", err
	}
	if root, err = filepath.EvalSymlinks(root); err != nil {
		return "", err
	}
	id := sha256.Sum256([]byte(root))
	return filepath.Join(cache, "drawbridge", "checkout-"+hex.EncodeToString(id[:6])), nil
}
