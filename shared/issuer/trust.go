package issuer

import (
	"context"
	"errors"
	"time"

	"drawbridge/shared/token"
)

// Trusted is an issuer with the keys that it publishes.
type Trusted struct {
	Issuer
	Keys *token.KeyStore

	tokens *token.Verifier
}

// Config says how the tokens of each issuer of a list are verified.
type Config struct {
	Issuers []Issuer // as [Read] returns them
	// Audiences and Dialect are those of every issuer; of an access token they are the issuer's own, and stay empty.
	Audiences []string
	Dialect   token.Dialect
	Bound     bool                       // token.Config's
	Archive   func(Issuer) token.Archive // keeps an issuer's keys; none if nil
	Now       func() time.Time           // time.Now if nil
}

// Set verifies the tokens of several issuers. Each issuer has keys, and remembers tokens, of its own: a kid names a key
// of the issuer that the token names, and of no other.
type Set struct {
	current *Trusted
	byURL   map[string]*Trusted
}

// Trust returns the set of a list.
func Trust(c Config) (*Set, error) {
	s := &Set{byURL: make(map[string]*Trusted, len(c.Issuers))}
	for _, i := range c.Issuers {
		t, err := c.trust(i)
		if err != nil {
			return nil, err
		}
		if s.current == nil {
			s.current = t
		}
		s.byURL[i.URL] = t
	}
	if s.current == nil {
		return nil, errors.New("issuer: configuration: no issuer")
	}
	return s, nil
}

func (c Config) trust(i Issuer) (*Trusted, error) {
	keyStore := token.KeyStoreConfig{URL: i.KeySetURL}
	if c.Archive != nil {
		keyStore.Archive = c.Archive(i)
	}
	keys, err := token.NewKeyStore(keyStore)
	if err != nil {
		return nil, err
	}
	audiences, dialect := c.Audiences, c.Dialect
	if dialect == "" {
		audiences, dialect = []string{i.Audience}, i.Dialect
	}
	tokens, err := token.New(token.Config{
		Issuer: i.URL, Until: i.Until, Audiences: audiences, Dialect: dialect, Keys: keys, Now: c.Now,
		Bound: c.Bound,
	})
	return &Trusted{Issuer: i, Keys: keys, tokens: tokens}, err
}

// Verify verifies a token by the issuer that it names, to the letter. A token of an issuer that is not listed costs no
// fetch of keys: it is refused as one of a wrong issuer.
//
// from is the issuer of a good token, and of one that was refused for its key, its signature or its issuer's end. For
// every other token it is nil.
func (s *Set) Verify(ctx context.Context, raw string) (claims *token.Claims, from *Trusted, err error) {
	t := s.current
	if len(s.byURL) > 1 {
		if named := s.byURL[token.Unverified(raw)]; named != nil {
			t = named // else the current one refuses it
		}
	}
	claims, err = t.tokens.Verify(ctx, raw)
	var refusal *token.Error
	if errors.As(err, &refusal) && refusal.Stage != token.StageKey && refusal.Stage != token.StageSignature &&
		refusal.Reason != token.IssuerEnded {
		return nil, nil, err
	}
	return claims, t, err
}
