package dpop

import "drawbridge/shared/access"

// Reason says why a proof was refused. The list is closed, because reasons are logged and counted.
type Reason string

// The reasons, in the order of the checks.
const (
	Missing       Reason = "proof_missing"        // no DPoP header
	Several       Reason = "proof_several"        // more than one
	TooLarge      Reason = "proof_too_large"      // more than 4 KiB
	WrongParts    Reason = "proof_wrong_parts"    // not header.payload.signature
	WrongEncoding Reason = "proof_wrong_encoding" // not base64url, or with bits left over

	// Not one JSON object in UTF-8, too deep or wide, or two names that are equal or differ only by case, one of which
	// may be a name that we read.
	HeaderMalformed  Reason = "proof_header_malformed"
	WrongType        Reason = "proof_wrong_type" // typ is not dpop+jwt
	AlgorithmRefused Reason = "proof_algorithm_refused"
	HeaderRefused    Reason = "proof_header_refused" // crit; jku, x5u, x5c: another key; b64, zip, enc, cty
	KeyMissing       Reason = "proof_key_missing"    // no jwk, or one that is no object
	KeyPrivate       Reason = "proof_key_private"    // jwk has a private member: the key is everybody's now
	KeyRefused       Reason = "proof_key_refused"    // jwk is no public key of P-256 for ES256

	ClaimsMalformed Reason = "proof_claims_malformed" // as of the header
	ClaimMissing    Reason = "proof_claim_missing"    // jti, htm, htu, iat or ath
	ClaimRefused    Reason = "proof_claim_refused"    // of another type or form, or out of bounds

	WrongMethod  Reason = "proof_wrong_method"
	TooOld       Reason = "proof_too_old"   // by iat or exp
	TooEarly     Reason = "proof_too_early" // by iat or nbf
	URIMalformed Reason = "proof_uri_malformed"
	WrongURI     Reason = "proof_wrong_uri"
	WrongKey     Reason = "proof_wrong_key"   // not the one that the token is bound to
	WrongToken   Reason = "proof_wrong_token" // ath is of another token
	NonceMissing Reason = "proof_nonce_missing"
	NonceRefused Reason = "proof_nonce_refused" // not ours, another key's, or stale

	SignatureSize     Reason = "proof_signature_size"
	SignatureMismatch Reason = "proof_signature_mismatch"
)

// Reasons returns every reason there is.
func Reasons() []Reason {
	return []Reason{
		Missing, Several, TooLarge, WrongParts, WrongEncoding, HeaderMalformed, WrongType, AlgorithmRefused,
		HeaderRefused, KeyMissing, KeyPrivate, KeyRefused, ClaimsMalformed, ClaimMissing, ClaimRefused, WrongMethod,
		TooOld, TooEarly, URIMalformed, WrongURI, WrongKey, WrongToken, NonceMissing, NonceRefused, SignatureSize,
		SignatureMismatch,
	}
}

// Error is a refusal. It holds nothing of the proof.
type Error struct {
	Reason Reason
	Name   string // of the claim that is missing
}

func (e *Error) Error() string { return "dpop: " + string(e.Reason) }

// Code is the error code that the client gets (RFC 9449 sections 7.1 and 9): of a token bound to another key it is the
// token's.
func (e *Error) Code() string {
	switch e.Reason {
	case NonceMissing, NonceRefused:
		return access.CodeUseNonce
	case WrongKey:
		return access.CodeInvalidToken
	}
	return access.CodeInvalidProof
}

func refuse(reason Reason) *Error { return &Error{Reason: reason} }
