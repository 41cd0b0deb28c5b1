package gateway

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// proxyResponse is what a function behind a proxy integration answers ("Output
// format of a Lambda function for proxy integration"). Anything else makes a 502.
type proxyResponse struct {
	status   int
	header   http.Header // in the function's spelling
	body     []byte
	isBase64 bool
	warnings []string // what AWS accepts and the function hardly meant
}

// parseProxyResponse looks for members by their exact names, as API Gateway does: a struct would be filled by
// "StatusCode" too.
func parseProxyResponse(payload []byte) (*proxyResponse, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(payload, &members); err != nil {
		return nil, err
	}
	if members == nil {
		return nil, errors.New("null is not an object")
	}
	r := &proxyResponse{status: http.StatusOK}
	if _, there := members["statusCode"]; !there {
		r.warnings = append(r.warnings, "an answer without statusCode, of which API Gateway makes a 200")
	}
	var single map[string]any
	var several map[string][]any
	var body *string
	for name, value := range members {
		var err error
		switch name {
		case "statusCode":
			r.status, err = parseStatus(value)
		case "headers":
			err = decodeNumbers(value, &single)
		case "multiValueHeaders":
			err = decodeNumbers(value, &several)
		case "body":
			err = json.Unmarshal(value, &body)
		case "isBase64Encoded":
			err = json.Unmarshal(value, &r.isBase64)
		default:
			err = errors.New("a proxy response has no such member")
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if body != nil {
		r.body = []byte(*body)
	}
	return r, r.merge(single, several)
}

// parseStatus reads a number, or a string with one in it.
func parseStatus(member json.RawMessage) (int, error) {
	text := strings.Trim(string(member), `"`)
	status, err := strconv.Atoi(text)
	if err != nil || strconv.Itoa(status) != text {
		return 0, fmt.Errorf("%s is not a status", member)
	}
	if status < http.StatusOK || status > 599 {
		return 0, fmt.Errorf("%d does not end a request", status)
	}
	return status, nil
}

// decodeNumbers keeps numbers as they are written.
func decodeNumbers(member json.RawMessage, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(member))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// merge joins both kinds of headers. Where a name stands in both, all values go out, those of multiValueHeaders first;
// an equal value goes out once.
func (r *proxyResponse) merge(single map[string]any, several map[string][]any) error {
	r.header = http.Header{}
	spelling := map[string]string{} // by canonical name: the one that comes first
	spelled := func(name string) string {
		canonical := http.CanonicalHeaderKey(name)
		if spelling[canonical] == "" {
			spelling[canonical] = name
		}
		return spelling[canonical]
	}
	for _, name := range slices.Sorted(maps.Keys(several)) {
		for _, value := range several[name] {
			text, err := textOf("header "+name, value)
			if err != nil {
				return err
			}
			r.header[spelled(name)] = append(r.header[spelled(name)], text)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(single)) {
		text, err := textOf("header "+name, single[name])
		if err != nil {
			return err
		}
		others := r.header[spelled(name)]
		if slices.Contains(others, text) {
			continue
		}
		if len(others) > 0 {
			r.warnings = append(r.warnings, "headers and multiValueHeaders both have "+name+", of which all values go out")
		}
		r.header[spelled(name)] = append(others, text)
	}
	return nil
}

// textOf makes a string of a number and of a boolean too.
func textOf(name string, value any) (string, error) {
	switch value := value.(type) {
	case string:
		return value, nil
	case json.Number:
		return value.String(), nil
	case bool:
		return strconv.FormatBool(value), nil
	}
	return "", fmt.Errorf("%s is neither a string nor a number nor a boolean", name)
}

// response maps the function's answer. A body in base64 is decoded only if the API has BinaryMediaTypes and the client
// accepts one; otherwise it goes out as it is.
func (r *proxyResponse) response(binary bool) (response, error) {
	answer := response{status: r.status, header: responseHeaders(r.header), body: r.body}
	if r.isBase64 && binary {
		decoded, err := base64.StdEncoding.DecodeString(string(r.body))
		if err != nil {
			return response{}, fmt.Errorf("the body is not base64: %w", err)
		}
		answer.body = decoded
	}
	return answer, nil
}
