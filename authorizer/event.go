package main

import (
	"errors"
	"slices"
	"strings"

	"drawbridge/shared/strictjson"
)

// event is the part of a REQUEST authorizer event that we read
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html). To decode
// all of it would cost more than to check a signature.
type event struct {
	methodARN string
	requestID string
	method    string
	path      string // without the stage

	// The values of all headers of these names; API Gateway spells a name as the client did.
	authorization []string // none of them empty
	proofs        []string // DPoP

	context strictjson.Value // requestContext
}

var (
	errEvent = errors.New("not the event of a REQUEST authorizer")
	errFound = errors.New("found") // ends a reading early

	// API Gateway writes the event. The client chose the names of the headers: collect counts the one that matters.
	eventLimits = strictjson.Limits{Depth: 16, AllowRepeatedNames: true, AllowHalfPairs: true}
)

func decodeEvent(payload []byte) (event, error) {
	var e event
	var headers, multiValueHeaders strictjson.Value
	err := eventLimits.Object(string(payload), func(name string, value strictjson.Value) error {
		switch name {
		case "methodArn":
			e.methodARN, _ = value.Text()
		case "httpMethod":
			e.method, _ = value.Text()
		case "path":
			e.path, _ = value.Text()
		case "headers":
			headers = value
		case "multiValueHeaders":
			multiValueHeaders = value
		case "requestContext":
			e.context = value
		}
		return nil
	})
	if err != nil || e.methodARN == "" {
		return event{}, errEvent
	}
	_, _ = e.context.Members(func(name string, value strictjson.Value) error {
		if name == "requestId" {
			e.requestID, _ = value.Text()
			return errFound
		}
		return nil
	})
	// multiValueHeaders has all values of a name, headers only the last.
	e.collect(multiValueHeaders)
	if e.authorization == nil {
		e.proofs = nil
		e.collect(headers)
	}
	return e, nil
}

// collect adds the values of the two headers. The case of their names does not matter. An empty Authorization is none.
func (e *event) collect(headers strictjson.Value) {
	_, _ = headers.Members(func(name string, value strictjson.Value) error {
		switch {
		case strings.EqualFold(name, "Authorization"):
			e.authorization = appendTexts(e.authorization, value)
			e.authorization = slices.DeleteFunc(e.authorization, func(text string) bool { return text == "" })
		case strings.EqualFold(name, "DPoP"):
			e.proofs = appendTexts(e.proofs, value)
		}
		return nil
	})
}

// appendTexts adds a text, or the texts of a list.
func appendTexts(list []string, value strictjson.Value) []string {
	add := func(value strictjson.Value) error {
		text, _ := value.Text() // what is no text is none, and counts
		list = append(list, text)
		return nil
	}
	if isList, _ := value.Elements(add); !isList {
		_ = add(value)
	}
	return list
}

// address is where API Gateway got the request: its host name, and the path with the stage, if that is in the URL.
func (e event) address() (domain, path string) {
	_, _ = e.context.Members(func(name string, value strictjson.Value) error {
		switch name {
		case "domainName":
			domain, _ = value.Text()
		case "path":
			path, _ = value.Text()
		}
		return nil
	})
	return domain, path
}

// stage is the resource that covers every method and path of the request's stage:
// arn:aws:execute-api:<region>:<account>:<api>/<stage>/<method>/<path> becomes arn:…:<api>/<stage>/*. A policy for
// the one method, once cached, would refuse all others to the same caller.
func (e event) stage() (string, error) {
	parts := strings.SplitN(e.methodARN, "/", 3)
	if len(parts) < 3 || parts[1] == "" || !strings.HasPrefix(parts[0], "arn:") {
		return "", errEvent
	}
	return parts[0] + "/" + parts[1] + "/*", nil
}
