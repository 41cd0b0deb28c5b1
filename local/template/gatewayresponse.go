package template

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// responseTypes are the answers that API Gateway makes itself, with the two that
// all others fall back to. Source: API Gateway Developer Guide, "Gateway response types".
var responseTypes = []string{
	"DEFAULT_4XX", "DEFAULT_5XX",
	"ACCESS_DENIED", "API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE",
	"BAD_REQUEST_PARAMETERS", "BAD_REQUEST_BODY", "EXPIRED_TOKEN", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT",
	"INVALID_API_KEY", "INVALID_SIGNATURE", "MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED", "REQUEST_TOO_LARGE",
	"RESOURCE_NOT_FOUND", "THROTTLED", "UNAUTHORIZED", "UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED",
}

// Variable finds the variables of a body template: $context.error.message and
// its like. The template is not VTL: variables are replaced, nothing else is done.
var Variable = regexp.MustCompile(`\$(?:context\.[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*|[A-Za-z]+)`)

// ContextVariables are the names after "$context." that this machine can fill, beside authorizer.<any key>.
var ContextVariables = map[string]bool{
	"accountId": true, "apiId": true, "domainName": true, "error.message": true, "error.messageString": true,
	"error.responseType": true, "extendedRequestId": true, "httpMethod": true, "identity.sourceIp": true,
	"identity.userAgent": true, "path": true, "protocol": true, "requestId": true, "requestTime": true,
	"requestTimeEpoch": true, "resourcePath": true, "stage": true,
}

// mapping finds an expression that takes a header's value from the request's context (API Gateway Developer Guide,
// "Parameter mapping examples for REST APIs").
var mapping = regexp.MustCompile(`^context\.[A-Za-z][A-Za-z0-9_.]*$`)

func (l *loader) readGatewayResponses(api *properties) {
	p := api.sub("GatewayResponses")
	for key := range entries(p.node) {
		if !slices.Contains(responseTypes, key.Value) {
			l.refuse(key, "gateway response type %s does not exist", key.Value)
			p.raw(key.Value)
			continue
		}
		if key.Value == "REQUEST_TOO_LARGE" {
			l.refuse(key, "API Gateway does not let REQUEST_TOO_LARGE be customized")
		}
		definition := p.sub(key.Value)
		response := GatewayResponse{Type: key.Value, Status: definition.integer("StatusCode", 0, 200, 599),
			Headers: map[string]string{}, Mapped: map[string]string{}, Templates: map[string]string{}}
		parameters := definition.sub("ResponseParameters")
		headers := parameters.sub("Headers")
		for name := range entries(headers.node) {
			value := headers.take(name.Value)
			switch {
			case value == nil:
			case mapping.MatchString(value.Value):
				response.Mapped[name.Value] = value.Value
				l.checkVariables(value, "$"+value.Value, key.Value+" header "+name.Value)
			default:
				response.Headers[name.Value], _ = l.static(value, key.Value+" header "+name.Value)
			}
		}
		parameters.done()
		templates := definition.sub("ResponseTemplates")
		for name := range entries(templates.node) {
			response.Templates[name.Value] = templates.text(name.Value)
			l.checkVariables(name, response.Templates[name.Value], key.Value)
		}
		definition.done()
		l.stack.GatewayResponses[key.Value] = response
	}
	p.done()
}

// static reads a value that API Gateway takes literally only between single
// quotes. Without them it is a mapping expression, or an error that appears at
// deployment at best; neither cfn-lint nor the SAM transform notices.
func (l *loader) static(n *yaml.Node, what string) (string, bool) {
	text, ok := l.text(n, what)
	if !ok {
		return "", false
	}
	inner, opened := strings.CutPrefix(text, "'")
	inner, closed := strings.CutSuffix(inner, "'")
	if !opened || !closed || strings.ContainsAny(inner, "'\r\n") {
		l.refuse(n, `%s: %s needs single quotes of its own inside the YAML string ("'…'")`, what, text)
		return "", false
	}
	return inner, true
}

// directive finds what only VTL would interpret; a client would see it as it stands.
var directive = regexp.MustCompile(`#(?:set|if|foreach)\s*\(`)

func (l *loader) checkVariables(at *yaml.Node, body, where string) {
	if found := directive.FindString(body); found != "" {
		l.refuse(at, "%s: a gateway response is no VTL template; %s would be sent as it is", where, found)
	}
	for _, variable := range Variable.FindAllString(body, -1) {
		name, isContext := strings.CutPrefix(variable, "$context.")
		if !isContext || !ContextVariables[name] && !strings.HasPrefix(name, "authorizer.") {
			l.refuse(at, "%s: variable %s is not understood in a gateway response", where, variable)
		}
	}
}
