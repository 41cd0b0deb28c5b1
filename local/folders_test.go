package main

import (
	"os"
	"path/filepath"
	"testing"

	"drawbridge/shared/testkit"
)

// opened is a folder until the test ends.
func opened(t *testing.T, o options) *folder {
	t.Helper()
	f, err := openFolder(o)
	testkit.Must(t, err)
	t.Cleanup(f.close)
	return f
}

func TestADataFolderHasOneRunner(t *testing.T) {
	o := options{data: filepath.Join(t.TempDir(), "data")}
	f := opened(t, o)
	_, err := openFolder(o)
	testkit.Refused(t, err, o.data+" is in use by another Drawbridge")
	f.close()
	opened(t, o)
}

func TestFreshForgetsItsOwnFilesOnly(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"tables.db", "tables.db-wal", "tenant/tenant-secrets.json", "diary.txt"} {
		testkit.Write(t, filepath.Join(dir, name), "")
	}
	opened(t, options{data: dir, fresh: true})
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	testkit.Must(t, err)
	testkit.Equal(t, []string{filepath.Join(dir, "diary.txt"), filepath.Join(dir, "lock")}, left)
}

func TestInMemoryThereIsNoFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	f := opened(t, options{data: dir, memory: true})
	if _, err := os.Stat(dir); !os.IsNotExist(err) || f.tables() != "" || f.tenant() != "" {
		t.Fatalf("%v, %q, %q", err, f.tables(), f.tenant())
	}
}

func TestADataFolderThatCannotBeWrittenIsNamed(t *testing.T) {
	for _, path := range []string{"/dev/null/data", "/proc/data"} {
		_, err := openFolder(options{data: path})
		testkit.Refused(t, err, path, "--data")
	}
}

func TestAFullDiskIsNamed(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full here")
	}
	dir := t.TempDir()
	testkit.Must(t, os.Symlink("/dev/full", filepath.Join(dir, "full?")))
	_, err := openFolder(options{data: dir})
	testkit.Refused(t, err, "cannot be written", "no space left")
}
