package strictjson

// Members says which members of an object are read, and the place of each. Several names may have one place.
type Members[P ~int] struct {
	places map[string]P
	folded map[string]bool
}

// NewMembers returns the members of these names.
func NewMembers[P ~int](places map[string]P) Members[P] {
	folded := make(map[string]bool, len(places))
	for name := range places {
		folded[Fold(name)] = true
	}
	return Members[P]{places, folded}
}

// Read reads text as [Limits.Object] does, and puts each member at its place in values. A name that differs only by
// case from one that is read is ErrVariant: another reader may take it for that one. A member of any other name is a
// stranger's and is left out.
func (m Members[P]) Read(l Limits, text string, values []Value) error {
	return l.Object(text, func(name string, value Value) error {
		if place, ok := m.places[name]; ok {
			values[place] = value
			return nil
		}
		if m.folded[Fold(name)] {
			return ErrVariant
		}
		return nil
	})
}
