package invokeapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"drawbridge/local/lambda"
)

// fault is why no function was run.
type fault struct {
	status  int
	kind    string // the exception's name, for x-amzn-ErrorType
	message string
	reason  string // of a throttle
}

func newFault(status int, kind, format string, values ...any) *fault {
	return &fault{status: status, kind: kind, message: fmt.Sprintf(format, values...)}
}

func unknownOperation(method, path string) *fault {
	return newFault(http.StatusNotFound, "UnknownOperationException",
		"%s %s is not served here; of Lambda's operations, Invoke is", method, path)
}

func invalid(member, value, constraint string) *fault {
	return newFault(http.StatusBadRequest, "ValidationException",
		"1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: %s", value, member, constraint)
}

func (h *Handler) notFound(n name) *fault {
	return newFault(http.StatusNotFound, "ResourceNotFoundException",
		"Function not found: arn:aws:lambda:%s:%s:function:%s:%s",
		cmp.Or(n.region, h.config.Region), cmp.Or(n.account, h.config.AccountID), n.function, n.qualifier)
}

func tooLarge(limit int64) *fault {
	return newFault(http.StatusRequestEntityTooLarge, "RequestTooLargeException",
		"Request must be smaller than %d bytes for the InvokeFunction operation", limit)
}

// faultOf is what the API says of an invocation that no process has seen.
func faultOf(err error) *fault {
	switch {
	case errors.Is(err, lambda.ErrUnknownFunction):
		return newFault(http.StatusNotFound, "ResourceNotFoundException", "Function not found: %v", err)
	case errors.Is(err, lambda.ErrRequestTooLarge):
		return tooLarge(syncLimit)
	case errors.Is(err, lambda.ErrThrottled):
		f := newFault(http.StatusTooManyRequests, "TooManyRequestsException", "Rate Exceeded.")
		f.reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
		return f
	case errors.Is(err, context.Canceled):
		return newFault(http.StatusInternalServerError, "ServiceException", "The client is gone.")
	}
	// A build that fails, as a rule: the text says why.
	return newFault(http.StatusInternalServerError, "ServiceException", "%v", err)
}

func (f *fault) write(w http.ResponseWriter) {
	body := map[string]string{"Type": "User", "message": f.message}
	switch f.kind {
	case "ResourceNotFoundException", "ServiceException": // these two spell it with a capital
		delete(body, "message")
		body["Message"] = f.message
	}
	if f.status >= http.StatusInternalServerError {
		body["Type"] = "Service"
	}
	if f.reason != "" {
		body["Reason"] = f.reason
		w.Header().Set("Retry-After", "1")
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amzn-ErrorType", f.kind)
	w.WriteHeader(f.status)
	_ = json.NewEncoder(w).Encode(body) // the client may be gone; nobody is left to tell
}
