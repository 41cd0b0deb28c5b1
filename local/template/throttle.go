package template

import "strings"

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
	for _, route := range l.stack.Routes {
		if route.Method == method && route.Path == path {
			return true
		}
	}
	return false
}
