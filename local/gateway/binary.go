package gateway

import (
	"mime"
	"strings"
)

// matchesMediaType reports whether a Content-Type, or the first type of an
// Accept header, is among an API's BinaryMediaTypes. API Gateway looks at the
// first type of Accept only ("Important notes for REST APIs").
func matchesMediaType(binary []string, header string) bool {
	first, _, _ := strings.Cut(header, ",")
	kind, _, err := mime.ParseMediaType(first)
	if err != nil {
		kind = strings.TrimSpace(first)
	}
	for _, want := range binary {
		family, any := strings.CutSuffix(want, "/*")
		if want == "*/*" || kind == want || any && strings.HasPrefix(kind, family+"/") {
			return true
		}
	}
	return false
}
