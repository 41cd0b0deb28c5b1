package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"

	"drawbridge/shared/backchannel"
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
