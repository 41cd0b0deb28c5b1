package main

import (
	"errors"
	"strings"

	"drawbridge/shared/strictjson"
)

// event is the part of a REQUEST authorizer event that we read
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html). To decode
// all of it would cost more than to check a signature.
type event struct {
	methodARN     string
	requestID     string
	authorization []string // the values of all headers of this name; API Gateway spells the name as the client did
}

var (
	errEvent = errors.New("not the event of a REQUEST authorizer")
	errFound = errors.New("found") // ends a reading early

	// API Gateway writes the event. The client chose the names of the headers: collect counts the one that matters.
	eventLimits = strictjson.Limits{Depth: 16, AllowRepeatedNames: true, AllowHalfPairs: true}
)

func decodeEvent(payload []byte) (event, error) {
	var e event
	var headers, multiValueHeaders, requestContext strictjson.Value
	err := eventLimits.Object(string(payload), func(name string, value strictjson.Value) error {
		switch name {
		case "methodArn":
			e.methodARN, _ = value.Text()
		case "headers":
			headers = value
		case "multiValueHeaders":
			multiValueHeaders = value
		case "requestContext":
			requestContext = value
		}
		return nil
	})
	if err != nil || e.methodARN == "" {
		return event{}, errEvent
	}
	_, _ = requestContext.Members(func(name string, value strictjson.Value) error {
		if name == "requestId" {
			e.requestID, _ = value.Text()
			return errFound
		}
		return nil
	})
	// multiValueHeaders has all values of a name, headers only the last.
	e.collect(multiValueHeaders)
	if e.authorization == nil {
		e.collect(headers)
	}
	return e, nil
}

// collect adds the values of the Authorization headers that are not empty. The case of the name does not matter.
func (e *event) collect(headers strictjson.Value) {
	add := func(value strictjson.Value) error {
		if text, ok := value.Text(); ok && text != "" {
			e.authorization = append(e.authorization, text)
		}
		return nil
	}
	_, _ = headers.Members(func(name string, value strictjson.Value) error {
		if strings.EqualFold(name, "Authorization") {
			if isList, _ := value.Elements(add); !isList {
				return add(value)
			}
		}
		return nil
	})
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
