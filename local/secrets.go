package main

import (
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"

	"drawbridge/local/template"
	"drawbridge/shared/backchannel"
)

// secrets are what functions sign with.
type secrets struct {
	approvals string       // in the tenant too
	nonces    string       // of DPoP proofs
	key       approvalsKey // empty without --back-channel
}

// secrets returns those that the folder keeps.
func (f *folder) secrets(backChannel bool) (s secrets, err error) {
	if s.approvals, err = f.secret(approvalSecret); err != nil {
		return s, err
	}
	if s.nonces, err = f.secret(dpopSecret); err != nil {
		return s, err
	}
	if backChannel {
		s.key, err = f.approvalsKey()
	}
	return s, err
}

// The files of the two secrets.
const (
	approvalSecret = "approval-secret"
	dpopSecret     = "dpop-secret"
)

// secretForm is the form that the template and auth0/actions/step-up.js ask for.
var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43,}$`)

// secret returns one that the folder keeps in a file of its own; without a path it is new.
func (f *folder) secret(name string) (string, error) {
	return f.keep(name, func() (string, error) { return newSecret(), nil }, func(kept string) error {
		if !secretForm.MatchString(kept) {
			return errors.New("it is not a secret")
		}
		return nil
	})
}

// newSecret has 256 bits and more.
func newSecret() string { return rand.Text() + rand.Text() }

const (
	// approvalsClient is the name of the client in auth0/tenant.yaml by which the bank asks for approvals itself.
	approvalsClient = "Drawbridge Approvals"
	// approvalsClientID is the id that the tenant makes of that name, as webClientID.
	approvalsClientID = "ISoVjdEmFQnSxWYCgeOXLDqm5E6OfC5Y"

	approvalsKeyFile = "approvals-key"
	approvalsKeyBits = 2048
)

// approvalsKey is the key of that client: the stack signs with it, the tenant knows the public half.
type approvalsKey struct {
	private string // as the parameter ApprovalsClientKey: PKCS #8, base64 in one line
	public  string // PEM
}

// approvalsKey returns the key that the folder keeps.
func (f *folder) approvalsKey() (key approvalsKey, err error) {
	if key.private, err = f.keep(approvalsKeyFile, newApprovalsKey, func(kept string) error {
		_, err := publicHalf(kept)
		return err
	}); err != nil {
		return approvalsKey{}, err
	}
	key.public, err = publicHalf(key.private)
	return key, err
}

func newApprovalsKey() (private string, err error) {
	key, err := rsa.GenerateKey(rand.Reader, approvalsKeyBits)
	if err != nil {
		return "", fmt.Errorf("failed to make the key of approvals: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", fmt.Errorf("failed to write the key of approvals: %w", err)
	}
	return base64.StdEncoding.EncodeToString(der), nil
}

func publicHalf(private string) (string, error) {
	key, err := backchannel.ParseKey(private)
	if err != nil {
		return "", fmt.Errorf("it is %w", err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return "", fmt.Errorf("failed to write the public half of the key of approvals: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}

// signWith gives the secrets of the folder to the functions that sign. The template was read before, with placeholders,
// so that its faults show first.
func (o options) signWith(stack *template.Stack, s secrets) {
	for _, f := range stack.Functions {
		for variable, secret := range map[string]string{
			"APPROVAL_SECRET":      cmp.Or(o.parameters["ApprovalSecret"], s.approvals),
			"DPOP_SECRET":          cmp.Or(o.parameters["DpopSecret"], s.nonces),
			"APPROVALS_CLIENT_KEY": cmp.Or(o.parameters["ApprovalsClientKey"], s.key.private),
		} {
			if _, signs := f.Environment[variable]; signs {
				f.Environment[variable] = secret
			}
		}
	}
}
