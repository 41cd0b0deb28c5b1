package template

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// readParameters gives every parameter its value: the given one, else its
// default. A value has to meet the parameter's own constraints.
func (l *loader) readParameters(section *yaml.Node, given map[string]string) {
	unused := map[string]bool{}
	for name, value := range given {
		if _, pseudo := l.pseudo[name]; pseudo {
			l.pseudo[name] = value
		} else {
			unused[name] = true
		}
	}
	l.stack.Region, l.stack.AccountID = l.pseudo["AWS::Region"], l.pseudo["AWS::AccountId"]
	for key, definition := range entries(section) {
		delete(unused, key.Value)
		value, isGiven := given[key.Value]
		l.parameters[key.Value] = l.parameter(key, definition, value, isGiven)
	}
	for _, name := range slices.Sorted(maps.Keys(unused)) {
		l.refuse(section, "a value is given for parameter %s, which the template does not have", name)
	}
}

func (l *loader) parameter(key, definition *yaml.Node, value string, isGiven bool) *yaml.Node {
	name := key.Value
	if !isGiven {
		standard := lookup(definition, "Default")
		if standard == nil {
			l.refuse(key, "parameter %s has no default and no value is given", name)
			return unresolved(key)
		}
		text, ok := l.text(standard, "default of parameter "+name)
		if !ok {
			return unresolved(key)
		}
		value = text
	}
	// A refusal shows the value, unless CloudFormation would hide it.
	kind, shown := "", strconv.Quote(value)
	if echo := lookup(definition, "NoEcho"); echo != nil && echo.Value != "false" {
		shown = "its value"
	}
	for property, constraint := range entries(definition) {
		switch property.Value {
		case "Type":
			kind = constraint.Value
		case "Default", "Description", "ConstraintDescription", "NoEcho":
		case "AllowedValues":
			if !slices.Contains(l.texts(constraint, "AllowedValues"), value) {
				l.refuse(constraint, "parameter %s: %s is not one of the allowed values", name, shown)
			}
		case "AllowedPattern":
			pattern, err := regexp.Compile(`\A(?:` + constraint.Value + `)\z`)
			if err != nil {
				l.refuse(constraint, "parameter %s: AllowedPattern is not understood: %v", name, err)
			} else if !pattern.MatchString(value) {
				l.refuse(constraint, "parameter %s: %s does not match %s", name, shown, constraint.Value)
			}
		case "MinLength", "MaxLength", "MinValue", "MaxValue":
			l.bound(name, value, shown, property.Value, constraint)
		default:
			l.refuse(property, "parameter %s: property %s is not understood", name, property.Value)
		}
	}
	switch kind {
	case "String":
		return scalar(key, value)
	case "Number":
		if _, ok := number(value); !ok {
			l.refuse(key, "parameter %s: %s is not a number", name, shown)
		}
		return scalar(key, value)
	case "CommaDelimitedList":
		list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: key.Line, Column: key.Column}
		for item := range strings.SplitSeq(value, ",") {
			list.Content = append(list.Content, scalar(key, strings.TrimSpace(item)))
		}
		return list
	}
	l.refuse(key, "parameter %s: type %q is not understood", name, kind)
	return unresolved(key)
}

func (l *loader) bound(name, value, shown, bound string, limit *yaml.Node) {
	most, ok := number(limit.Value)
	if !ok {
		l.refuse(limit, "parameter %s: %s is not a number", name, bound)
		return
	}
	measured := float64(utf8.RuneCountInString(value))
	if strings.HasSuffix(bound, "Value") {
		if measured, ok = number(value); !ok {
			l.refuse(limit, "parameter %s: %s is not a number", name, shown)
			return
		}
	}
	if strings.HasPrefix(bound, "Min") && measured < most || strings.HasPrefix(bound, "Max") && measured > most {
		l.refuse(limit, "parameter %s: %s is outside %s %s", name, shown, bound, limit.Value)
	}
}
