package template

import (
	"go.yaml.in/yaml/v4"

	"drawbridge/local/iam"
)

// statements reads a function's Policies. Only inline documents are understood: SAM's policy templates and managed
// policies grant more than a function needs (DynamoDBReadPolicy includes Scan).
func (l *loader) statements(p *properties) []iam.Statement {
	policies := p.take("Policies")
	if policies == nil || isUnresolved(policies) {
		return nil
	}
	if policies.Kind != yaml.SequenceNode {
		l.refuse(policies, "%s.Policies must be a list of policy documents", p.where)
		return nil
	}
	var all []iam.Statement
	for _, node := range policies.Content {
		if node.Kind != yaml.MappingNode || lookup(node, "Statement") == nil {
			l.refuse(node, "%s.Policies: write the statements out; a managed policy or a policy template is not understood",
				p.where)
			continue
		}
		document := l.properties(node, p.where+".Policies")
		document.text("Version")
		statements := document.take("Statement")
		document.done()
		switch {
		case statements == nil || isUnresolved(statements):
		case statements.Kind == yaml.SequenceNode:
			for _, statement := range statements.Content {
				all = append(all, l.statement(statement, p.where+".Policies"))
			}
		default:
			all = append(all, l.statement(statements, p.where+".Policies"))
		}
	}
	return all
}

func (l *loader) statement(n *yaml.Node, where string) iam.Statement {
	p := l.properties(n, where)
	s := iam.Statement{Sid: p.text("Sid"), Actions: p.oneOrMore("Action", n), Resources: p.oneOrMore("Resource", n)}
	switch effect := p.required("Effect", n); effect {
	case "Deny":
		s.Deny = true
	case "Allow", "":
	default:
		l.refuse(n, "%s: Effect %s is not understood", where, effect)
	}
	s.Conditions = l.conditionsOf(p)
	p.done() // a NotAction, a NotResource: what narrows or widens the statement must not be passed over
	return s
}

// conditionsOf reads a statement's Condition. What package iam cannot hold a function to is refused where it stands.
func (l *loader) conditionsOf(p *properties) map[string]map[string][]string {
	if lookup(p.node, "Condition") == nil {
		return nil
	}
	condition := p.sub("Condition")
	all := map[string]map[string][]string{}
	for operator := range entries(condition.node) {
		keys := condition.sub(operator.Value)
		all[operator.Value] = map[string][]string{}
		for key := range entries(keys.node) {
			values := keys.oneOrMore(key.Value, key)
			if err := iam.CheckCondition(operator.Value, key.Value, values); err != nil {
				l.refuse(key, "%s: %v", condition.where, err)
			}
			all[operator.Value][key.Value] = values
		}
	}
	return all
}

// oneOrMore is a string or a list of strings that must be there.
func (p *properties) oneOrMore(key string, at *yaml.Node) []string {
	value := p.take(key)
	switch {
	case value == nil, value.Kind == yaml.SequenceNode && len(value.Content) == 0:
		p.l.refuse(at, "%s.%s is missing", p.where, key)
		return nil
	case value.Kind == yaml.SequenceNode:
		return p.l.texts(value, p.where+"."+key)
	}
	text, _ := p.l.text(value, p.where+"."+key)
	return []string{text}
}
