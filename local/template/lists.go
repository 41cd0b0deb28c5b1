package template

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// split resolves Fn::Split, [delimiter, text], into a list of strings.
func (l *loader) split(argument *yaml.Node) *yaml.Node {
	if !isList(argument, 2) || argument.Content[0].Kind != yaml.ScalarNode || argument.Content[0].Value == "" {
		return l.miswritten(argument, "Fn::Split")
	}
	text := l.resolve(argument.Content[1])
	switch {
	case isUnresolved(text):
		return text
	case text == nil || text.Kind != yaml.ScalarNode:
		return l.miswritten(argument, "Fn::Split")
	}
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: argument.Line, Column: argument.Column}
	for part := range strings.SplitSeq(text.Value, argument.Content[0].Value) {
		list.Content = append(list.Content, scalar(argument, part))
	}
	return list
}

// choose resolves Fn::Select, [index, list]; the index counts from 0.
func (l *loader) choose(argument *yaml.Node) *yaml.Node {
	if !isList(argument, 2) {
		return l.miswritten(argument, "Fn::Select")
	}
	index, err := strconv.Atoi(argument.Content[0].Value)
	list := l.resolve(argument.Content[1])
	switch {
	case isUnresolved(list):
		return list
	case err != nil || index < 0 || list == nil || list.Kind != yaml.SequenceNode:
		return l.miswritten(argument, "Fn::Select")
	case index >= len(list.Content):
		l.refuse(argument, "Fn::Select: the list has no element %d", index)
		return unresolved(argument)
	}
	return list.Content[index]
}
