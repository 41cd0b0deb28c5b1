package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"

	"drawbridge/local/lock"
)

// checkoutCache is a folder of this checkout's own in the user's cache: for what can be made again, and for locks of
// what runners of one checkout share. It is outside the checkout so that --memory leaves no trace there.
func checkoutCache(root string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", &problem{"there is no cache folder", "Set HOME or XDG_CACHE_HOME.", err}
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

// locked works in a folder of the checkout while no other runner does: two that install at once would both fail.
func (r *Runner) locked(name string, work func(folder string) (string, error)) (string, error) {
	l, err := lock.Wait(filepath.Join(r.cache, name+".lock"))
	if err != nil {
		return "", err
	}
	defer l.Release()
	return work(filepath.Join(r.options.root(), name))
}
