package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"drawbridge/local/lock"
	"drawbridge/local/reaper"

	"drawbridge/shared/remedy"
)

func (r *runner) packages(ctx context.Context, name string) error {
	return r.terminal.step("packages of "+name, func() (string, error) {
		return r.locked(name, func(folder string) (string, error) { return installPackages(ctx, r.reaper, folder) })
	})
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

// installPackages runs npm ci in a folder, unless all packages of its package-lock.json are installed.
func installPackages(ctx context.Context, k *reaper.Reaper, folder string) (string, error) {
	installed, err := packagesInstalled(folder)
	if err != nil {
		return "", err
	}
	if installed {
		return "are there", nil
	}
	if err := finish(ctx, k, folder, "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"); err != nil {
		return "", remedy.New(
			"npm ci in "+folder+" failed",
			"See what npm says above: the registry may be out of reach, or the disk full.", err,
		)
	}
	return "installed", nil
}

// packageLock is package-lock.json, which says what npm shall install, and node_modules/.package-lock.json, which npm
// writes last and which says what it has installed.
type packageLock struct {
	Packages map[string]struct {
		Version   string `json:"version"`
		Integrity string `json:"integrity"`
		Optional  bool   `json:"optional"` // may be missing: for another system, as a rule
	} `json:"packages"`
}

func packagesInstalled(folder string) (bool, error) {
	wanted, err := readLock(filepath.Join(folder, "package-lock.json"))
	if err != nil {
		return false, err
	}
	there, err := readLock(filepath.Join(folder, "node_modules", ".package-lock.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, nil // unreadable: npm ci writes it anew
	}
	delete(wanted.Packages, "") // the folder itself
	for path := range there.Packages {
		if _, ok := wanted.Packages[path]; !ok {
			return false, nil
		}
	}
	for path, want := range wanted.Packages {
		if got, ok := there.Packages[path]; ok {
			if got.Version != want.Version || got.Integrity != want.Integrity {
				return false, nil
			}
		} else if !want.Optional {
			return false, nil
		}
	}
	return true, nil
}

func readLock(path string) (lock packageLock, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return lock, err
	}
	return lock, json.Unmarshal(text, &lock)
}
