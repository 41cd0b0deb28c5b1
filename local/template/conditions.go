package template

import "go.yaml.in/yaml/v4"

// condition is an entry of the Conditions section, decided when first asked for.
type condition struct {
	node              *yaml.Node
	decided, deciding bool
	value             bool
}

func (l *loader) readConditions(section *yaml.Node) {
	for key, value := range entries(section) {
		l.conditions[key.Value] = &condition{node: value}
	}
	for key := range entries(section) {
		l.holds(key, key.Value)
	}
}

// holds decides the condition of that name.
func (l *loader) holds(at *yaml.Node, name string) bool {
	c := l.conditions[name]
	switch {
	case c == nil:
		l.refuse(at, "condition %s does not exist", name)
		return false
	case c.deciding:
		l.refuse(at, "condition %s depends on itself", name)
		return false
	case !c.decided:
		c.deciding = true
		c.value = l.decide(c.node)
		c.deciding, c.decided = false, true
	}
	return c.value
}

// decide evaluates Fn::Equals, Fn::Not, Fn::And, Fn::Or and Condition.
func (l *loader) decide(n *yaml.Node) bool {
	name, argument := intrinsic(n)
	if other := lookup(n, "Condition"); name == "" && other != nil && len(n.Content) == 2 {
		name, argument = "Condition", other
	}
	switch name {
	case "Condition":
		return l.holds(argument, argument.Value)
	case "Fn::Equals":
		if isList(argument, 2) {
			left, leftOK := l.text(l.resolve(argument.Content[0]), "Fn::Equals")
			right, rightOK := l.text(l.resolve(argument.Content[1]), "Fn::Equals")
			return leftOK && rightOK && left == right
		}
	case "Fn::Not":
		if isList(argument, 1) {
			return !l.decide(argument.Content[0])
		}
	case "Fn::And", "Fn::Or":
		if argument.Kind == yaml.SequenceNode && len(argument.Content) >= 2 && len(argument.Content) <= 10 {
			and := name == "Fn::And"
			value := and
			for _, part := range argument.Content {
				if l.decide(part) != and {
					value = !and
				}
			}
			return value
		}
	case "":
		l.refuse(n, "a condition is made of Fn::Equals, Fn::Not, Fn::And, Fn::Or or Condition")
		return false
	default:
		l.refuse(argument, "intrinsic function %s is not understood in a condition", name)
		return false
	}
	l.refuse(argument, "%s is not written as CloudFormation wants it", name)
	return false
}

// checkRules refuses parameters that do not go together, as CloudFormation does before it makes anything
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html). Of the rules' own
// functions (Fn::Contains, Fn::EachMemberIn…) none is understood.
func (l *loader) checkRules(section *yaml.Node) {
	for key, value := range entries(section) {
		rule := l.properties(value, "rule "+key.Value)
		when := rule.raw("RuleCondition")
		l.assert(key, rule.raw("Assertions"), when == nil || l.decide(when))
		rule.done()
	}
}

func (l *loader) assert(rule, assertions *yaml.Node, applies bool) {
	if assertions == nil || assertions.Kind != yaml.SequenceNode || len(assertions.Content) == 0 {
		l.refuse(rule, "rule %s asserts nothing", rule.Value)
		return
	}
	for _, item := range assertions.Content {
		assertion := l.properties(item, "rule "+rule.Value)
		description := assertion.text("AssertDescription")
		if claim := assertion.raw("Assert"); claim == nil {
			l.refuse(item, "rule %s asserts nothing", rule.Value)
		} else if !l.decide(claim) && applies {
			l.refuse(item, "rule %s does not hold: %s", rule.Value, description)
		}
		assertion.done()
	}
}
