package gateway

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// proxyResponse is what a function behind a proxy integration answers ("Output
// format of a Lambda function for proxy integration"). Anything else makes a 502.
type proxyResponse struct {
	StatusCode        *int             `json:"statusCode"`
	Headers           map[string]any   `json:"headers"`
	MultiValueHeaders map[string][]any `json:"multiValueHeaders"`
	Body              *string          `json:"body"`
	IsBase64Encoded   bool             `json:"isBase64Encoded"`
}

func parseProxyResponse(payload []byte) (*proxyResponse, error) {
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.UseNumber()
	decoder.DisallowUnknownFields()
	var response *proxyResponse
	if err := decoder.Decode(&response); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	if response == nil || response.StatusCode == nil {
		return nil, errors.New("no statusCode")
	}
	if *response.StatusCode < 200 || *response.StatusCode > 599 {
		return nil, fmt.Errorf("statusCode %d is none that ends a request", *response.StatusCode)
	}
	if _, err := response.header(); err != nil {
		return nil, err
	}
	return response, nil
}

// header merges both kinds of headers: where a name stands in both, only the values of multiValueHeaders appear.
func (r *proxyResponse) header() (http.Header, error) {
	merged := http.Header{}
	for name, value := range r.Headers {
		text, err := headerValue(name, value)
		if err != nil {
			return nil, err
		}
		merged.Set(name, text)
	}
	for name, values := range r.MultiValueHeaders {
		merged.Del(name)
		for _, value := range values {
			text, err := headerValue(name, value)
			if err != nil {
				return nil, err
			}
			merged.Add(name, text)
		}
	}
	return merged, nil
}

func headerValue(name string, value any) (string, error) {
	switch value := value.(type) {
	case string:
		return value, nil
	case json.Number:
		return value.String(), nil
	case bool:
		return strconv.FormatBool(value), nil
	}
	return "", fmt.Errorf("header %s is neither a string nor a number nor a boolean", name)
}

// answer maps the response. A body in base64 is decoded only if the API has
// BinaryMediaTypes and the client accepts one; otherwise it goes out as it is.
func (r *proxyResponse) answer(binary bool) (answer, error) {
	header, err := r.header()
	if err != nil {
		return answer{}, err
	}
	a := answer{status: *r.StatusCode, header: responseHeaders(header)}
	if r.Body != nil {
		a.body = []byte(*r.Body)
	}
	if r.IsBase64Encoded && binary {
		if a.body, err = base64.StdEncoding.DecodeString(string(a.body)); err != nil {
			return answer{}, fmt.Errorf("the body is not base64: %w", err)
		}
	}
	return a, nil
}
