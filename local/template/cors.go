package template

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// addPreflights makes the OPTIONS methods that SAM makes for an API with Cors
// (SwaggerEditor.add_cors): one for every path that has none of its own, a MOCK
// integration with fixed headers.
func (l *loader) addPreflights(api *properties, a auth) {
	value := api.take("Cors")
	if value == nil || isUnresolved(value) {
		return
	}
	headers := map[string]string{}
	set := func(header string, value *yaml.Node, what string) {
		if text, ok := l.static(value, what); ok {
			headers[header] = text
		}
	}
	hasMethods := false
	if value.Kind == yaml.ScalarNode {
		set("Access-Control-Allow-Origin", value, "Cors")
	} else {
		p := l.properties(value, "Cors")
		for property, header := range map[string]string{
			"AllowOrigin": "Access-Control-Allow-Origin", "AllowHeaders": "Access-Control-Allow-Headers",
			"AllowMethods": "Access-Control-Allow-Methods", "MaxAge": "Access-Control-Max-Age",
		} {
			if given := p.take(property); given != nil {
				set(header, given, "Cors."+property)
				hasMethods = hasMethods || property == "AllowMethods"
			} else if property == "AllowOrigin" {
				headers[header] = "*"
			}
		}
		if p.boolean("AllowCredentials", false) {
			headers["Access-Control-Allow-Credentials"] = "true"
			if headers["Access-Control-Allow-Origin"] == "*" {
				l.refuse(value, "Cors: AllowCredentials cannot be true when AllowOrigin is '*' or not set")
			}
		}
		p.done()
	}
	var paths []string
	allowed := map[string][]string{}
	for _, route := range l.stack.Routes {
		if allowed[route.Path] == nil {
			paths = append(paths, route.Path)
		}
		allowed[route.Path] = append(allowed[route.Path], route.Method)
	}
	for _, path := range paths {
		if slices.Contains(allowed[path], "OPTIONS") {
			continue
		}
		own := maps.Clone(headers)
		if !hasMethods {
			own["Access-Control-Allow-Methods"] = allowMethods(allowed[path])
		}
		route := Route{Method: "OPTIONS", Path: path, Preflight: own, Line: value.Line}
		if a.onPreflight {
			route.Authorizer = a.standard
		}
		l.stack.Routes = append(l.stack.Routes, route)
	}
}

// allowMethods lists a path's methods as SAM does, sorted, with OPTIONS.
func allowMethods(of []string) string {
	if slices.Contains(of, "ANY") {
		of = []string{"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"}
	}
	list := append(slices.Clone(of), "OPTIONS")
	slices.Sort(list)
	return strings.Join(slices.Compact(list), ",")
}
