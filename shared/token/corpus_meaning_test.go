package token_test

import (
	"strings"

	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

func (c *corpus) times() {
	c.group = "time"
	// The options depend on the time at which the case runs.
	add := func(want token.Reason, name string, options func(now int64) []tokentest.Option) {
		c.add(want, name, func(f *forge) string { return f.issuer.AccessToken(options(f.issuer.Now().Unix())...) })
	}
	claim := func(name string, ahead int64) func(int64) []tokentest.Option {
		return func(now int64) []tokentest.Option { return []tokentest.Option{tokentest.Claim(name, now+ahead)} }
	}
	lived := func(from, to int64) func(int64) []tokentest.Option {
		return func(now int64) []tokentest.Option {
			return []tokentest.Option{tokentest.Claim("iat", now+from), tokentest.Claim("exp", now+to)}
		}
	}
	const day = 24 * 3600
	add(token.Expired, "expires now", lived(-3600, 0))
	add(token.Expired, "expired a second ago", lived(-3600, -1))
	add(token.Expired, "expired a day ago", lived(-2*day, -day))
	add(token.Expired, "expired years ago", lived(-700*day, -699*day))
	add(token.IssuedInFuture, "issued 11 s ahead", claim("iat", 11))
	add(token.IssuedInFuture, "issued tomorrow", lived(day, 2*day))
	add(token.NotYetValid, "nbf 11 s ahead", claim("nbf", 11))
	add(token.NotYetValid, "nbf a second before exp", claim("nbf", 3599))
	add(token.ImplausibleLife, "exp is iat", lived(0, 0))
	add(token.ImplausibleLife, "exp before iat", lived(0, -10))
	add(token.ImplausibleLife, "exp before iat, both ahead", lived(8, 7))
	add(token.ImplausibleLife, "nbf is exp", claim("nbf", 3600))
	add(token.ImplausibleLife, "nbf after exp", claim("nbf", 7200))
	add(token.ImplausibleLife, "lives 30 days and a second", lived(0, 30*day+1))
	c.access(token.ImplausibleLife, "lives to 2286", tokentest.Claim("exp", int64(9_999_999_999)))
	for _, name := range []string{"exp", "iat", "nbf", "auth_time", mfaAt} {
		for what, value := range map[string]int64{"0": 0, "1": 1, "negative": -1_800_000_000,
			"in milliseconds": 1_800_000_000_000, "in nanoseconds": 1_800_000_000_000_000_000 / 100,
			"eleven digits": 10_000_000_000, "nine digits": 999_999_999} {
			c.access(token.ClaimOutOfBounds, name+" "+what, tokentest.Claim(name, value))
		}
		for what, value := range map[string]string{"2^63": "9223372036854775808", "2^64": "18446744073709551616",
			"100 digits": strings.Repeat("9", 100), "1e400": "1e400", "1e-400": "1e-400"} {
			c.payload(token.ClaimWrongType, name+" "+what, func(p string) string { return setMember(p, name, value) })
		}
	}
}

func (c *corpus) audiences() {
	c.group = "issuer"
	for what, issuer := range map[string]func(string) string{
		"without its slash": func(s string) string { return strings.TrimSuffix(s, "/") },
		"with two slashes":  func(s string) string { return s + "/" },
		"https":             func(s string) string { return strings.Replace(s, "http:", "https:", 1) },
		"in capitals":       strings.ToUpper, "with a path": func(s string) string { return s + "x" },
		"with a query":     func(s string) string { return s + "?" },
		"with a fragment":  func(s string) string { return s + "#" },
		"with user info":   func(s string) string { return strings.Replace(s, "//", "//a@", 1) },
		"with a space":     func(s string) string { return s + " " },
		"another tenant":   always("https://other.eu.auth0.com/"),
		"a longer host":    always("https://tenant.eu.auth0.com.evil.example/"),
		"without a scheme": func(s string) string { return strings.TrimPrefix(s, "http:") },
		"a dot more":       func(s string) string { return strings.Replace(s, ":", ".:", 2) },
	} {
		c.add(token.WrongIssuer, what, func(f *forge) string {
			return f.issuer.AccessToken(tokentest.Claim("iss", issuer(f.issuer.URL)))
		})
	}
	c.group = "audience"
	for what, audience := range map[string]any{
		"another API": "https://other-api", "the issuer's userinfo": "http://127.0.0.1/userinfo",
		"ours with a slash": tokentest.Audience + "/", "ours in capitals": strings.ToUpper(tokentest.Audience),
		"ours cut short": tokentest.Audience[:len(tokentest.Audience)-1],
		"ours and more":  tokentest.Audience + ".evil.example", "http": "http://my-banking-api",
		"a list of others": []string{"https://other-api", "x"},
		"two in one text":  tokentest.Audience + " https://other-api", "the client": tokentest.ClientID, "a star": "*",
		"a space after": tokentest.Audience + " ", "percent-encoded": "https://my%2Dbanking%2Dapi",
		"a soft hyphen": "https://my\u00adbanking-api",
	} {
		c.access(token.WrongAudience, what, tokentest.Claim("aud", audience))
	}
	for what, audience := range map[string]any{"empty": "", "an empty list": []string{},
		"a list of nothing": []string{""}, "17 of them": strings.Split(strings.Repeat(tokentest.Audience+",", 17),
			",")[:17], "a line break": tokentest.Audience + "\n"} {
		c.access(token.ClaimOutOfBounds, what, tokentest.Claim("aud", audience))
	}
}

// crossUses are good tokens, but good for something else.
func (c *corpus) crossUses() {
	c.group = "cross-use"
	aud := func(v any) tokentest.Option { return tokentest.Claim("aud", v) }
	typ := func(v string) tokentest.Option { return tokentest.Header("typ", v) }
	ours := tokentest.Claim("azp", tokentest.ClientID)

	c.id(token.WrongTokenType, "an id_token as rfc9068")
	c.id(token.WrongKind, "an id_token as at+jwt", aud(tokentest.Audience), typ("at+jwt"))
	c.id(token.WrongTokenType, "a logout token", typ("logout+jwt"), aud(tokentest.Audience))
	c.access(token.WrongTokenType, "an auth0 token as rfc9068", typ("JWT"))
	c.add(token.WrongIssuer, "a token of another tenant", func(f *forge) string { return f.other.AccessToken() })
	c.add(token.KeyUnknown, "another tenant's, with our issuer", func(f *forge) string {
		return f.other.AccessToken(tokentest.Claim("iss", f.issuer.URL))
	})
	c.add(token.SignatureMismatch, "another tenant's, with our issuer and kid", func(f *forge) string {
		return f.other.AccessToken(tokentest.Claim("iss", f.issuer.URL), tokentest.Header("kid", f.issuer.Keys()[0].ID))
	})

	c.dialect = token.Auth0
	c.id(token.WrongAudience, "an id_token as auth0")
	c.id(token.WrongKind, "an id_token for the API as auth0", aud(tokentest.Audience))
	c.id(token.WrongKind, "an id_token for both as auth0", aud([]string{tokentest.ClientID, tokentest.Audience}), ours)
	c.id(token.WrongKind, "an id_token with a scope as auth0", aud(tokentest.Audience), ours,
		tokentest.Claim("scope", "transfer:funds"))
	c.id(token.WrongKind, "an id_token without nonce as auth0", aud(tokentest.Audience), ours, tokentest.NoClaim("nonce"))
	c.access(token.WrongTokenType, "an rfc9068 token as auth0", typ("at+jwt"))
	c.access(token.WrongKind, "auth0 with neither scope nor gty nor permissions", tokentest.NoClaim("scope"))

	c.dialect = token.IDToken
	c.access(token.WrongTokenType, "an rfc9068 token as id_token", typ("at+jwt"))
	c.access(token.WrongAudience, "an auth0 token as id_token", typ("JWT"))
	c.access(token.WrongKind, "an auth0 token for the client as id_token", typ("JWT"), aud(tokentest.ClientID))
	c.id(token.WrongAudience, "an id_token of another client", aud("another-client"))
	c.id(token.WrongAudience, "an id_token for us and another client",
		aud([]string{tokentest.ClientID, "another-client"}), ours)
	c.id(token.WrongParty, "an id_token issued to another client", tokentest.Claim("azp", "another-client"))
	c.id(token.WrongParty, "an id_token with two audiences and no azp",
		aud([]string{tokentest.ClientID, tokentest.ClientID}))

	c.each(func(dialect token.Dialect, add func(token.Reason, string, ...tokentest.Option)) {
		foreign := []string{"nonce", "at_hash", "c_hash", "s_hash"}
		if dialect == token.IDToken {
			foreign = []string{"scope", "gty", "permissions"}
		}
		for _, name := range foreign {
			add(token.WrongKind, "with "+name, tokentest.Claim(name, "x"))
		}
	})
}
