// Package contract holds the API's answers to openapi.yaml.
//
// [Document.Check] stands in front of the gateway and compares each answer with what the document says of its route:
// status, media type, headers and body. An answer that the document lacks is a [Violation]; the client gets it as it
// is. Preflights and the runner's own pages are not the API's and pass unseen.
//
// The validator is kin-openapi: it validates responses with their headers against OpenAPI 3.0, and oapi-codegen, the
// client generator that the document is tried with, reads the document by the same code.
//
// https://spec.openapis.org/oas/v3.0.3
package contract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Document is an OpenAPI document, ready to check answers.
type Document struct {
	*openapi3.T
	router routers.Router
}

// Violation is an answer that the document does not allow.
type Violation struct {
	Method, Path string
	Status       int
	Reason       string // names the member or header, never its value
}

func (v Violation) String() string {
	return fmt.Sprintf("%s %s answered %d, which openapi.yaml does not describe: %s", v.Method, v.Path, v.Status, v.Reason)
}

// Parse reads a document and refuses one that is not valid OpenAPI, its examples included.
func Parse(text []byte) (*Document, error) {
	document, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, fmt.Errorf("failed to read openapi.yaml: %w", err)
	}
	if err := document.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("openapi.yaml is not valid OpenAPI: %w", err)
	}
	document.Servers = nil // the routes are looked up by path alone
	router, err := gorillamux.NewRouter(document)
	if err != nil {
		return nil, fmt.Errorf("failed to route by openapi.yaml: %w", err)
	}
	return &Document{document, router}, nil
}

// Check returns next with report called for each of its answers that the document does not allow.
func (d *Document) Check(next http.Handler, report func(Violation)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		route, parameters, err := d.router.FindRoute(r)
		if err != nil { // no route of the document: what the gateway says of it is in the gateway's own tests
			next.ServeHTTP(w, r)
			return
		}
		seen := &recording{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r)
		if err := d.validate(r, route, parameters, seen); err != nil {
			report(Violation{r.Method, route.Path, seen.status, reason(err)})
		}
	})
}

func (d *Document) validate(
	r *http.Request, route *routers.Route, parameters map[string]string, seen *recording,
) error {
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: parameters, Route: route},
		Status:                 seen.status,
		Header:                 seen.Header(),
		Body:                   io.NopCloser(&seen.body),
		Options:                &openapi3filter.Options{IncludeResponseStatus: true},
	}
	if seen.body.Len() == 0 && route.Operation.Responses.Status(seen.status) != nil {
		input.Options.ExcludeResponseBody = len(route.Operation.Responses.Status(seen.status).Value.Content) == 0
	}
	return openapi3filter.ValidateResponse(r.Context(), input)
}

// reason leaves out the values that kin-openapi quotes: a code or a session_id is a value of a body.
func reason(err error) string {
	var schema *openapi3.SchemaError
	if errors.As(err, &schema) {
		return fmt.Sprintf("/%s: %s", strings.Join(schema.JSONPointer(), "/"), schema.SchemaField)
	}
	var response *openapi3filter.ResponseError
	if errors.As(err, &response) {
		return response.Reason
	}
	return "unreadable"
}

// recording keeps what goes out.
type recording struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (r *recording) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recording) Write(b []byte) (int, error) {
	r.body.Write(b)
	return r.ResponseWriter.Write(b)
}
