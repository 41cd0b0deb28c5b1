package token

import (
	"errors"
	"slices"
)

// ErrKeysUnavailable is what errors.Is finds in the error for a token that we could neither accept nor refuse,
// because the issuer did not give its keys. The token may be good: the answer is 503, never 401, and must not be
// cached.
var ErrKeysUnavailable = errors.New("token: the issuer's keys are out of reach")

// Stage is a step of the verification.
type Stage string

// The stages, in the order in which they are passed.
const (
	StageShape     Stage = "shape"
	StageHeader    Stage = "header"
	StageClaims    Stage = "claims"
	StageKey       Stage = "key"
	StageSignature Stage = "signature"
)

// Reason says why a token was refused. The list is closed, because reasons are logged and counted.
type Reason string

// The reasons, stage by stage.
const (
	// Shape.
	TooLarge      Reason = "too_large"      // more than 8 KiB
	WrongParts    Reason = "wrong_parts"    // not header.payload.signature; a JWE has five parts
	WrongEncoding Reason = "wrong_encoding" // not base64url: padding, line breaks, other characters, bits left over

	// Header. Malformed: not one JSON object in UTF-8. Name variant: two names that differ only by case, or a name that
	// differs so from one that we read. Too complex: too deep, or too many members.
	HeaderMalformed    Reason = "header_malformed"
	HeaderNameRepeated Reason = "header_name_repeated"
	HeaderNameVariant  Reason = "header_name_variant"
	HeaderTooComplex   Reason = "header_too_complex"
	HeaderWrongType    Reason = "header_wrong_type" // alg, typ or kid is not a string
	HeaderCritical     Reason = "header_critical"   // crit: we understand no extension (RFC 7515 section 4.1.11)
	HeaderEmbedsKey    Reason = "header_embeds_key" // jwk, jku, x5u or x5c: a key that the token brings along
	HeaderTransforms   Reason = "header_transforms" // b64, zip, enc, cty: the payload is not simply our claims
	AlgorithmRefused   Reason = "algorithm_refused" // alg is not RS256, or missing
	WrongTokenType     Reason = "wrong_token_type"  // typ is not the dialect's, or missing
	KeyIDMissing       Reason = "key_id_missing"    // no kid
	KeyIDMalformed     Reason = "key_id_malformed"  // empty, longer than 128 bytes, or not visible ASCII

	// Claims.
	ClaimsMalformed    Reason = "claims_malformed"
	ClaimsNameRepeated Reason = "claims_name_repeated"
	ClaimsNameVariant  Reason = "claims_name_variant"
	ClaimsTooComplex   Reason = "claims_too_complex"
	ClaimMissing       Reason = "claim_missing"
	ClaimWrongType     Reason = "claim_wrong_type" // also null, and a time that is no plain integer
	// A time before 2001 or after 2286; a text that is empty, too long, or has control characters.
	ClaimOutOfBounds Reason = "claim_out_of_bounds"
	// scope is no list of scope-tokens (RFC 6749 section 3.3), or another claim is not of its form.
	ClaimMalformed Reason = "claim_malformed"
	// cnf: the token is bound to a proof of possession that we do not check (RFC 9449 section 7.2), by another member than
	// jkt, or by any if Config.Bound is not set.
	SenderConstrained Reason = "sender_constrained"
	WrongIssuer       Reason = "wrong_issuer"
	IssuerEnded       Reason = "issuer_ended" // Config.Until has come
	WrongAudience     Reason = "wrong_audience"
	WrongParty        Reason = "wrong_party" // an id_token whose azp is another client
	WrongKind         Reason = "wrong_kind"  // an id_token where an access token is wanted, or the reverse
	Expired           Reason = "expired"
	NotYetValid       Reason = "not_yet_valid"    // nbf is ahead
	IssuedInFuture    Reason = "issued_in_future" // iat is ahead
	ImplausibleLife   Reason = "implausible_life" // exp is not after iat and nbf, or more than 30 days after iat

	// Key.
	KeyUnknown      Reason = "key_unknown"      // the issuer, asked within 30 s, has no usable key of this kid
	KeysUnavailable Reason = "keys_unavailable" // ErrKeysUnavailable

	// Signature.
	SignatureSize     Reason = "signature_size" // of no RSA key of 2048 to 4096 bits
	SignatureMismatch Reason = "signature_mismatch"
)

var stages = []struct {
	stage   Stage
	reasons []Reason
}{
	{StageShape, []Reason{TooLarge, WrongParts, WrongEncoding}},
	{StageHeader, []Reason{
		HeaderMalformed, HeaderNameRepeated, HeaderNameVariant, HeaderTooComplex, HeaderWrongType, HeaderCritical,
		HeaderEmbedsKey, HeaderTransforms, AlgorithmRefused, WrongTokenType, KeyIDMissing, KeyIDMalformed,
	}},
	{StageClaims, []Reason{
		ClaimsMalformed, ClaimsNameRepeated, ClaimsNameVariant, ClaimsTooComplex, ClaimMissing, ClaimWrongType,
		ClaimOutOfBounds, ClaimMalformed, SenderConstrained, WrongIssuer, IssuerEnded, WrongAudience, WrongParty,
		WrongKind, Expired, NotYetValid, IssuedInFuture, ImplausibleLife,
	}},
	{StageKey, []Reason{KeyUnknown, KeysUnavailable}},
	{StageSignature, []Reason{SignatureSize, SignatureMismatch}},
}

// Reasons returns every reason there is, in the order of the stages.
func Reasons() []Reason {
	var all []Reason
	for _, s := range stages {
		all = append(all, s.reasons...)
	}
	return all
}

// Stage is the stage that a reason belongs to.
func (r Reason) Stage() Stage {
	for _, s := range stages {
		if slices.Contains(s.reasons, r) {
			return s.stage
		}
	}
	return ""
}

// Error is a refusal, or a failure to decide. It holds nothing of the token.
type Error struct {
	Stage  Stage
	Reason Reason
	Name   string // of the claim or header parameter concerned, as we spell it; often empty
	Cause  error  // of KeysUnavailable: a *FetchError
}

func (e *Error) Error() string {
	text := "token: " + string(e.Stage) + ": " + string(e.Reason)
	if e.Name != "" {
		text += " (" + e.Name + ")"
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Cause }

// Is makes errors.Is find ErrKeysUnavailable in the one error that is no refusal.
func (e *Error) Is(target error) bool {
	return target == ErrKeysUnavailable && e.Reason == KeysUnavailable
}

func refuse(reason Reason) *Error { return &Error{Stage: reason.Stage(), Reason: reason} }

func refuseNamed(reason Reason, name string) *Error {
	return &Error{Stage: reason.Stage(), Reason: reason, Name: name}
}

func unavailable(cause error) *Error {
	return &Error{Stage: StageKey, Reason: KeysUnavailable, Cause: cause}
}
