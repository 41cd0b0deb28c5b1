package template

import (
	"fmt"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"
)

// auth is the API's Auth section.
type auth struct {
	authorizers map[string]*Authorizer
	standard    *Authorizer // the DefaultAuthorizer
	onPreflight bool        // SAM puts the default authorizer before OPTIONS too, unless told otherwise
}

func (l *loader) readAuth(api *properties) auth {
	p := api.sub("Auth")
	a := auth{authorizers: map[string]*Authorizer{}, onPreflight: p.boolean("AddDefaultAuthorizerToCorsPreflight", true)}
	definitions := p.sub("Authorizers")
	for key := range entries(definitions.node) {
		definition := definitions.sub(key.Value)
		a.authorizers[key.Value] = l.readAuthorizer(key, definition)
		definition.done()
	}
	if name := p.text("DefaultAuthorizer"); name != "" {
		if a.standard = a.authorizers[name]; a.standard == nil {
			l.refuse(lookup(p.node, "DefaultAuthorizer"), "DefaultAuthorizer %s is not among the authorizers", name)
		}
	}
	p.done()
	return a
}

func (l *loader) readAuthorizer(key *yaml.Node, p *properties) *Authorizer {
	a := &Authorizer{Name: key.Value}
	p.must("FunctionPayloadType", "REQUEST", key)
	if arn := p.raw("FunctionArn"); arn == nil {
		l.refuse(key, "authorizer %s: FunctionArn is missing", a.Name)
	} else if a.Function = l.functionOf(arn); a.Function == "" {
		l.refuse(arn, "authorizer %s: FunctionArn must be !GetAtt <a function of this template>.Arn; an alias would make "+
			"sam local skip the authorizer", a.Name)
	}
	identity := p.sub("Identity")
	a.Headers, a.QueryStrings = identity.texts("Headers"), identity.texts("QueryStrings")
	// API Gateway caches for 300 s unless told otherwise, and for an hour at most.
	a.TTL = time.Duration(identity.integer("ReauthorizeEvery", 300, 0, 3600)) * time.Second
	if len(a.Headers)+len(a.QueryStrings) == 0 {
		l.refuse(key, "authorizer %s: Identity names no header and no query string", a.Name)
	}
	identity.done()
	p.inert("FunctionInvokeRole", "DisableFunctionDefaultPermissions")
	return a
}

// functionOf returns the logical id in !GetAtt X.Arn if X is a function that exists.
func (l *loader) functionOf(arn *yaml.Node) string {
	if name, argument := intrinsic(arn); name == "Fn::GetAtt" {
		if logicalID, attribute, ok := attributeOf(argument); ok && attribute == "Arn" {
			if r := l.resources[logicalID]; r != nil && r.kind == kindFunction && !r.absent {
				return logicalID
			}
		}
	}
	return ""
}

// guard finds the authorizer of a route. No authorizer at all is refused unless
// the event says NONE or the route is listed as public: a forgotten
// DefaultAuthorizer must not open the bank.
func (l *loader) guard(at *yaml.Node, route string, event *properties, a auth) *Authorizer {
	p := event.sub("Auth")
	name := p.text("Authorizer")
	p.done()
	problem := ""
	switch {
	case name == "NONE" && a.standard == nil:
		problem = "Authorizer: NONE is valid only where the API has a DefaultAuthorizer"
	case name == "NONE":
		return nil
	case name != "" && a.authorizers[name] == nil:
		problem = fmt.Sprintf("authorizer %s does not exist", name)
	case name != "":
		return a.authorizers[name]
	case a.standard == nil && slices.Contains(l.public, route):
		return nil
	case a.standard == nil:
		problem = fmt.Sprintf("the route has no authorizer; name one, or make it public: by Authorizer: NONE, "+
			"or by --public %q where the API has no DefaultAuthorizer", route)
	default:
		return a.standard
	}
	l.refuse(at, "%s: %s", event.where, problem)
	// What is refused never loads, but should that ever change, no caller passes this.
	return &Authorizer{Name: "refused"}
}
