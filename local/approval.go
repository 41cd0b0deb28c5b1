package main

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"os"
	"regexp"

	"drawbridge/local/template"
)

// approvalSecretForm is the form that the template and auth0/actions/step-up.js ask for.
var approvalSecretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43,}$`)

// approvalSecret is what the stack signs transfer texts with and the tenant verifies them with, the same from start to
// start. It stands in a file of its own; without a folder it is new.
func (f *folder) approvalSecret() (string, error) {
	path := f.join("approval-secret")
	if path == "" {
		return newApprovalSecret(), nil
	}
	kept, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		secret := newApprovalSecret()
		return secret, os.WriteFile(path, []byte(secret), 0o600)
	}
	if err == nil && !approvalSecretForm.Match(kept) {
		err = errors.New("it is not a secret")
	}
	if err != nil {
		return "", &problem{"the secret in " + path + " cannot be used", "Remove the file: the next start makes another.", err}
	}
	return string(kept), nil
}

func newApprovalSecret() string {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // it never fails
	return base64.RawURLEncoding.EncodeToString(secret)
}

// signWith gives the functions that sign the secret of the folder, in place of the one that the template was read with: a
// fault of the template shows before a folder is opened.
func (o options) signWith(stack *template.Stack, secret string) {
	for _, f := range stack.Functions {
		if _, signs := f.Environment["APPROVAL_SECRET"]; signs {
			f.Environment["APPROVAL_SECRET"] = cmp.Or(o.parameters["ApprovalSecret"], secret)
		}
	}
}

// approvalEnvironment gives the tenant what the stack has: a parameter of the command line goes to both.
func (o options) approvalEnvironment(secret string) []string {
	return []string{
		"APPROVAL_SECRET=" + cmp.Or(o.parameters["ApprovalSecret"], secret),
		"APPROVAL_BINDING=" + cmp.Or(o.parameters["ApprovalBinding"], "optional"),
	}
}
