package template

import "go.yaml.in/yaml/v4"

// readGlobals keeps the Globals sections for merging into each resource.
func (l *loader) readGlobals(section *yaml.Node) {
	for key, value := range entries(section) {
		switch key.Value {
		case "Function", "Api":
			l.globals[key.Value] = value
		default:
			l.refuse(key, "Globals.%s is not understood", key.Value)
		}
	}
}

// merge lays a resource's own properties over those of Globals as SAM does
// (samtranslator/plugins/globals): mappings are merged key by key, lists are
// joined with the global items first, and anything else, an intrinsic function
// included, is replaced by the resource's own value.
func merge(global, local *yaml.Node) *yaml.Node {
	switch {
	case global == nil:
		return local
	case local == nil:
		return global
	}
	globalFunction, _ := intrinsic(global)
	localFunction, _ := intrinsic(local)
	if global.Kind != local.Kind || globalFunction != "" || localFunction != "" {
		return local
	}
	merged := *local
	switch local.Kind {
	case yaml.SequenceNode:
		merged.Content = append(append([]*yaml.Node{}, global.Content...), local.Content...)
	case yaml.MappingNode:
		merged.Content = nil
		for key, value := range entries(global) {
			merged.Content = append(merged.Content, key, merge(value, lookup(local, key.Value)))
		}
		for key, value := range entries(local) {
			if lookup(global, key.Value) == nil {
				merged.Content = append(merged.Content, key, value)
			}
		}
	}
	return &merged
}
