package template

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// intrinsic tells what function a node calls, in its short form (`!Ref X`) or
// its long one (`{Ref: X}`), and with what argument. The name is the long one;
// it is empty for plain values.
func intrinsic(n *yaml.Node) (name string, argument *yaml.Node) {
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") && len(n.Tag) > 1 {
		name = strings.TrimPrefix(n.Tag, "!")
		if name != "Ref" && name != "Condition" {
			name = "Fn::" + name
		}
		plain := *n
		plain.Tag, plain.Style = "", n.Style&^yaml.TaggedStyle
		plain.Tag = plain.ShortTag()
		return name, &plain
	}
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 {
		if key := n.Content[0].Value; key == "Ref" || strings.HasPrefix(key, "Fn::") {
			return key, n.Content[1]
		}
	}
	return "", nil
}

// resolve returns n with every intrinsic function replaced by its value. What
// resolves to AWS::NoValue is left out of the mapping or list it stands in; at
// the top it is nil. What cannot be resolved has been refused when resolve returns.
func (l *loader) resolve(n *yaml.Node) *yaml.Node {
	if name, argument := intrinsic(n); name != "" {
		return l.call(name, argument)
	}
	switch n.Kind {
	case yaml.SequenceNode:
		list := *n
		list.Content = nil
		for _, item := range n.Content {
			if value := l.resolve(item); value != nil {
				list.Content = append(list.Content, value)
			}
		}
		return &list
	case yaml.MappingNode:
		mapping := *n
		mapping.Content = nil
		for key, item := range entries(n) {
			if strings.HasPrefix(key.Value, "Fn::") {
				l.refuse(key, "%s stands beside other keys; an intrinsic function stands alone", key.Value)
				continue
			}
			if value := l.resolve(item); value != nil {
				mapping.Content = append(mapping.Content, key, value)
			}
		}
		return &mapping
	}
	return n
}

func (l *loader) call(name string, argument *yaml.Node) *yaml.Node {
	switch name {
	case "Ref":
		if argument.Kind == yaml.ScalarNode {
			return l.ref(argument, argument.Value)
		}
	case "Fn::GetAtt":
		if logicalID, attribute, ok := attributeOf(argument); ok {
			return l.getAtt(argument, logicalID, attribute)
		}
	case "Fn::Sub":
		return l.sub(argument)
	case "Fn::If":
		if isList(argument, 3) && argument.Content[0].Kind == yaml.ScalarNode {
			chosen, other := argument.Content[1], argument.Content[2]
			if !l.holds(argument.Content[0], argument.Content[0].Value) {
				chosen, other = other, chosen
			}
			l.check(other)
			return l.resolve(chosen)
		}
	case "Fn::Split":
		return l.split(argument)
	case "Fn::Select":
		return l.choose(argument)
	default:
		l.refuse(argument, "intrinsic function %s is not understood", name)
		return unresolved(argument)
	}
	return l.miswritten(argument, name)
}

func (l *loader) miswritten(argument *yaml.Node, name string) *yaml.Node {
	l.refuse(argument, "%s is not written as CloudFormation wants it", name)
	return unresolved(argument)
}

// attributeOf splits the argument of Fn::GetAtt: "Table.Arn" or [Table, Arn].
func attributeOf(argument *yaml.Node) (logicalID, attribute string, ok bool) {
	if argument.Kind == yaml.ScalarNode {
		return strings.Cut(argument.Value, ".")
	}
	if isList(argument, 2) {
		return argument.Content[0].Value, argument.Content[1].Value, true
	}
	return "", "", false
}

// check walks a value that has no effect on this machine. It is not resolved
// (it may well name things that exist on AWS only), but a function that the
// loader does not know, or a name that stands nowhere in the template, is
// refused here too.
func (l *loader) check(n *yaml.Node) {
	name, argument := intrinsic(n)
	switch name {
	case "":
		for _, child := range n.Content {
			l.check(child)
		}
		return
	case "Ref":
		l.mustExist(argument, argument.Value)
	case "Fn::GetAtt":
		if logicalID, _, ok := attributeOf(argument); ok {
			l.mustExist(argument, logicalID)
		}
	case "Fn::Sub":
		l.checkSub(argument)
	case "Fn::If":
		if len(argument.Content) > 0 && l.conditions[argument.Content[0].Value] == nil {
			l.refuse(argument, "condition %s does not exist", argument.Content[0].Value)
		}
		for _, child := range argument.Content {
			l.check(child)
		}
	case "Fn::Split", "Fn::Select":
		for _, child := range argument.Content {
			l.check(child)
		}
	default:
		l.refuse(argument, "intrinsic function %s is not understood", name)
	}
}

// placeholder is ${Name}, ${Resource.Attribute}, ${AWS::Region} or the literal ${!text}.
var placeholder = regexp.MustCompile(`\$\{([^}]*)\}`)

// sub resolves Fn::Sub in both forms: a string, or a list of a string and a
// mapping whose names go before parameters and resources.
func (l *loader) sub(argument *yaml.Node) *yaml.Node {
	text, own, ok := subParts(argument)
	if !ok {
		return l.miswritten(argument, "Fn::Sub")
	}
	failed := false
	value := placeholder.ReplaceAllStringFunc(text, func(match string) string {
		name := match[2 : len(match)-1]
		if literal, is := strings.CutPrefix(name, "!"); is {
			return "${" + literal + "}"
		}
		var resolved *yaml.Node
		if given := lookup(own, name); given != nil {
			resolved = l.resolve(given)
		} else if logicalID, attribute, is := strings.Cut(name, "."); is {
			resolved = l.getAtt(argument, logicalID, attribute)
		} else {
			resolved = l.ref(argument, name)
		}
		switch {
		case isUnresolved(resolved):
			failed = true
		case resolved == nil || resolved.Kind != yaml.ScalarNode:
			l.refuse(argument, "%s is not a string that Fn::Sub could put into another", name)
			failed = true
		default:
			return resolved.Value
		}
		return ""
	})
	if failed {
		return unresolved(argument)
	}
	return scalar(argument, value)
}

func (l *loader) checkSub(argument *yaml.Node) {
	text, own, ok := subParts(argument)
	if !ok {
		l.miswritten(argument, "Fn::Sub")
		return
	}
	for _, match := range placeholder.FindAllStringSubmatch(text, -1) {
		if strings.HasPrefix(match[1], "!") || lookup(own, match[1]) != nil {
			continue
		}
		logicalID, _, _ := strings.Cut(match[1], ".")
		l.mustExist(argument, logicalID)
	}
	for _, value := range entries(own) {
		l.check(value)
	}
}

func subParts(argument *yaml.Node) (text string, own *yaml.Node, ok bool) {
	if argument.Kind == yaml.ScalarNode {
		return argument.Value, nil, true
	}
	if isList(argument, 2) &&
		argument.Content[0].Kind == yaml.ScalarNode && argument.Content[1].Kind == yaml.MappingNode {
		return argument.Content[0].Value, argument.Content[1], true
	}
	return "", nil, false
}
