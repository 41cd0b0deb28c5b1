package rest

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/dynamo"
)

// Problem is a refusal with a stable code (RFC 9457). Detail is for the client: it says what is wrong and what to
// do, and holds nothing secret.
type Problem struct {
	Code       string
	Detail     string
	RetryAfter time.Duration // if not zero, when to try again
	Cause      error         // logged, never sent
}

// Refuse returns a Problem. code must stand in the table below.
func Refuse(code, detail string) *Problem {
	return &Problem{Code: code, Detail: detail}
}

// Unavailable is the Problem of a cause that passes by itself. A handler returns it for what problemOf does not know.
func Unavailable(cause error) *Problem {
	return Refuse("unavailable", "Send the same request again.").After(time.Second).Because(cause)
}

// Because adds the cause for the log.
func (p *Problem) Because(cause error) *Problem {
	p.Cause = cause
	return p
}

// After adds when to try again.
func (p *Problem) After(wait time.Duration) *Problem {
	p.RetryAfter = wait
	return p
}

func (p *Problem) Error() string { return p.Code + ": " + p.Detail }
func (p *Problem) Unwrap() error { return p.Cause }

// table maps each code to its status and title: the one place where errors become HTTP. None is 401: that status comes
// with a challenge (RFC 9110 section 15.5.2), which says what credential would be accepted, so it is an
// [access.Challenge].
var table = map[string]struct {
	status int
	title  string
}{
	"invalid_request":           {http.StatusBadRequest, "The request is malformed"},
	"invalid_cursor":            {http.StatusBadRequest, "The cursor is not one of ours"},
	"missing_idempotency_key":   {http.StatusBadRequest, "The Idempotency-Key header is missing"},
	"invalid_idempotency_key":   {http.StatusBadRequest, "The Idempotency-Key header is malformed"},
	"login_failed":              {http.StatusForbidden, "The login failed"},
	"password_login_needed":     {http.StatusForbidden, "A login by password minutes ago is needed"},
	"identity_linked_elsewhere": {http.StatusConflict, "The login is linked to another customer"},
	"too_many_identities":       {http.StatusConflict, "No more logins can be linked"},
	"no_such_transfer":          {http.StatusNotFound, "There is no such transfer"},
	"approver_too_new":          {http.StatusForbidden, "This login was linked too recently"},
	"approval_denied":           {http.StatusForbidden, "The approval was refused on the phone"},
	"approval_expired":          {http.StatusForbidden, "The approval did not come in time"},
	"not_a_customer":            {http.StatusForbidden, "This login is not linked to a customer"},
	"payload_too_large":         {http.StatusRequestEntityTooLarge, "The body is too large"},
	"unsupported_media_type":    {http.StatusUnsupportedMediaType, "The body is not JSON"},
	"idempotency_key_reused":    {http.StatusUnprocessableEntity, "The Idempotency-Key was used for another request"},
	"insufficient_funds":        {http.StatusUnprocessableEntity, "The balance does not cover the amount"},
	"no_such_account":           {http.StatusUnprocessableEntity, "There is no such account"},
	"account_closed":            {http.StatusUnprocessableEntity, "The account is closed"},
	"account_frozen":            {http.StatusUnprocessableEntity, "The account is frozen"},
	"currency_mismatch":         {http.StatusUnprocessableEntity, "The account is in another currency"},
	"daily_limit_exceeded":      {http.StatusUnprocessableEntity, "The daily limit of the account is exceeded"},
	"same_account":              {http.StatusUnprocessableEntity, "Payer and payee are the same account"},
	"too_many_attempts":         {http.StatusTooManyRequests, "Too many attempts"},
	"too_many_approvals":        {http.StatusTooManyRequests, "Too many approvals were asked for"},
	"internal_error":            {http.StatusInternalServerError, "Something went wrong on our side"},
	"unavailable":               {http.StatusServiceUnavailable, "The service is busy"},
}

var challengeTitles = map[string]string{
	access.CodeInvalidToken:                   "The token is not valid",
	access.CodeInvalidProof:                   "The DPoP proof is not valid",
	access.CodeInsufficientScope:              "The token does not cover this",
	access.CodeInsufficientUserAuthentication: "A fresh second factor is needed",
	access.CodeApprovalMismatch:               "Another transfer was approved",
	access.CodeApprovalNotBound:               "The approval names no transfer",
}

// Codes lists each code that a function may answer with, and the status that goes with it.
func Codes() map[string]int {
	codes := make(map[string]int)
	for code, entry := range table {
		codes[code] = entry.status
	}
	for code := range challengeTitles {
		codes[code] = (&access.Challenge{Code: code}).Status()
	}
	return codes
}

// problemOf returns the Problem in err; else that of a table that cannot be asked now; else one that says only that the
// fault is ours.
func problemOf(err error) *Problem {
	var p *Problem
	switch {
	case errors.As(err, &p):
		if _, known := table[p.Code]; known {
			return p
		}
		return Refuse("internal_error", "").Because(err)
	case dynamo.Transient(err), errors.Is(err, context.DeadlineExceeded):
		return Unavailable(err)
	}
	return Refuse("internal_error", "").Because(err)
}

// cause is what the log says beyond the code.
func cause(err error) error {
	var challenge *access.Challenge
	if errors.As(err, &challenge) {
		return nil
	}
	return problemOf(err).Cause
}

// failure answers err. A challenge is in the scheme that the token came in; metadata is the URL that it names beside
// its own parameters.
func failure(err error, scheme access.Scheme, metadata string) Response {
	var challenge *access.Challenge
	if errors.As(err, &challenge) {
		return challenged(challenge, scheme, metadata)
	}
	return problemOf(err).Response()
}

// Response is what p is answered with. A function that keeps an answer, to give it again to the byte, renders it with
// this; all others return p as their error.
func (p *Problem) Response() Response {
	entry := table[p.Code]
	body := map[string]any{"type": "about:blank", "title": entry.title, "status": entry.status, "code": p.Code}
	if p.Detail != "" {
		body["detail"] = p.Detail
	}
	response := problemJSON(entry.status, body)
	if p.RetryAfter > 0 {
		response.Header["Retry-After"] = strconv.Itoa(int(math.Ceil(p.RetryAfter.Seconds())))
	}
	return response
}

// challenged answers with a challenge, in the header and again in the body: a REST API renames the header to
// x-amzn-remapped-www-authenticate on its way out.
func challenged(c *access.Challenge, scheme access.Scheme, metadata string) Response {
	body := map[string]any{
		"type": "about:blank", "title": challengeTitles[c.Code], "status": c.Status(), "code": c.Code,
		"detail": c.Description + ".",
	}
	for name, value := range c.Members() {
		body[name] = value
	}
	body["resource_metadata"] = metadata
	response := problemJSON(c.Status(), body)
	response.Header["WWW-Authenticate"] = c.Header(scheme) + `, resource_metadata="` + metadata + `"`
	return response
}

func problemJSON(status int, members map[string]any) Response {
	body, err := json.Marshal(members)
	if err != nil {
		panic("rest: a problem that is not JSON: " + err.Error()) // strings and numbers only: cannot happen
	}
	return Response{Status: status, Header: map[string]string{"Content-Type": "application/problem+json"}, Body: body}
}
