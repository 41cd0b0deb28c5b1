package template

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// placeholder is ${Name}, ${Resource.Attribute}, ${AWS::Region} or the literal ${!text}.
var placeholder = regexp.MustCompile(`\$\{([^}]*)\}`)

// sub resolves Fn::Sub in both forms: a string, or a list of a string and a
// mapping whose names go before parameters and resources.
func (l *loader) sub(argument *yaml.Node) *yaml.Node {
	text, own, ok := subParts(argument)
	if !ok {
		l.refuse(argument, "Fn::Sub is not written as CloudFormation wants it")
		return unresolved(argument)
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
		l.refuse(argument, "Fn::Sub is not written as CloudFormation wants it")
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
	if argument.Kind == yaml.SequenceNode && len(argument.Content) == 2 &&
		argument.Content[0].Kind == yaml.ScalarNode && argument.Content[1].Kind == yaml.MappingNode {
		return argument.Content[0].Value, argument.Content[1], true
	}
	return "", nil, false
}
