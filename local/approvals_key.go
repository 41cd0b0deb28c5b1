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
	"os"

	"drawbridge/shared/remedy"
)

const (
	// approvalsClient is the name of the client in auth0/tenant.yaml by which the bank asks for approvals itself.
	approvalsClient = "Drawbridge Approvals"
	// approvalsClientID is the id that the tenant makes of that name, as webClientID.
	approvalsClientID = "ISoVjdEmFQnSxWYCgeOXLDqm5E6OfC5Y"

	approvalsKeyFile = "approvals-key"
	approvalsKeyBits = 2048
)

// approvalsKey is the key of that client: the stack signs with it, the tenant knows the public half. Without
// --back-channel it is empty.
type approvalsKey struct {
	private string // as the parameter ApprovalsClientKey: PKCS #8, base64 in one line
	public  string // PEM
}

// approvalsKey returns the key that the folder keeps in a file; without a path it is new.
func (f *folder) approvalsKey() (approvalsKey, error) {
	path := f.join(approvalsKeyFile)
	if path == "" {
		return newApprovalsKey()
	}
	kept, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		key, err := newApprovalsKey()
		return key, cmp.Or(err, os.WriteFile(path, []byte(key.private), 0o600))
	}
	key := approvalsKey{private: string(kept)}
	if err == nil {
		key.public, err = publicHalf(key.private)
	}
	if err != nil {
		return approvalsKey{}, remedy.New(
			"the key in "+path+" cannot be used", "Remove the file: the next start makes another.", err,
		)
	}
	return key, nil
}

func newApprovalsKey() (approvalsKey, error) {
	made, err := rsa.GenerateKey(rand.Reader, approvalsKeyBits)
	if err != nil {
		return approvalsKey{}, fmt.Errorf("failed to make the key of approvals: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(made)
	if err != nil {
		return approvalsKey{}, fmt.Errorf("failed to write the key of approvals: %w", err)
	}
	key := approvalsKey{private: base64.StdEncoding.EncodeToString(der)}
	key.public, err = publicHalf(key.private)
	return key, err
}

func publicHalf(private string) (string, error) {
	der, err := base64.StdEncoding.DecodeString(private)
	if err != nil {
		return "", errors.New("it is not base64")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return "", errors.New("it is not PKCS #8")
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return "", errors.New("it is not an RSA key")
	}
	der, err = x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}
