package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"drawbridge/shared/testkit"
)

// The application in testdata/lending is written as for AWS: a module of its own, three functions, nothing of the bank.
func TestAnApplicationOfSomebodyElseRunsUnchanged(t *testing.T) {
	t.Parallel()
	app := filepath.Join("local", "e2e", "testdata", "lending") // as seen from where the runner runs
	s := launchOne(t, freeBase(t), "--memory", "--template", filepath.Join(app, "template.yaml"))
	testkit.Must(t, s.waitUntilUp())
	book, card := s.API+"/books/978-0262033848", map[string]string{"X-Card": "member-7"}
	wantStatus(t, send(t, "GET", book, nil, nil), http.StatusUnauthorized)
	wantStatus(t, send(t, "GET", book, map[string]string{"X-Card": "none"}, nil), http.StatusUnauthorized)
	wantStatus(t, send(t, "GET", book, card, nil), http.StatusNotFound)
	wantStatus(t, send(t, "PUT", book, card, nil), http.StatusCreated)
	if lent := send(t, "GET", book, map[string]string{"X-Card": "member-8"}, nil); lent.member(t, "lent_to") != "7" {
		t.Errorf("%d %s", lent.status, lent.body)
	}
	if overdue := send(t, "GET", s.API+"/overdue", nil, nil); overdue.status != http.StatusOK || overdue.body != "1" {
		t.Errorf("%d %s", overdue.status, overdue.body)
	}
	if _, err := os.Stat(filepath.Join(repository, app, ".drawbridge")); !os.IsNotExist(err) {
		t.Errorf("--memory has left a folder: %v", err)
	}
}
