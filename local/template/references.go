package template

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// apiID stands where AWS puts the ten characters it gave the REST API.
const apiID = "local"

// ref resolves Ref: a pseudo parameter, a parameter, or the physical name of a resource.
func (l *loader) ref(at *yaml.Node, name string) *yaml.Node {
	if name == "AWS::NoValue" {
		return nil
	}
	if value, is := l.pseudo[name]; is {
		return scalar(at, value)
	}
	if value, is := l.parameters[name]; is {
		if value.Kind == yaml.ScalarNode && !isUnresolved(value) {
			return scalar(at, value.Value)
		}
		return value
	}
	r := l.existing(at, name)
	if r == nil {
		return unresolved(at)
	}
	switch r.kind {
	case kindAPI:
		return scalar(at, apiID)
	case kindFunction, kindTable:
		return l.named(at, r, "")
	}
	l.refuse(at, "%s is an %s, which does not exist on this machine", name, r.kind)
	return unresolved(at)
}

// getAtt resolves Fn::GetAtt, of which the stack needs the ARNs of functions and tables.
func (l *loader) getAtt(at *yaml.Node, logicalID, attribute string) *yaml.Node {
	r := l.existing(at, logicalID)
	if r == nil {
		return unresolved(at)
	}
	region, account := l.pseudo["AWS::Region"], l.pseudo["AWS::AccountId"]
	switch {
	case r.kind == kindFunction && attribute == "Arn":
		return l.named(at, r, fmt.Sprintf("arn:aws:lambda:%s:%s:function:", region, account))
	case r.kind == kindTable && attribute == "Arn":
		return l.named(at, r, fmt.Sprintf("arn:aws:dynamodb:%s:%s:table/", region, account))
	}
	l.refuse(at, "attribute %s of %s (%s) does not exist on this machine", attribute, logicalID, r.kind)
	return unresolved(at)
}

// existing finds the resource of that name if its condition holds.
func (l *loader) existing(at *yaml.Node, name string) *resource {
	r := l.resources[name]
	switch {
	case r == nil && strings.HasPrefix(name, "AWS::"):
		l.refuse(at, "pseudo parameter %s is not understood", name)
	case r == nil:
		l.refuse(at, "there is no parameter or resource %s", name)
	case r.absent:
		l.refuse(at, "%s does not exist: its condition does not hold", name)
	default:
		return r
	}
	return nil
}

// named puts a resource's physical name behind prefix: the one the template gives it, else its logical id.
func (l *loader) named(at *yaml.Node, r *resource, prefix string) *yaml.Node {
	given := lookup(r.properties, map[string]string{kindFunction: "FunctionName", kindTable: "TableName"}[r.kind])
	if given == nil {
		return scalar(at, prefix+r.logicalID)
	}
	if r.naming {
		l.refuse(at, "the name of %s depends on itself", r.logicalID)
		return unresolved(at)
	}
	r.naming = true
	defer func() { r.naming = false }()
	name := l.resolve(given)
	switch {
	case name == nil:
		return scalar(at, prefix+r.logicalID)
	case isUnresolved(name) || name.Kind != yaml.ScalarNode:
		return unresolved(at)
	}
	return scalar(at, prefix+name.Value)
}

// mustExist refuses a name that stands nowhere in the template. Beside
// parameters and resources there are those that SAM makes: a function's
// <Function>Role, <Function>Version… and <Function>Alias…, an API's stage and
// deployment, and the Ref forms <Function>.Alias, <Function>.Version, <Api>.Stage, <Api>.Deployment.
func (l *loader) mustExist(at *yaml.Node, name string) {
	if at.Kind != yaml.ScalarNode && at.Kind != yaml.SequenceNode {
		l.refuse(at, "a name is expected here")
		return
	}
	if l.parameters[name] != nil || l.resources[name] != nil || strings.HasPrefix(name, "AWS::") {
		return
	}
	for logicalID, r := range l.resources {
		generated, is := strings.CutPrefix(name, logicalID)
		if !is {
			continue
		}
		switch r.kind {
		case kindFunction:
			if generated == "Role" || generated == ".Alias" || generated == ".Version" ||
				strings.HasPrefix(generated, "Alias") || strings.HasPrefix(generated, "Version") {
				return
			}
		case kindAPI:
			if generated == ".Stage" || generated == ".Deployment" || strings.HasSuffix(generated, "Stage") {
				return
			}
		}
	}
	l.refuse(at, "there is no parameter or resource %s", name)
}
