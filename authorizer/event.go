package main

import (
	"errors"
	"strings"

	"drawbridge/shared/token/strictjson"
)

// event is what is read of a REQUEST authorizer event
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html). Decoding
// the whole of it costs more than checking a signature does, and nearly all of it would be thrown away.
type event struct {
	methodARN     string
	requestID     string
	authorization []string // the values of all headers of this name, which API Gateway spells as the client did
}

var (
	errEvent = errors.New("not the event of a REQUEST authorizer")

	eventLimits = strictjson.Limits{Depth: 16, Members: 512}
)

func decodeEvent(payload []byte) (event, error) {
	var e event
	var single, multiple []string
	err := eventLimits.Object(string(payload), func(name string, value strictjson.Value) error {
		switch name {
		case "methodArn":
			e.methodARN, _ = value.Text()
		case "headers":
			return authorization(value, func(header strictjson.Value) { single = appendText(single, header) })
		case "multiValueHeaders":
			return authorization(value, func(header strictjson.Value) {
				_, _ = header.Elements(func(one strictjson.Value) error {
					multiple = appendText(multiple, one)
					return nil
				})
			})
		case "requestContext":
			_, err := value.Members(func(name string, value strictjson.Value) error {
				if name == "requestId" {
					e.requestID, _ = value.Text()
				}
				return nil
			})
			return err
		}
		return nil
	})
	if err != nil || e.methodARN == "" {
		return event{}, errEvent
	}
	// headers has only the last value of a name, multiValueHeaders has all.
	if e.authorization = multiple; len(multiple) == 0 {
		e.authorization = single
	}
	return e, nil
}

func authorization(headers strictjson.Value, found func(strictjson.Value)) error {
	_, err := headers.Members(func(name string, value strictjson.Value) error {
		if strings.EqualFold(name, "Authorization") {
			found(value)
		}
		return nil
	})
	return err
}

// appendText appends the text of a header that is not empty.
func appendText(list []string, value strictjson.Value) []string {
	if text, ok := value.Text(); ok && text != "" {
		return append(list, text)
	}
	return list
}

// stage is the resource that covers every method and path of the stage that methodARN lies in:
// arn:aws:execute-api:<region>:<account>:<api>/<stage>/<method>/<path> becomes arn:…:<api>/<stage>/*. A policy that
// named the one method would, from the cache, refuse the same caller all the others.
func (e event) stage() (string, error) {
	parts := strings.SplitN(e.methodARN, "/", 3)
	if len(parts) < 3 || parts[1] == "" || !strings.HasPrefix(parts[0], "arn:") {
		return "", errEvent
	}
	return parts[0] + "/" + parts[1] + "/*", nil
}
