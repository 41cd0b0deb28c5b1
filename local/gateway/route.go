package gateway

import (
	"net/url"
	"strings"

	"drawbridge/local/template"
)

// routes finds the route of a request. API Gateway first chooses the resource,
// a plain segment before a {variable} before a {greedy+} one, and only then
// looks for the method: a method that stands at a less specific resource does not count.
type routes []template.Route

func (list routes) match(method, path string) (route template.Route, parameters map[string]string, ok bool) {
	segments, ok := split(path)
	if !ok {
		return route, nil, false
	}
	best := ""
	resource := ""
	for _, candidate := range list {
		if rank, values, fits := fit(candidate.Path, segments); fits && rank > best {
			best, resource, parameters = rank, candidate.Path, values
		}
	}
	if best == "" {
		return route, nil, false
	}
	found := false
	for _, candidate := range list {
		if candidate.Path == resource && (candidate.Method == method || candidate.Method == "ANY" && !found) {
			route, found = candidate, true
		}
	}
	return route, parameters, found
}

// split takes an escaped path apart. One slash at the end is ignored: /balance/
// is the resource /balance (so samtranslator's api_generator.py says of API Gateway).
func split(path string) (segments []string, ok bool) {
	rest, ok := strings.CutPrefix(path, "/")
	if !ok {
		return nil, false
	}
	rest = strings.TrimSuffix(rest, "/")
	if rest == "" {
		return nil, path == "/"
	}
	for segment := range strings.SplitSeq(rest, "/") {
		plain, err := url.PathUnescape(segment)
		if err != nil || plain == "" {
			return nil, false
		}
		segments = append(segments, plain)
	}
	return segments, true
}

// fit compares segments with a resource. The rank orders resources that fit the
// same path: it is compared segment by segment, as text, and never empty.
func fit(resource string, segments []string) (rank string, parameters map[string]string, ok bool) {
	pattern, _ := split(resource)
	rank = "c"
	for i, want := range pattern {
		name, variable := strings.CutPrefix(want, "{")
		name = strings.TrimSuffix(name, "}")
		switch {
		case i >= len(segments):
			return "", nil, false
		case variable && strings.HasSuffix(name, "+"):
			return rank + "a", with(parameters, strings.TrimSuffix(name, "+"), strings.Join(segments[i:], "/")), true
		case variable:
			rank += "b"
			parameters = with(parameters, name, segments[i])
		case want == segments[i]:
			rank += "c"
		default:
			return "", nil, false
		}
	}
	return rank, parameters, len(pattern) == len(segments)
}

func with(parameters map[string]string, name, value string) map[string]string {
	if parameters == nil {
		parameters = map[string]string{}
	}
	parameters[name] = value
	return parameters
}
