package main

import (
	"strings"
	"testing"

	"drawbridge/shared/access"
)

// proving is alice with a token that is bound to a key, and the proof of that key.
func proving(approvalID, proofID string) access.Principal {
	p := approved(approvalID)
	p.Thumbprint, p.ProofID = "thumbprint", proofID
	return p
}

func TestAProofPaysForOneTransferAndItsRepetitionIsAnswered(t *testing.T) {
	b := open(t)
	first := b.post(t, proving("t1", "p1"), "k1", rent)
	first.Want(t, 201, "")
	if again := b.post(t, proving("t1", "p1"), "k1", rent); again.Status != 201 || again.Body != first.Body {
		t.Errorf("the same again: %d %s", again.Status, again.Body)
	}
	replayed := b.post(t, proving("t2", "p1"), "k2", rent)
	replayed.Want(t, 401, "invalid_dpop_proof")
	if challenge := replayed.Header["WWW-Authenticate"]; !strings.HasPrefix(challenge, "DPoP ") {
		t.Errorf("challenge %s", challenge)
	}
	b.post(t, proving("t2", "p2"), "k2", rent).Want(t, 201, "")
	if got := b.Balance(t, "1000000001-01"); got != 2000_00 {
		t.Errorf("the payer has %d", got)
	}
}
