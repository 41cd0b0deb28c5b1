package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"drawbridge/local/contract"
)

// describe holds the API's answers to the openapi.yaml beside the template, and serves the document in front of what
// beside puts next to the API. A stack without a document is served as it is.
func (r *Runner) describe(api http.Handler, beside func(http.Handler) http.Handler) (http.Handler, error) {
	text, err := os.ReadFile(filepath.Join(r.options.root(), "openapi.yaml"))
	if errors.Is(err, fs.ErrNotExist) {
		return beside(api), nil
	}
	if err != nil {
		return nil, fmt.Errorf("failed to read openapi.yaml: %w", err)
	}
	document, err := contract.Parse(text)
	if err != nil {
		return nil, err
	}
	checked := document.Check(api, func(v contract.Violation) { r.console.printf("  CONTRACT: %s", v) })
	return document.Pages(text, beside(checked))
}
