package template

import "go.yaml.in/yaml/v4"

// readOutputs resolves what it can. An output that names something that exists
// on AWS only (an alarm topic, a distribution) is kept without a value: nothing here reads it.
func (l *loader) readOutputs(section *yaml.Node) {
	for key, definition := range entries(section) {
		if name := lookup(definition, "Condition"); name != nil && !l.holds(name, name.Value) {
			continue
		}
		output := Output{Name: key.Value}
		if description := lookup(definition, "Description"); description != nil {
			output.Description = description.Value
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
		if resolved := l.resolve(value); resolved != nil && !isUnresolved(resolved) && resolved.Kind == yaml.ScalarNode {
			output.Value = resolved.Value
		}
		l.problems = l.problems[:before]
		l.stack.Outputs = append(l.stack.Outputs, output)
	}
}
