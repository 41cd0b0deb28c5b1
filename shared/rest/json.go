package rest

import (
	"mime"
	"reflect"
	"strings"

	"drawbridge/shared/strictjson"
)

// MaxBody is the most that a request body may hold, in bytes. The largest honest one is an id_token of 8 KiB.
const MaxBody = 16 << 10

var bodyLimits = strictjson.Limits{Depth: 4, Members: 16}

// DecodeJSON reads the body, one JSON object, into the struct that dst points to, or returns a *Problem. The fields
// of the struct are strings and booleans with a json tag. Package strictjson refuses each text that two parsers read
// in two ways. DecodeJSON refuses a name that no tag has to the letter, and a value of another type, also null.
func (r *Request) DecodeJSON(dst any) error {
	if mediaType, _, err := mime.ParseMediaType(r.Header("Content-Type")); err != nil ||
		mediaType != "application/json" {
		return Refuse("unsupported_media_type", "Send the body as JSON, with Content-Type: application/json.")
	}
	if coding := r.Header("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return Refuse("unsupported_media_type", "Send the body as it is, without Content-Encoding.")
	}
	if len(r.Body) > MaxBody {
		return Refuse("payload_too_large", "The body is larger than 16 KiB.")
	}
	fields := fieldsOf(dst)
	err := bodyLimits.Object(string(r.Body), func(name string, value strictjson.Value) error {
		field, known := fields[name]
		if !known {
			return Refuse("invalid_request", "The body has a member that is not known here. Known: "+namesOf(dst)+".")
		}
		return assign(field, name, value)
	})
	switch err {
	case strictjson.ErrMalformed:
		return Refuse("invalid_request", "The body is not one well-formed JSON object in UTF-8.")
	case strictjson.ErrRepeated:
		return Refuse("invalid_request", "The body has a member twice.")
	case strictjson.ErrVariant:
		return Refuse("invalid_request", "The body has two members whose names differ only by case.")
	case strictjson.ErrComplex:
		return Refuse("invalid_request", "The body has too many members, or is nested too deep.")
	}
	return err
}

// assign puts value into field.
func assign(field reflect.Value, name string, value strictjson.Value) error {
	if text, ok := value.Text(); ok && field.Kind() == reflect.String {
		field.SetString(text)
		return nil
	}
	if truth, ok := value.Truth(); ok && field.Kind() == reflect.Bool {
		field.SetBool(truth)
		return nil
	}
	return Refuse("invalid_request", name+" must be a "+field.Kind().String()+".")
}

// fieldsOf returns the fields of the struct that dst points to, by their json tags.
func fieldsOf(dst any) map[string]reflect.Value {
	fields := make(map[string]reflect.Value)
	for field, value := range reflect.ValueOf(dst).Elem().Fields() {
		fields[field.Tag.Get("json")] = value
	}
	return fields
}

// namesOf lists the json tags in the order of the fields.
func namesOf(dst any) string {
	var names []string
	for field := range reflect.TypeOf(dst).Elem().Fields() {
		names = append(names, field.Tag.Get("json"))
	}
	return strings.Join(names, ", ")
}
