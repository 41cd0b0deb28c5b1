package testkit

import (
	"os"
	"path/filepath"
)

// Read returns the text of a file, whose path may come in parts.
func Read(t T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	Must(t, err)
	return string(text)
}

// Write writes a file, and makes the folders that it lies in.
func Write(t T, path, text string) {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o644)
	}
	Must(t, err)
}
