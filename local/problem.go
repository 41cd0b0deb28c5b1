package main

import "strings"

// problem is a failure that the user can mend.
type problem struct {
	what  string // one clause, no full stop
	cure  string // one sentence, imperative
	cause error  // may be nil
}

func (p *problem) Error() string {
	text := p.what
	if p.cause != nil {
		text += ": " + strings.TrimSuffix(p.cause.Error(), ".")
	}
	return text + ".\n" + p.cure
}

func (p *problem) Unwrap() error { return p.cause }
