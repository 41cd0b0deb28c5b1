package template

import (
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// readAPI reads the REST API and, from the functions' events, its routes.
func (l *loader) readAPI(r *resource) {
	if l.stack.APIID != "" {
		l.refuse(r.key, "%s: there is one API already, and one is all that is understood", r.logicalID)
		return
	}
	p := l.properties(r.properties, r.logicalID)
	l.stack.APIID = apiID
	l.stack.Stage = p.required("StageName", r.key)
	l.stack.BinaryMediaTypes = p.texts("BinaryMediaTypes")
	for i, kind := range l.stack.BinaryMediaTypes {
		l.stack.BinaryMediaTypes[i] = strings.ReplaceAll(kind, "~1", "/")
	}
	auth := l.readAuth(p)
	l.readGatewayResponses(p)
	l.readRoutes(r, auth)
	for _, route := range l.public {
		if method, path, _ := strings.Cut(route, " "); !l.hasRoute(method, path) {
			l.refuse(nil, "%s is to be public, and there is no such route", route)
		}
	}
	l.addPreflights(p, auth)
	l.readMethodSettings(p)
	p.inert("Name", "Description", "Tags", "PropagateTags", "EndpointConfiguration", "AccessLogSetting",
		"CanarySetting", "TracingEnabled", "OpenApiVersion", "Domain", "AlwaysDeploy", "SecurityPolicy", "EndpointAccessMode",
		"CacheClusterEnabled", "CacheClusterSize", "DisableExecuteApiEndpoint", "FailOnWarnings")
	p.done()
}

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "ANY"}

// readRoutes turns every event of type Api into a route, and reads schedules on
// its way. Other sources of events would need a machinery of their own here, so
// they are refused.
func (l *loader) readRoutes(api *resource, auth auth) {
	for _, logicalID := range l.order {
		function := l.resources[logicalID]
		if function.kind != kindFunction || function.absent {
			continue
		}
		for key, definition := range entries(lookup(function.properties, "Events")) {
			where := logicalID + ".Events." + key.Value
			event := l.properties(definition, where)
			switch kind := event.required("Type", key); kind {
			case "Api":
			case "Schedule":
				l.readSchedule(event, key, logicalID)
				event.done()
				continue
			default:
				l.refuse(key, "%s: events of type %s are not understood", where, kind)
				continue
			}
			p := event.sub("Properties")
			event.done()
			if id := p.raw("RestApiId"); id == nil {
				l.refuse(key, "%s.RestApiId is missing; the API that SAM would make for it has no authorizer", where)
			} else if name, argument := intrinsic(id); name != "Ref" || argument.Value != api.logicalID {
				l.refuse(id, "%s.RestApiId must be !Ref %s", where, api.logicalID)
			}
			method, path := strings.ToUpper(p.required("Method", key)), p.required("Path", key)
			l.addRoute(Route{
				Method:     method,
				Path:       path,
				Function:   logicalID,
				Authorizer: l.guard(key, method+" "+path, p, auth),
				Timeout:    time.Duration(p.integer("TimeoutInMillis", 29000, 50, 29000)) * time.Millisecond,
				Line:       key.Line,
			}, key, where)
			p.done()
		}
	}
}

func (l *loader) addRoute(route Route, at *yaml.Node, where string) {
	if route.Method == "" || route.Path == "" {
		return // refused already
	}
	if !slices.Contains(methods, route.Method) {
		l.refuse(at, "%s: method %s is not understood", where, route.Method)
	}
	if problem := badPath(route.Path); problem != "" {
		l.refuse(at, "%s: path %s %s", where, route.Path, problem)
	}
	for _, other := range l.stack.Routes {
		if rivals(other.Path, route.Path) {
			l.refuse(at, "%s: %s and %s name one variable differently; API Gateway allows one at each place", where, other.Path,
				route.Path)
		}
		if other.Method == route.Method && other.Path == route.Path {
			l.refuse(at, "%s: %s %s stands on line %d already", where, route.Method, route.Path, other.Line)
		}
	}
	l.stack.Routes = append(l.stack.Routes, route)
}

// rivals reports whether two paths are the same up to a place where each has a
// variable of its own name ("A sibling of this resource already has a variable path part").
func rivals(a, b string) bool {
	left, right := strings.Split(a, "/"), strings.Split(b, "/")
	for i := range min(len(left), len(right)) {
		if left[i] != right[i] {
			greedy := strings.HasSuffix(left[i], "+}") != strings.HasSuffix(right[i], "+}")
			return strings.HasPrefix(left[i], "{") && strings.HasPrefix(right[i], "{") && !greedy
		}
	}
	return false
}

// badPath says what is wrong with a path: API Gateway wants whole segments of
// plain characters or of one {variable}, and {proxy+} at the end only.
func badPath(path string) string {
	rest, ok := strings.CutPrefix(path, "/")
	if !ok {
		return "does not begin with a slash"
	}
	if rest == "" {
		return ""
	}
	segments := strings.Split(rest, "/")
	for i, segment := range segments {
		inner, opened := strings.CutPrefix(segment, "{")
		inner, closed := strings.CutSuffix(inner, "}")
		greedy := strings.HasSuffix(inner, "+")
		inner = strings.TrimSuffix(inner, "+")
		switch {
		case opened != closed || inner == "" || strings.ContainsAny(inner, "{}+*?#% "):
			return "has a segment that is not understood: " + segment
		case greedy && (!opened || i != len(segments)-1):
			return "has a greedy variable before its end"
		}
	}
	return ""
}

// readMethodSettings gives each route its rate and burst: those of a setting of its own, else those of the setting for
// all methods, which is "*" and "/*"
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigateway-stage-methodsetting.html).
func (l *loader) readMethodSettings(api *properties) {
	own := map[string]*Throttle{} // by method and path
	var all *Throttle
	for _, p := range api.list("MethodSettings") {
		method, path := p.required("HttpMethod", p.node), p.required("ResourcePath", p.node)
		throttle := l.readThrottle(p)
		if p.boolean("CachingEnabled", false) {
			l.refuse(p.node, "%s: a cache of responses is not understood", p.where)
		}
		p.inert("DataTraceEnabled", "LoggingLevel", "MetricsEnabled", "CacheDataEncrypted", "CacheTtlInSeconds")
		p.done()
		switch name := method + " " + resourcePath(path); {
		case method == "*" && path == "/*":
			all = throttle
		case strings.Contains(name, "*"):
			l.refuse(p.node, "%s: %s %s is not understood; it is one method of one path, or * and /*", p.where, method, path)
		case !l.hasRoute(method, resourcePath(path)):
			l.refuse(p.node, "%s: there is no route %s", p.where, name)
		case own[name] != nil:
			l.refuse(p.node, "%s: %s stands here a second time", p.where, name)
		default:
			own[name] = throttle
		}
	}
	for i, route := range l.stack.Routes {
		if throttle, has := own[route.Method+" "+route.Path]; has {
			l.stack.Routes[i].Throttle = throttle
		} else {
			l.stack.Routes[i].Throttle = all
		}
	}
}

// readThrottle returns nil if a setting sets neither.
func (l *loader) readThrottle(p *properties) *Throttle {
	rate, hasRate := p.number("ThrottlingRateLimit")
	burst, hasBurst := p.number("ThrottlingBurstLimit")
	switch {
	case !hasRate && !hasBurst:
		return nil
	case !hasRate || !hasBurst:
		l.refuse(p.node, "%s: ThrottlingRateLimit and ThrottlingBurstLimit go together", p.where)
	case burst != float64(int(burst)):
		l.refuse(p.node, "%s.ThrottlingBurstLimit must be a whole number", p.where)
	}
	return &Throttle{Rate: rate, Burst: int(burst)}
}

// resourcePath reads /~1transfers~1{id}, which is /transfers/{id}; / is the root.
func resourcePath(setting string) string {
	path := strings.ReplaceAll(strings.TrimPrefix(setting, "/"), "~1", "/")
	if path == "" {
		return "/"
	}
	return path
}

func (l *loader) hasRoute(method, path string) bool {
	return slices.ContainsFunc(l.stack.Routes, func(r Route) bool { return r.Method == method && r.Path == path })
}
