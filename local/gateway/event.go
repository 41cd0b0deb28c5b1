package gateway

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
)

// requestEvent is what both events say of a request. Members without content are null, as on AWS. Path and path
// parameters are as the client sent them, encoded; only the query is decoded.
type requestEvent struct {
	Resource          string              `json:"resource"`
	Path              string              `json:"path"`
	HTTPMethod        string              `json:"httpMethod"`
	Headers           map[string]string   `json:"headers"`
	MultiValueHeaders map[string][]string `json:"multiValueHeaders"`
	Query             map[string]string   `json:"queryStringParameters"`
	MultiValueQuery   map[string][]string `json:"multiValueQueryStringParameters"`
	PathParameters    map[string]string   `json:"pathParameters"`
	StageVariables    map[string]string   `json:"stageVariables"`
	RequestContext    requestContext      `json:"requestContext"`
}

// proxyEvent is what a function gets ("Input format of a Lambda function for proxy integration").
type proxyEvent struct {
	requestEvent
	Body            *string `json:"body"`
	IsBase64Encoded bool    `json:"isBase64Encoded"`
}

// authorizerEvent is what a REQUEST authorizer gets ("Input to an API Gateway Lambda authorizer"): no body.
type authorizerEvent struct {
	Type      string `json:"type"`
	MethodARN string `json:"methodArn"`
	requestEvent
}

type requestContext struct {
	AccountID         string         `json:"accountId"`
	APIID             string         `json:"apiId"`
	Authorizer        map[string]any `json:"authorizer,omitempty"`
	DeploymentID      string         `json:"deploymentId"`
	DomainName        string         `json:"domainName"`
	DomainPrefix      string         `json:"domainPrefix"`
	ExtendedRequestID string         `json:"extendedRequestId"`
	HTTPMethod        string         `json:"httpMethod"`
	Identity          identity       `json:"identity"`
	Path              string         `json:"path"` // with the stage
	Protocol          string         `json:"protocol"`
	RequestID         string         `json:"requestId"`
	RequestTime       string         `json:"requestTime"`
	RequestTimeEpoch  int64          `json:"requestTimeEpoch"` // milliseconds
	ResourceID        string         `json:"resourceId"`
	ResourcePath      string         `json:"resourcePath"`
	Stage             string         `json:"stage"`
}

// identity has the members that IAM and Cognito would fill; here they are null.
type identity struct {
	AccessKey                     *string `json:"accessKey"`
	AccountID                     *string `json:"accountId"`
	Caller                        *string `json:"caller"`
	CognitoAuthenticationProvider *string `json:"cognitoAuthenticationProvider"`
	CognitoAuthenticationType     *string `json:"cognitoAuthenticationType"`
	CognitoIdentityID             *string `json:"cognitoIdentityId"`
	CognitoIdentityPoolID         *string `json:"cognitoIdentityPoolId"`
	PrincipalOrgID                *string `json:"principalOrgId"`
	SourceIP                      string  `json:"sourceIp"`
	User                          *string `json:"user"`
	UserAgent                     *string `json:"userAgent"`
	UserARN                       *string `json:"userArn"`
}

func (c *call) requestEvent() requestEvent {
	headers := asSpelled(c.headers)
	return requestEvent{
		Resource: c.context.ResourcePath, Path: c.path, HTTPMethod: c.method,
		Headers: last(headers), MultiValueHeaders: headers,
		Query: last(c.query), MultiValueQuery: c.query, PathParameters: c.parameters,
		RequestContext: c.context,
	}
}

func (c *call) proxyEvent() proxyEvent {
	event := proxyEvent{requestEvent: c.requestEvent(), IsBase64Encoded: c.binary && len(c.body) > 0}
	if len(c.body) > 0 {
		body := string(c.body)
		if c.binary {
			body = base64.StdEncoding.EncodeToString(c.body)
		}
		event.Body = &body
	}
	return event
}

// last keeps the last value of each name, as API Gateway does where only one fits; null if there is none.
func last[M ~map[string][]string](m M) map[string]string {
	if len(m) == 0 {
		return nil
	}
	single := make(map[string]string, len(m))
	for name, values := range m {
		if len(values) > 0 {
			single[name] = values[len(values)-1]
		}
	}
	return single
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// resourceID stands for the six characters that API Gateway gives a resource.
func resourceID(path string) string {
	sum := sha256.Sum256([]byte(path))
	return hex.EncodeToString(sum[:3])
}

// encode writes an event without escaping <, > and &: those escapes would count towards Lambda's limit.
func encode(event any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(event)
	return b.Bytes(), err
}
