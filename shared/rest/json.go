package rest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"reflect"
	"strings"
	"unicode/utf8"
)

// MaxBody is the most that a request body may hold, in bytes. The largest honest one is an id_token of 8 KiB.
const MaxBody = 16 << 10

// DecodeJSON reads the body, one JSON object, into the struct that dst points to, or returns a *Problem. It is
// stricter than encoding/json, whose leniency lets two parsers read one body in two ways (RFC 8259 section 4): a
// name that dst does not have to the letter, a name given twice, a null, and anything after the object are refused.
func (r *Request) DecodeJSON(dst any) error {
	if mediaType, _, err := mime.ParseMediaType(r.Header("Content-Type")); err != nil || mediaType != "application/json" {
		return Refuse("unsupported_media_type", "Send the body as JSON, with Content-Type: application/json.")
	}
	if len(r.Body) > MaxBody {
		return Refuse("payload_too_large", "The body is larger than 16 KiB.")
	}
	if !utf8.Valid(r.Body) {
		return Refuse("invalid_request", "The body is not UTF-8.")
	}
	return decodeObject(r.Body, dst)
}

func decodeObject(body []byte, dst any) error {
	fields := fieldsByName(dst)
	decoder := json.NewDecoder(bytes.NewReader(body))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return Refuse("invalid_request", "The body is not a JSON object.")
	}
	seen := make(map[string]bool)
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return Refuse("invalid_request", "The body is not well-formed JSON.")
		}
		name := token.(string) // inside an object the decoder yields names as strings, or an error
		field, known := fields[name]
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return Refuse("invalid_request", "The body is not well-formed JSON.")
		}
		switch {
		case !known:
			return Refuse("invalid_request", "The body has a member that is not known here. Known: "+strings.Join(namesOf(dst), ", ")+".")
		case seen[name]:
			return Refuse("invalid_request", "The body has "+name+" twice.")
		case string(value) == "null" || json.Unmarshal(value, field.Addr().Interface()) != nil:
			return Refuse("invalid_request", name+" must be a "+field.Kind().String()+".")
		}
		seen[name] = true
	}
	if _, err := decoder.Token(); err != nil { // the closing brace
		return Refuse("invalid_request", "The body is not well-formed JSON.")
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Refuse("invalid_request", "The body goes on after its JSON object.")
	}
	return nil
}

func fieldsByName(dst any) map[string]reflect.Value {
	v := reflect.ValueOf(dst).Elem()
	fields := make(map[string]reflect.Value, v.NumField())
	for i, name := range namesOf(dst) {
		fields[name] = v.Field(i)
	}
	return fields
}

// namesOf returns the JSON name of each field: its tag, which every body type of ours has.
func namesOf(dst any) []string {
	t := reflect.TypeOf(dst).Elem()
	names := make([]string, t.NumField())
	for i := range names {
		names[i] = t.Field(i).Tag.Get("json")
	}
	return names
}
