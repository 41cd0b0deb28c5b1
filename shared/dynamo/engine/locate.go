package engine

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"drawbridge/shared/remedy"
)

// locate returns the path of a Dynoxide binary: the one on PATH if there is one, else the one in the user's cache
// folder, which it fetches if it is not there yet. Progress, if not nil, is told in a line when something slow begins.
// Processes may call it at the same time: the binary appears in the cache by an atomic rename, whole or not at all.
func locate(ctx context.Context, progress io.Writer) (string, error) {
	if path, err := exec.LookPath(program()); err == nil {
		return path, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", remedy.New("no cache folder", "Set HOME or XDG_CACHE_HOME.", err)
	}
	return fetcher{
		cache: filepath.Join(cache, "drawbridge"), platform: platform(), integrity: pinned[platform()],
		pack: npmPack, progress: progress,
	}.locate(ctx)
}

// fetcher is locate with its surroundings named, so that tests can replace the registry.
type fetcher struct {
	cache     string
	platform  string
	integrity string // empty: not pinned, the registry's own statement is checked instead
	pack      func(ctx context.Context, name, into string) (packed, error)
	progress  io.Writer
}

func (f fetcher) locate(ctx context.Context) (string, error) {
	binary := filepath.Join(f.cache, "dynoxide-"+version+"-"+f.platform, program())
	if info, err := os.Stat(binary); err == nil && info.Mode().IsRegular() {
		return binary, nil
	}
	if err := os.MkdirAll(filepath.Dir(binary), 0o755); err != nil {
		return "", remedy.New(
			"the cache folder cannot be made", "Make it writable, or set XDG_CACHE_HOME to another.", err,
		)
	}
	// Beside its final place: a rename across file systems would not be atomic.
	work, err := os.MkdirTemp(f.cache, "fetching-")
	if err != nil {
		return "", remedy.New(
			"the cache folder cannot be written", "Make it writable, or set XDG_CACHE_HOME to another.", err,
		)
	}
	defer os.RemoveAll(work)

	name := "@dynoxide/" + f.platform + "@" + version
	f.say("fetching %s from npm (once, into %s)", name, f.cache)
	got, err := f.pack(ctx, name, work)
	if err != nil {
		return "", err
	}
	want := f.integrity
	if want == "" {
		want = got.Integrity
		f.say("%s is not among the packages this project has pinned: trusting the registry's own checksum", name)
	}
	if err := verify(filepath.Join(work, got.Filename), want); err != nil {
		return "", remedy.New(
			name+" is not the package this project was tested with",
			"Run `npm cache clean --force` and try again; if it stays, do not run it: "+
				"the registry or a proxy serves something else. "+elsewhere,
			err,
		)
	}
	unpacked, err := extract(filepath.Join(work, got.Filename), program(), work)
	if err != nil {
		return "", remedy.New(
			name+" cannot be unpacked", "Check the space left in "+f.cache+" and try again. "+elsewhere, err,
		)
	}
	if err := os.Rename(unpacked, binary); err != nil {
		return "", remedy.New(
			"the binary cannot be put into the cache folder", "Make "+f.cache+" writable and try again.", err,
		)
	}
	return binary, nil
}

func (f fetcher) say(format string, values ...any) {
	if f.progress != nil {
		fmt.Fprintf(f.progress, format+"\n", values...)
	}
}
