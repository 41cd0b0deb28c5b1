package template

import (
	"fmt"

	"go.yaml.in/yaml/v4"
)

// Error is one thing that the template says and this machine cannot do, or that is wrong in itself.
type Error struct {
	File   string
	Line   int
	Reason string
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Reason) }

// loader carries what is known of a template while it is read. Problems are
// collected, not thrown: one run names everything that has to change.
type loader struct {
	file     string
	problems []error
	stack    *Stack
	public   []string // routes that may be without an authorizer

	pseudo     map[string]string
	parameters map[string]*yaml.Node
	conditions map[string]*condition
	globals    map[string]*yaml.Node // section of Globals by its name there ("Function")
	resources  map[string]*resource
	order      []string // logical ids as they stand in the template
}

func newLoader(file string) *loader {
	return &loader{
		file:  file,
		stack: &Stack{GatewayResponses: map[string]GatewayResponse{}, Outputs: map[string]string{}},
		pseudo: map[string]string{
			"AWS::Region":    "us-east-1",
			"AWS::AccountId": "123456789012",
			"AWS::StackName": "drawbridge",
			"AWS::Partition": "aws",
			"AWS::URLSuffix": "amazonaws.com",
		},
		parameters: map[string]*yaml.Node{},
		conditions: map[string]*condition{},
		globals:    map[string]*yaml.Node{},
		resources:  map[string]*resource{},
	}
}

func (l *loader) refuse(n *yaml.Node, format string, args ...any) {
	line := 0
	if n != nil {
		line = n.Line
	}
	l.problems = append(l.problems, &Error{File: l.file, Line: line, Reason: fmt.Sprintf(format, args...)})
}

// read goes through the sections in the order in which they depend on each other.
func (l *loader) read(document *yaml.Node, parameters map[string]string) {
	if document.Kind != yaml.DocumentNode || len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		l.refuse(document, "the template is not a mapping")
		return
	}
	root := document.Content[0]
	if !l.sound(root) {
		return
	}
	top := map[string]*yaml.Node{}
	for key, value := range entries(root) {
		switch key.Value {
		case "AWSTemplateFormatVersion", "Description", "Metadata":
		case "Transform", "Parameters", "Rules", "Conditions", "Globals", "Resources", "Outputs":
			top[key.Value] = value
		default:
			l.refuse(key, "section %s is not understood", key.Value)
		}
	}
	if t := top["Transform"]; t == nil || t.Value != "AWS::Serverless-2016-10-31" {
		l.refuse(root, "Transform: AWS::Serverless-2016-10-31 is missing, or another transform is asked for")
	}
	l.readParameters(top["Parameters"], parameters)
	l.readConditions(top["Conditions"])
	l.readGlobals(top["Globals"])
	l.checkRules(top["Rules"])
	l.readResources(top["Resources"])
	l.readOutputs(top["Outputs"])
}

// sound refuses what would make the rest ambiguous: a key that stands twice
// (CloudFormation takes one of the two in silence), merge keys and aliases.
func (l *loader) sound(n *yaml.Node) bool {
	ok := true
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		l.refuse(n, "anchors and aliases are not understood")
		return false
	}
	if n.Kind == yaml.MappingNode {
		seen := map[string]int{}
		for key := range entries(n) {
			if first, twice := seen[key.Value]; twice {
				l.refuse(key, "%s stands here a second time; the first is on line %d", key.Value, first)
				ok = false
			}
			if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" {
				l.refuse(key, "only plain keys are understood")
				ok = false
			}
			seen[key.Value] = key.Line
		}
	}
	for _, child := range n.Content {
		ok = l.sound(child) && ok
	}
	return ok
}

// readOutputs resolves what it can. An output that names something that exists
// on AWS only (an alarm topic, a distribution) is kept without a value: nothing here reads it.
func (l *loader) readOutputs(section *yaml.Node) {
	for key, definition := range entries(section) {
		if name := lookup(definition, "Condition"); name != nil && !l.holds(name, name.Value) {
			continue
		}
		value := lookup(definition, "Value")
		if value == nil {
			l.refuse(key, "output %s has no value", key.Value)
			continue
		}
		before := len(l.problems)
		l.check(value)
		if len(l.problems) > before {
			continue // a name that stands nowhere, or an unknown function: an error on AWS too
		}
		l.stack.Outputs[key.Value] = ""
		if resolved := l.resolve(value); resolved != nil && resolved.Kind == yaml.ScalarNode {
			l.stack.Outputs[key.Value] = resolved.Value // unresolved has none
		}
		l.problems = l.problems[:before]
	}
}
