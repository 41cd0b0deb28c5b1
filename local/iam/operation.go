package iam

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"drawbridge/local/lambda"
)

// Operation is one request of a function to DynamoDB, and how it went. No key, item or condition is in it.
type Operation struct {
	Function string
	// Trace is the root of the trace that the request belongs to. The SDK sends it by itself within Lambda ("recursion
	// detection"), for the invocation in hand; empty if it did not.
	Trace string
	At    time.Time
	Took  time.Duration
	Name  string // "TransactWriteItems"
	Needs []Need // what it does on which tables
	Error string // the type of the error, "ConditionalCheckFailedException"; empty if there was none
}

// watched passes an answer on and remembers of it what an Operation says.
type watched struct {
	http.ResponseWriter
	start  time.Time
	status int
	head   []byte // the start of an error's body
}

const errorHead = 512 // bytes; an error's type comes first

func watch(w http.ResponseWriter) *watched {
	return &watched{ResponseWriter: w, start: time.Now(), status: http.StatusOK}
}

func (w *watched) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Write(b []byte) (int, error) {
	if room := errorHead - len(w.head); w.status >= http.StatusBadRequest && room > 0 {
		w.head = append(w.head, b[:min(room, len(b))]...)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *watched) operation(function string, r *http.Request, list []Need) Operation {
	header, _ := url.PathUnescape(r.Header.Get("X-Amzn-Trace-Id")) // the SDK may have percent-encoded it
	trace, _ := lambda.ParseTrace(header)
	return Operation{
		Function: function, Trace: trace.Root, At: w.start, Took: time.Since(w.start),
		Name: strings.TrimPrefix(r.Header.Get("X-Amz-Target"), targetPrefix), Needs: list,
		Error: w.errorType(),
	}
}

// errorType reads the __type of "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException".
func (w *watched) errorType() string {
	if w.status < http.StatusBadRequest {
		return ""
	}
	d := json.NewDecoder(strings.NewReader(string(w.head)))
	for {
		token, err := d.Token()
		if err != nil {
			return http.StatusText(w.status)
		}
		if token == "__type" {
			kind, _ := d.Token()
			name, _ := kind.(string)
			return name[strings.LastIndexByte(name, '#')+1:]
		}
	}
}
