package template

import (
	"iter"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// entries yields a mapping's keys and values in order; nothing for other nodes.
func entries(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

func lookup(n *yaml.Node, name string) *yaml.Node {
	for key, value := range entries(n) {
		if key.Value == name {
			return value
		}
	}
	return nil
}

// scalar makes a string node in the place of at. It counts as quoted, so that 010 is a text of three digits.
func scalar(at *yaml.Node, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: value, Line: at.Line,
		Column: at.Column}
}

// unresolvedTag marks a value that has been refused already: readers pass over it without a second complaint.
const unresolvedTag = "!!drawbridge/unresolved"

func unresolved(at *yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: unresolvedTag, Line: at.Line, Column: at.Column}
}

// isList tells whether a node is a list of that length.
func isList(n *yaml.Node, length int) bool {
	return n.Kind == yaml.SequenceNode && len(n.Content) == length
}

func isUnresolved(n *yaml.Node) bool { return n != nil && n.Tag == unresolvedTag }

// text reads a scalar as CloudFormation would see it. Unquoted scalars that
// YAML 1.1 and YAML 1.2 read differently (010, 1_000, yes, 2012-10-17) are
// refused: what reaches AWS would not be what is written.
func (l *loader) text(n *yaml.Node, what string) (string, bool) {
	switch {
	case isUnresolved(n):
		return "", false
	case n.Kind != yaml.ScalarNode || n.Tag == "!!null":
		l.refuse(n, "%s must be a string", what)
		return "", false
	}
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0 && ambiguous(n) {
		l.refuse(n, "%s: %s without quotes is not the same text to every reader of YAML; put it in quotes", what, n.Value)
		return "", false
	}
	return n.Value, true
}

func ambiguous(n *yaml.Node) bool {
	switch strings.ToLower(n.Value) {
	case "yes", "no", "on", "off":
		return true
	}
	if n.Tag == "!!int" {
		i, err := strconv.ParseInt(n.Value, 10, 64)
		return err != nil || strconv.FormatInt(i, 10) != n.Value
	}
	return n.Tag == "!!timestamp"
}

// texts reads a list of strings.
func (l *loader) texts(n *yaml.Node, what string) []string {
	if isUnresolved(n) {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		l.refuse(n, "%s must be a list", what)
		return nil
	}
	var list []string
	for _, item := range n.Content {
		if text, ok := l.text(item, what); ok {
			list = append(list, text)
		}
	}
	return list
}

// decimal is what every reader takes for a number; Go alone reads NaN, Inf and 0x10 too.
var decimal = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?$`)

func number(text string) (value float64, ok bool) {
	value, err := strconv.ParseFloat(text, 64)
	return value, err == nil && decimal.MatchString(text)
}
