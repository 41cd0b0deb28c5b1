package main

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/audit"
	"drawbridge/shared/bank"
	"drawbridge/shared/identity"
	"drawbridge/shared/push"
	"drawbridge/shared/rest"
)

// pending is the answer while nobody has answered on the phone.
type pending struct {
	Status    string         `json:"status"`
	ExpiresAt string         `json:"expires_at"` // RFC 3339
	From      bank.AccountID `json:"from"`
	To        bank.AccountID `json:"to"`
	Amount    string         `json:"amount"`
	Currency  bank.Currency  `json:"currency"`
}

// byPhone asks for an approval over the back channel, or looks what came of it, and books once it is there. The same
// request, sent again with the same key, gets one step further each time. Nothing that pays reaches the caller.
func (h *handler) byPhone(
	ctx context.Context, r *rest.Request, request bank.TransferRequest, preview bank.Preview, challenge *access.Challenge,
) (rest.Response, error) {
	found, err := h.pushes.Find(ctx, request)
	if err != nil {
		return rest.Response{}, problem(err)
	}
	if found.State == push.Approved || found.State == push.Asked && !h.now().Before(found.NextAt) {
		if err := h.stillApproves(ctx, request, found); err != nil {
			return rest.Response{}, err
		}
	}
	switch {
	case found.State == push.Approved:
		request.ApprovalID = found.ApprovalID
		return h.book(ctx, r, request)
	case preview.Refusal != "":
		return rest.Response{}, refusal(preview.Refusal, preview.Party, request.From, request.To)
	}
	var people []identity.Person
	asked := found
	switch found.State {
	case push.None, push.Asking, push.Failed, push.Busy, push.Nobody:
		if people, err = h.people(ctx, r.Principal, request.CustomerID); err != nil {
			return rest.Response{}, err
		}
		person, there := h.pushes.Reaches(people)
		if !there {
			return rest.Response{}, h.challenge(request, people, challenge)
		}
		asked, err = h.pushes.Ask(ctx, request, found, person)
	case push.Asked:
		asked, err = h.pushes.Follow(ctx, request, found)
	}
	h.auditPush(ctx, r, request, asked)
	switch {
	case err != nil:
		return rest.Response{}, h.unasked(err, asked)
	case asked.State == push.Approved:
		request.ApprovalID = asked.ApprovalID
		return h.book(ctx, r, request)
	case asked.State == push.Nobody:
		return rest.Response{}, h.challenge(request, people, challenge)
	}
	return h.said(request, asked)
}

// stillApproves refuses where the person who was asked has been unlinked since.
func (h *handler) stillApproves(ctx context.Context, request bank.TransferRequest, asked push.Push) error {
	approves, err := h.customers.Approves(ctx, asked.Person, request.CustomerID)
	if err == nil && !approves {
		return rest.Refuse("approval_denied", "The login that was asked approves nothing for this customer any more.")
	}
	return err
}

// said answers with what the phone has said so far.
func (h *handler) said(request bank.TransferRequest, asked push.Push) (rest.Response, error) {
	switch asked.State {
	case push.Denied:
		return rest.Response{}, rest.Refuse("approval_denied",
			"Nothing was moved. To ask again, send the transfer with a new Idempotency-Key.")
	case push.Expired, push.Lost:
		return rest.Response{}, rest.Refuse("approval_expired",
			"Nothing was moved: no approval arrived in time. To ask again, send the transfer with a new Idempotency-Key.")
	}
	response := rest.JSON(http.StatusAccepted, pending{
		Status: "approval_pending", ExpiresAt: asked.EndsAt.UTC().Format(time.RFC3339), From: request.From, To: request.To,
		Amount: request.Amount.Format(request.Currency), Currency: request.Currency,
	})
	response.Header["Retry-After"] = strconv.Itoa(int(math.Ceil(h.untilNext(asked).Seconds())))
	return response, nil
}

// untilNext is when to send the request again: a second from now at least.
func (h *handler) untilNext(asked push.Push) time.Duration {
	return max(asked.NextAt.Sub(h.now()), time.Second)
}

// unasked names what kept the bank from asking.
func (h *handler) unasked(err error, asked push.Push) error {
	var tooMany *push.TooMany
	switch {
	case errors.As(err, &tooMany):
		return rest.Refuse("too_many_approvals", "Nothing was moved. Too many approvals were asked for.").
			After(max(tooMany.RetryAfter, time.Second)).Because(err)
	case errors.Is(err, push.ErrUnavailable):
		return rest.Refuse("unavailable", "Nothing was moved: the approval cannot be asked for now. Send the same request "+
			"with the same Idempotency-Key.").After(h.untilNext(asked)).Because(err)
	}
	return problem(err)
}

// auditPush writes who was asked and what they said, once each.
func (h *handler) auditPush(ctx context.Context, r *rest.Request, request bank.TransferRequest, asked push.Push) {
	if !asked.Changed {
		return
	}
	attributes := []slog.Attr{slog.String("customer_id", request.CustomerID), audit.Person(asked.Person)}
	event := audit.ApprovalRefused
	switch asked.State {
	case push.Asked:
		event = audit.ApprovalAsked
	case push.Approved:
		event = audit.ApprovalGiven
		attributes = append(attributes, slog.String("approval_id", asked.ApprovalID))
	case push.Denied, push.Expired, push.Lost, push.Nobody:
		attributes = append(attributes, slog.String("reason", string(asked.State)))
		if asked.Cause != nil {
			attributes = append(attributes, slog.String("cause", asked.Cause.Error()))
		}
	default:
		return
	}
	audit.Write(ctx, h.log, r, event, attributes...)
}
