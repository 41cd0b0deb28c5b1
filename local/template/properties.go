package template

import (
	"math"
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
	p.known[key] = true
	if value := lookup(p.node, key); value != nil {
		return p.l.resolve(value)
	}
	return nil
}

// sub reads the value of a key as a mapping of its own.
func (p *properties) sub(key string) *properties {
	p.known[key] = true
	return p.l.properties(lookup(p.node, key), p.where+"."+key)
}

func (p *properties) text(key string) string {
	if value := p.take(key); value != nil {
		text, _ := p.l.text(value, p.where+"."+key)
		return text
	}
	return ""
}

// required is text that must be there.
func (p *properties) required(key string, at *yaml.Node) string {
	value := p.take(key)
	if value == nil {
		p.l.refuse(at, "%s.%s is missing", p.where, key)
		return ""
	}
	text, _ := p.l.text(value, p.where+"."+key)
	return text
}

func (p *properties) integer(key string, standard, low, high int) int {
	if value := p.take(key); value != nil {
		if i, ok := p.l.integer(value, p.where+"."+key, low, high); ok {
			return i
		}
	}
	return standard
}

// number reads a number that is not negative.
func (p *properties) number(key string) (n float64, there bool) {
	value := p.take(key)
	if value == nil {
		return 0, false
	}
	text, ok := p.l.text(value, p.where+"."+key)
	if !ok {
		return 0, true
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0) || math.IsInf(n, 0) {
		p.l.refuse(value, "%s.%s: %q is not a number from 0", p.where, key, text)
		return 0, true
	}
	return n, true
}

func (p *properties) boolean(key string, standard bool) bool {
	if value := p.take(key); value != nil {
		if b, ok := p.l.boolean(value, p.where+"."+key); ok {
			return b
		}
	}
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
		p.known[key] = true
		if value := lookup(p.node, key); value != nil {
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
