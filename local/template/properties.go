package template

import (
	"strconv"

	"go.yaml.in/yaml/v4"
)

// properties reads a mapping key by key and remembers what was read, so that
// what nobody asked for can be refused by name. Values are resolved when they
// are taken, and only then: one without effect may name what exists on AWS only.
type properties struct {
	l     *loader
	where string // "BalanceFunction.Environment", for messages
	node  *yaml.Node
	known map[string]bool
}

func (l *loader) properties(n *yaml.Node, where string) *properties {
	p := &properties{l: l, where: where, known: map[string]bool{}}
	if n == nil || isUnresolved(n) {
		return p
	}
	if name, _ := intrinsic(n); name != "" {
		if n = l.resolve(n); n == nil || isUnresolved(n) {
			return p
		}
	}
	if n.Kind != yaml.MappingNode {
		l.refuse(n, "%s must be a mapping", where)
		return p
	}
	p.node = n
	return p
}

// take returns the resolved value of a key, nil if it is absent or AWS::NoValue.
func (p *properties) take(key string) *yaml.Node {
	if value := p.raw(key); value != nil {
		return p.l.resolve(value)
	}
	return nil
}

// sub reads the value of a key as a mapping of its own.
func (p *properties) sub(key string) *properties { return p.l.properties(p.raw(key), p.where+"."+key) }

// raw is the value of a key as it stands.
func (p *properties) raw(key string) *yaml.Node {
	p.known[key] = true
	return lookup(p.node, key)
}

// scalar is the node of a key, nil if it is absent, and its text if that is sound.
func (p *properties) scalar(key string) (n *yaml.Node, text string, ok bool) {
	if n = p.take(key); n != nil {
		text, ok = p.l.text(n, p.where+"."+key)
	}
	return n, text, ok
}

func (p *properties) text(key string) string {
	_, text, _ := p.scalar(key)
	return text
}

// required is text that must be there; an empty one is none.
func (p *properties) required(key string, at *yaml.Node) string {
	n, text, ok := p.scalar(key)
	if n == nil || ok && text == "" {
		p.l.refuse(at, "%s.%s is missing", p.where, key)
	}
	return text
}

// only refuses any text of a key but one.
func (p *properties) only(key, want string) (there bool) {
	n, text, ok := p.scalar(key)
	if ok && text != want {
		p.l.refuse(n, "%s.%s: %q is not understood; it must be %s", p.where, key, text, want)
	}
	return n != nil
}

// must is only for a key that must be there.
func (p *properties) must(key, want string, at *yaml.Node) {
	if !p.only(key, want) {
		p.l.refuse(at, "%s.%s is missing; it must be %s", p.where, key, want)
	}
}

func (p *properties) integer(key string, standard, low, high int) int {
	n, text, ok := p.scalar(key)
	if !ok {
		return standard
	}
	i, err := strconv.Atoi(text)
	if err != nil || i < low || i > high {
		p.l.refuse(n, "%s.%s: %q is not a whole number from %d to %d", p.where, key, text, low, high)
		return standard
	}
	return i
}

// number reads a number that is not negative.
func (p *properties) number(key string) (value float64, there bool) {
	n, text, ok := p.scalar(key)
	if !ok {
		return 0, n != nil
	}
	if value, ok = number(text); !ok || value < 0 {
		p.l.refuse(n, "%s.%s: %q is not a number from 0", p.where, key, text)
		return 0, true
	}
	return value, true
}

func (p *properties) boolean(key string, standard bool) bool {
	n := p.take(key)
	switch {
	case n == nil || isUnresolved(n):
		return standard
	case n.Kind == yaml.ScalarNode && (n.Value == "true" || n.Value == "false"):
		return n.Value == "true"
	}
	p.l.refuse(n, "%s.%s must be true or false", p.where, key)
	return standard
}

func (p *properties) texts(key string) []string {
	if value := p.take(key); value != nil {
		return p.l.texts(value, p.where+"."+key)
	}
	return nil
}

// list reads the value of a key as a list of mappings.
func (p *properties) list(key string) []*properties {
	value := p.take(key)
	if value == nil || isUnresolved(value) {
		return nil
	}
	if value.Kind != yaml.SequenceNode {
		p.l.refuse(value, "%s.%s must be a list", p.where, key)
		return nil
	}
	var list []*properties
	for _, item := range value.Content {
		list = append(list, p.l.properties(item, p.where+"."+key))
	}
	return list
}

// inert names keys that are understood to have no effect on one machine.
func (p *properties) inert(keys ...string) {
	for _, key := range keys {
		if value := p.raw(key); value != nil {
			p.l.check(value)
		}
	}
}

// done refuses by name every key that nobody has asked for.
func (p *properties) done() {
	for key := range entries(p.node) {
		if !p.known[key.Value] {
			p.l.refuse(key, "%s: property %s is not understood", p.where, key.Value)
		}
	}
}
