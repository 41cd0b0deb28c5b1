package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"drawbridge/local/keeper"
)

// builtFrom is a file in web/dist that holds the fingerprint of its sources. Vite empties the folder before it
// writes into it, so a build that broke off, or that somebody else made, has none.
const builtFrom = ".built-from"

// buildSite runs Vite in web/ unless web/dist was made of the present sources.
func buildSite(ctx context.Context, k *keeper.Keeper, folder string) (string, error) {
	fingerprint, err := fingerprintSite(folder)
	if err != nil {
		return "", err
	}
	mark := filepath.Join(folder, "dist", builtFrom)
	if made, err := os.ReadFile(mark); err == nil && string(made) == fingerprint {
		return "unchanged", nil
	}
	if err := finish(ctx, k, folder, "node", filepath.Join("node_modules", "vite", "bin", "vite.js"), "build", "--logLevel", "warn"); err != nil {
		return "", &problem{"the web app does not build", "Mend what Vite says above; run `npm run check` in web for more.", err}
	}
	return "built", os.WriteFile(mark, []byte(fingerprint), 0o644)
}

// fingerprintSite hashes whatever a build may read: all of the folder but what is installed, made or a test.
func fingerprintSite(folder string) (string, error) {
	h := sha256.New()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if name == "node_modules" || name == "dist" || name == "test" || name == "screenshots" || strings.HasPrefix(name, ".") && path != folder {
				return filepath.SkipDir
			}
			return nil
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		fmt.Fprintf(h, "\x00%s\x00", path)
		_, err = io.Copy(h, file)
		return err
	})
	return hex.EncodeToString(h.Sum(nil)), err
}
