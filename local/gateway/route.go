package gateway

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/time/rate"

	"drawbridge/local/template"
)

// route is a template's route, made ready to be looked for.
//
// Its limiter is a token bucket: it holds a burst of tokens at most and fills at the method's rate, and a request takes
// one. API Gateway keeps a bucket for each method of a stage, also where one setting is for all of them (API Gateway
// Developer Guide, "Throttle requests to your REST APIs for better throughput"). There the limits are targets, "applied
// on a best-effort basis"; here they are exact.
type route struct {
	template.Route
	segments []string
	limiter  *rate.Limiter // nil if the template sets no rate
}

// routes finds the route of a request. API Gateway first chooses the resource,
// a plain segment before a {variable} before a {greedy+} one, and only then
// looks for the method: a method that stands at a less specific resource does not count.
type routes []route

func newRoutes(list []template.Route, throttled bool) (ready routes) {
	for _, r := range list {
		segments, _ := split(r.Path)
		made := route{Route: r, segments: segments}
		if r.Throttle != nil && throttled {
			made.limiter = rate.NewLimiter(rate.Limit(r.Throttle.Rate), r.Throttle.Burst)
		}
		ready = append(ready, made)
	}
	return ready
}

// methods are those that ANY stands for.
var methods = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}

func (list routes) match(method, path string) (found *route, parameters map[string]string) {
	segments, ok := split(path)
	if !ok {
		return nil, nil
	}
	best, resource := "", ""
	for i := range list {
		if rank, values, fits := fit(list[i].segments, segments); fits && rank > best {
			best, resource, parameters = rank, list[i].Path, values
		}
	}
	for i := range list {
		r := &list[i]
		if best == "" || r.Path != resource {
			continue
		}
		if r.Method == method || r.Method == "ANY" && found == nil && slices.Contains(methods, method) {
			found = r
		}
	}
	return found, parameters
}

// split takes an escaped path apart. One slash at the end is ignored: /balance/ is the resource /balance (so
// samtranslator's api_generator.py says of API Gateway). Segments stay encoded, and may be empty.
func split(path string) (segments []string, ok bool) {
	rest, ok := strings.CutPrefix(path, "/")
	if !ok {
		return nil, false
	}
	rest = strings.TrimSuffix(rest, "/")
	if rest == "" {
		return nil, path == "/"
	}
	return strings.Split(rest, "/"), true
}

// fit compares segments with a resource. A variable takes a segment that is not empty, as the client sent it; a greedy
// one takes all that are left. The rank orders the resources that fit one path: it is compared as text, segment by
// segment, and never empty.
func fit(pattern, segments []string) (rank string, parameters map[string]string, ok bool) {
	rank = "c"
	for i, want := range pattern {
		name, variable := strings.CutPrefix(want, "{")
		name = strings.TrimSuffix(name, "}")
		switch {
		case i >= len(segments):
			return "", nil, false
		case variable && strings.HasSuffix(name, "+"):
			rest := strings.Join(segments[i:], "/")
			return rank + "a", with(parameters, strings.TrimSuffix(name, "+"), rest), rest != ""
		case variable && segments[i] != "":
			rank += "b"
			parameters = with(parameters, name, segments[i])
		case !variable && sameText(segments[i], want):
			rank += "c"
		default:
			return "", nil, false
		}
	}
	return rank, parameters, len(pattern) == len(segments)
}

// sameText compares a segment, decoded, with a resource's own.
func sameText(segment, want string) bool {
	plain, err := url.PathUnescape(segment)
	return err == nil && plain == want
}

func with(parameters map[string]string, name, value string) map[string]string {
	if parameters == nil {
		parameters = map[string]string{}
	}
	parameters[name] = value
	return parameters
}
