package gobuild

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
)

// tree is a module's source.
type tree struct {
	root   string
	module string // its path, as go.mod has it
}

// openTree finds the module of a folder: that of the nearest go.mod above, as go itself does.
func openTree(folder string) (*tree, error) {
	root := folder
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	for errors.Is(err, fs.ErrNotExist) && root != filepath.Dir(root) {
		root = filepath.Dir(root)
		text, err = os.ReadFile(filepath.Join(root, "go.mod"))
	}
	if err != nil {
		return nil, fmt.Errorf("there is no go.mod above %s: %w", folder, err)
	}
	module := modfile.ModulePath(text)
	if module == "" {
		return nil, errors.New("go.mod names no module")
	}
	return &tree{root, module}, nil
}

// imports returns the folders of this module that a package's source is made of: its own and those it imports. It
// takes every file for part of the build, whatever its constraints, and names folders that do not exist: better to
// look at too much than to miss a change.
func (t *tree) imports(folder string) []string {
	folder = path.Clean(folder)
	seen := map[string]bool{folder: true}
	for todo := []string{folder}; len(todo) > 0; {
		next := todo[0]
		todo = todo[1:]
		files, _ := filepath.Glob(filepath.Join(t.root, next, "*.go"))
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			// A file that does not parse has the imports read so far; its repair changes it.
			source, _ := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
			if source == nil {
				continue
			}
			for _, spec := range source.Imports {
				name, _ := strconv.Unquote(spec.Path.Value)
				inside, ok := strings.CutPrefix(name+"/", t.module+"/")
				inside = path.Clean(inside)
				if ok && !seen[inside] {
					seen[inside] = true
					todo = append(todo, inside)
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// fingerprint changes whenever a file in the folders or below (embedded files), go.mod or go.sum does.
func (t *tree) fingerprint(folders []string) string {
	h := sha256.New()
	stamp := func(path string, info fs.FileInfo) {
		fmt.Fprintf(h, "%s\x00%d\x00%d\n", path, info.Size(), info.ModTime().UnixNano())
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if info, err := os.Stat(filepath.Join(t.root, name)); err == nil {
			stamp(name, info)
		}
	}
	for _, folder := range folders {
		// What cannot be read is left out: go build says what is wrong with it.
		_ = filepath.WalkDir(filepath.Join(t.root, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return nil
			}
			name := d.Name()
			if d.IsDir() {
				if name == "testdata" || name == "node_modules" || strings.HasPrefix(name, ".") && len(name) > 1 {
					return filepath.SkipDir
				}
				return nil
			}
			if info, err := d.Info(); err == nil && !strings.HasSuffix(name, "_test.go") {
				stamp(path, info)
			}
			return nil
		})
	}
	return hex.EncodeToString(h.Sum(nil))
}
