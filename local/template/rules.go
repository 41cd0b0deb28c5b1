package template

import "go.yaml.in/yaml/v4"

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

// raw is the value of a key as it stands.
func (p *properties) raw(key string) *yaml.Node {
	p.known[key] = true
	return lookup(p.node, key)
}
