// Package template reads a SAM template as the one description of the stack
// that runs on this machine.
//
// Load walks the YAML node by node (a decode into maps would drop the tags:
// `!Ref Stage` would become the word "Stage"), resolves parameters, conditions
// and intrinsic functions as CloudFormation does, merges Globals as SAM does,
// and hands back functions, routes, authorizers, gateway responses, CORS and
// tables as plain values.
//
// Its promise: what it does not understand it refuses by name and line. A
// property is understood, or it stands on a list of those that have no effect
// on one machine (alarms, log retention, IAM, …), or it is an error; and no API
// route is without an authorizer unless the template says so in as many words
// (Authorizer: NONE) or the caller of Load lists the route as public.
//
// Sources: AWS SAM specification, "AWS SAM resources and properties" and
// "Globals section of the AWS SAM template"; AWS CloudFormation User Guide,
// "Intrinsic function reference"; aws/serverless-application-model for what the
// two leave open (order of merging, generated OPTIONS methods).
package template

import (
	"errors"
	"fmt"
	"os"
	"time"

	"go.yaml.in/yaml/v4"

	"drawbridge/local/iam"
	"drawbridge/shared/dynamo/engine"
)

// Stack is what a template describes, as far as it has an effect on one machine.
// Slices keep the template's order.
type Stack struct {
	Region, AccountID string

	// APIID and Stage name the one REST API; both are empty if there is none.
	APIID, Stage string
	// BinaryMediaTypes are the content types that travel in base64.
	BinaryMediaTypes []string
	Routes           []Route
	GatewayResponses map[string]GatewayResponse // by response type, ACCESS_DENIED and the like

	Functions []Function
	Schedules []Schedule
	Tables    []engine.Table
	Outputs   map[string]string // by name; empty where one refers to what does not exist on one machine
}

// Function is an AWS::Serverless::Function.
type Function struct {
	LogicalID, Name string
	CodeURI         string // folder with the main package, relative to the template's own
	Timeout         time.Duration
	MemoryMB        int
	// ReservedConcurrency is the number of invocations that may run at once; 0 if nothing is reserved.
	ReservedConcurrency int
	// Tries is how often an asynchronous event is tried: once, and again as the template has it, or twice.
	Tries       int
	Environment map[string]string
	Policies    []iam.Statement // inline ones
}

// Route is one method of the REST API. Either Function or Preflight is set.
type Route struct {
	Method   string // upper case; ANY is any method that has no route of its own
	Path     string // as the template writes it: "/balance", "/transfers/{id}", "/{proxy+}"
	Function string // logical id
	// Preflight are the headers of the MOCK answer that SAM generates for OPTIONS when the API has Cors.
	Preflight map[string]string
	// Authorizer guards the route. Nil means that the template says Authorizer: NONE,
	// or that this is a preflight that the template exempts.
	Authorizer *Authorizer
	// Timeout is how long the gateway waits for the integration.
	Timeout time.Duration
	// Throttle limits the requests of this method; nil if the template sets no rate.
	Throttle *Throttle
	Line     int
}

// Throttle is the rate of requests a second that a method takes in the long run, and the burst above it.
type Throttle struct {
	Rate  float64
	Burst int
}

// Authorizer is a Lambda authorizer of type REQUEST.
type Authorizer struct {
	Name     string
	Function string // logical id
	// Headers and QueryStrings are the identity sources: all must be present, and together they are the cache key.
	Headers, QueryStrings []string
	TTL                   time.Duration // 0 means that no result is cached
}

// GatewayResponse says how an answer that the gateway makes itself looks.
type GatewayResponse struct {
	Type      string
	Status    int               // 0 leaves the type's own status
	Headers   map[string]string // static values, without the inner quotes
	Mapped    map[string]string // headers whose value is a variable's, by its name: context.authorizer.error
	Templates map[string]string // body by content type; none leaves the default body
}

// Function finds a function by its logical id.
func (s *Stack) Function(logicalID string) (Function, bool) {
	for _, f := range s.Functions {
		if f.LogicalID == logicalID {
			return f, true
		}
	}
	return Function{}, false
}

// Load reads the template at path. Parameters override the template's defaults;
// a parameter that the template does not have is refused, as is a value outside
// its constraints. AWS::Region, AWS::AccountId and AWS::StackName may be given
// the same way. Public lists routes, as "GET /hello", that need no authorizer in an API without a DefaultAuthorizer.
// The error joins one *Error for each thing refused.
func Load(path string, parameters map[string]string, public ...string) (*Stack, error) {
	l := newLoader(path)
	l.public = public
	return l.load(parameters)
}

func (l *loader) load(parameters map[string]string) (*Stack, error) {
	text, err := os.ReadFile(l.file)
	if err != nil {
		return nil, fmt.Errorf("failed to read the template: %w", err)
	}
	var document yaml.Node
	if err := yaml.Load(text, &document); err != nil {
		return nil, fmt.Errorf("%s is not YAML: %w", l.file, err)
	}
	l.read(&document, parameters)
	if len(l.problems) > 0 {
		return nil, errors.Join(l.problems...)
	}
	return l.stack, nil
}
