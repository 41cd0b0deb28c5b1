package strictjson

// scanner walks a text once, from the left.
//
// The names of the object that it is in are handed down in a slice, whose spare capacity serves the objects further
// in. So they stay on the caller's stack. As a field they would move to the heap with text, pieces of which go out to
// the caller.
type scanner struct {
	text   string
	at     int
	limits Limits
}

type name struct{ exact, folded string }

// peek returns the byte at hand, or 0 at the end. A NUL in the text is no JSON either.
func (s *scanner) peek() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

func (s *scanner) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// object reads an object; s.at is at its brace. names is room for its names; visit may be nil.
func (s *scanner) object(depth int, names []name, visit func(string, Value) error) error {
	if depth > s.limits.Depth {
		return ErrComplex
	}
	names = names[len(names):]
	s.at++ // the brace
	s.space()
	if s.peek() == '}' {
		s.at++
		return nil
	}
	for {
		s.space()
		if s.peek() != '"' {
			return ErrMalformed
		}
		quoted, err := s.string()
		if err != nil {
			return err
		}
		name := quoted.unquoted()
		if !s.limits.AllowRepeatedNames {
			if names, err = s.declare(names, name); err != nil {
				return err
			}
		}
		s.space()
		if s.peek() != ':' {
			return ErrMalformed
		}
		s.at++
		value, err := s.value(depth, names)
		if err != nil {
			return err
		}
		if visit != nil {
			if err := visit(name, value); err != nil {
				return err
			}
		}
		s.space()
		switch s.peek() {
		case ',':
			s.at++
		case '}':
			s.at++
			return nil
		default:
			return ErrMalformed
		}
	}
}

// declare adds a name to those of its object, and refuses one that is there already.
func (s *scanner) declare(names []name, exact string) ([]name, error) {
	folded := Fold(exact)
	for _, other := range names {
		switch {
		case other.folded != folded:
		case other.exact == exact:
			return names, ErrRepeated
		default:
			return names, ErrVariant
		}
	}
	if len(names) == s.limits.Members {
		return names, ErrComplex
	}
	return append(names, name{exact, folded}), nil
}

func (s *scanner) array(depth int, names []name, visit func(Value) error) error {
	if depth > s.limits.Depth {
		return ErrComplex
	}
	s.at++ // the bracket
	s.space()
	if s.peek() == ']' {
		s.at++
		return nil
	}
	for {
		value, err := s.value(depth, names)
		if err != nil {
			return err
		}
		if visit != nil {
			if err := visit(value); err != nil {
				return err
			}
		}
		s.space()
		switch s.peek() {
		case ',':
			s.at++
		case ']':
			s.at++
			return nil
		default:
			return ErrMalformed
		}
	}
}

// value reads any value inside an object or array at the given depth; names is that object's.
func (s *scanner) value(depth int, names []name) (Value, error) {
	s.space()
	start := s.at
	var kind Kind
	var err error
	switch c := s.peek(); {
	case c == '"':
		return s.string()
	case c == '{':
		kind, err = Object, s.object(depth+1, names, nil)
	case c == '[':
		kind, err = Array, s.array(depth+1, names, nil)
	case c == '-' || '0' <= c && c <= '9':
		kind, err = Number, s.number()
	case c == 't':
		kind, err = Bool, s.literal("true")
	case c == 'f':
		kind, err = Bool, s.literal("false")
	case c == 'n':
		kind, err = Null, s.literal("null")
	default:
		err = ErrMalformed
	}
	return Value{kind: kind, raw: s.text[start:s.at]}, err
}

func (s *scanner) literal(word string) error {
	if end := s.at + len(word); end <= len(s.text) && s.text[s.at:end] == word {
		s.at = end
		return nil
	}
	return ErrMalformed
}

// number reads a number as RFC 8259 section 6 spells it: no plus sign, no leading zero, no bare point.
func (s *scanner) number() error {
	if s.peek() == '-' {
		s.at++
	}
	if s.peek() == '0' {
		s.at++
	} else if !s.digits() {
		return ErrMalformed
	}
	if s.peek() == '.' {
		s.at++
		if !s.digits() {
			return ErrMalformed
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.at++
		if c := s.peek(); c == '+' || c == '-' {
			s.at++
		}
		if !s.digits() {
			return ErrMalformed
		}
	}
	return nil
}

// digits steps over one digit or more.
func (s *scanner) digits() bool {
	start := s.at
	for c := s.peek(); '0' <= c && c <= '9'; c = s.peek() {
		s.at++
	}
	return s.at > start
}
