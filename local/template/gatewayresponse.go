package template

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// ResponseTypes are the answers that API Gateway makes itself, with their own
// status; 0 marks the two fallbacks, which keep the status of what fell back.
// Source: API Gateway Developer Guide, "Gateway response types".
var ResponseTypes = map[string]int{
	"DEFAULT_4XX": 0, "DEFAULT_5XX": 0,
	"ACCESS_DENIED": 403, "API_CONFIGURATION_ERROR": 500, "AUTHORIZER_CONFIGURATION_ERROR": 500, "AUTHORIZER_FAILURE": 500,
	"BAD_REQUEST_PARAMETERS": 400, "BAD_REQUEST_BODY": 400, "EXPIRED_TOKEN": 403, "INTEGRATION_FAILURE": 504,
	"INTEGRATION_TIMEOUT": 504, "INVALID_API_KEY": 403, "INVALID_SIGNATURE": 403, "MISSING_AUTHENTICATION_TOKEN": 403,
	"QUOTA_EXCEEDED": 429, "REQUEST_TOO_LARGE": 413, "RESOURCE_NOT_FOUND": 404, "THROTTLED": 429, "UNAUTHORIZED": 401,
	"UNSUPPORTED_MEDIA_TYPE": 415, "WAF_FILTERED": 403,
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

func (l *loader) readGatewayResponses(api *properties) {
	p := api.sub("GatewayResponses")
	for key := range entries(p.node) {
		if _, known := ResponseTypes[key.Value]; !known {
			l.refuse(key, "gateway response type %s does not exist", key.Value)
			p.known[key.Value] = true
			continue
		}
		if key.Value == "REQUEST_TOO_LARGE" {
			l.refuse(key, "API Gateway does not let REQUEST_TOO_LARGE be customized")
		}
		definition := p.sub(key.Value)
		response := GatewayResponse{Type: key.Value, Line: key.Line, Status: definition.integer("StatusCode", 0, 200, 599), Headers: map[string]string{}}
		parameters := definition.sub("ResponseParameters")
		headers := parameters.sub("Headers")
		for name := range entries(headers.node) {
			if value := headers.take(name.Value); value != nil {
				response.Headers[name.Value], _ = l.static(value, key.Value+" header "+name.Value)
			}
		}
		parameters.done()
		templates := definition.sub("ResponseTemplates")
		for name := range entries(templates.node) {
			if response.Templates == nil {
				response.Templates = map[string]string{}
			}
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
			l.refuse(at, "%s: variable %s is not understood in a body template", where, variable)
		}
	}
}
