package token_test

import (
	"fmt"
	"strings"

	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

func timeCases() []hostile {
	var cases []hostile
	// The options depend on the time at which the case runs.
	add := func(name string, want token.Reason, options func(now int64) []tokentest.Option) {
		cases = append(cases, hostile{name: "time: " + name, want: want, make: func(f *forge) string {
			return f.issuer.AccessToken(options(f.issuer.Now().Unix())...)
		}})
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
	add("expires now", token.Expired, lived(-3600, 0))
	add("expired a second ago", token.Expired, lived(-3600, -1))
	add("expired a day ago", token.Expired, lived(-2*day, -day))
	add("expired years ago", token.Expired, lived(-700*day, -699*day))
	add("issued 11 s ahead", token.IssuedInFuture, claim("iat", 11))
	add("issued tomorrow", token.IssuedInFuture, lived(day, 2*day))
	add("nbf 11 s ahead", token.NotYetValid, claim("nbf", 11))
	add("nbf a second before exp", token.NotYetValid, claim("nbf", 3599))
	add("exp is iat", token.ImplausibleLife, lived(0, 0))
	add("exp before iat", token.ImplausibleLife, lived(0, -10))
	add("exp before iat, both ahead", token.ImplausibleLife, lived(8, 7))
	add("nbf is exp", token.ImplausibleLife, claim("nbf", 3600))
	add("nbf after exp", token.ImplausibleLife, claim("nbf", 7200))
	add("lives 30 days and a second", token.ImplausibleLife, lived(0, 30*day+1))
	add("lives to 2286", token.ImplausibleLife, func(int64) []tokentest.Option {
		return []tokentest.Option{tokentest.Claim("exp", int64(9_999_999_999))}
	})
	for _, name := range []string{"exp", "iat", "nbf", "auth_time", mfaAt} {
		for what, value := range map[string]int64{"0": 0, "1": 1, "negative": -1_800_000_000,
			"in milliseconds": 1_800_000_000_000, "in nanoseconds": 1_800_000_000_000_000_000 / 100,
			"eleven digits": 10_000_000_000, "nine digits": 999_999_999} {
			add(name+" "+what, token.ClaimOutOfBounds,
				func(int64) []tokentest.Option { return []tokentest.Option{tokentest.Claim(name, value)} })
		}
		for what, value := range map[string]string{"2^63": "9223372036854775808", "2^64": "18446744073709551616",
			"100 digits": strings.Repeat("9", 100), "1e400": "1e400", "1e-400": "1e-400"} {
			cases = append(cases, hostile{name: "time: " + name + " " + what, want: token.ClaimWrongType,
				make: withPayload(func(p string) string { return setMember(p, name, value) })})
		}
	}
	return cases
}

func audienceCases() []hostile {
	var cases []hostile
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
		cases = append(cases, hostile{name: "issuer: " + what, want: token.WrongIssuer, make: func(f *forge) string {
			return f.issuer.AccessToken(tokentest.Claim("iss", issuer(f.issuer.URL)))
		}})
	}
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
		cases = append(cases, hostile{name: "audience: " + what, want: token.WrongAudience,
			make: access(tokentest.Claim("aud", audience))})
	}
	for what, audience := range map[string]any{"empty": "", "an empty list": []string{},
		"a list of nothing": []string{""}, "17 of them": strings.Split(strings.Repeat(tokentest.Audience+",", 17),
			",")[:17], "a line break": tokentest.Audience + "\n"} {
		cases = append(cases, hostile{name: "audience: " + what, want: token.ClaimOutOfBounds,
			make: access(tokentest.Claim("aud", audience))})
	}
	return cases
}

// crossUseCases are good tokens, but good for something else.
func crossUseCases() []hostile {
	aud := func(v any) tokentest.Option { return tokentest.Claim("aud", v) }
	cases := []hostile{
		{name: "cross-use: an id_token as rfc9068", want: token.WrongTokenType, make: id()},
		{name: "cross-use: an id_token as auth0", dialect: token.Auth0, want: token.WrongAudience, make: id()},
		{name: "cross-use: an id_token for the API as auth0", dialect: token.Auth0, want: token.WrongKind,
			make: id(aud(tokentest.Audience))},
		{name: "cross-use: an id_token for both as auth0", dialect: token.Auth0, want: token.WrongKind,
			make: id(aud([]string{tokentest.ClientID, tokentest.Audience}),
				tokentest.Claim("azp", tokentest.ClientID))},
		{name: "cross-use: an id_token with a scope as auth0", dialect: token.Auth0, want: token.WrongKind,
			make: id(aud(tokentest.Audience), tokentest.Claim("azp", tokentest.ClientID),
				tokentest.Claim("scope", "transfer:funds"))},
		{name: "cross-use: an id_token without nonce as auth0", dialect: token.Auth0, want: token.WrongKind,
			make: id(aud(tokentest.Audience), tokentest.NoClaim("nonce"), tokentest.Claim("azp", tokentest.ClientID))},
		{name: "cross-use: an id_token as at+jwt", want: token.WrongKind,
			make: id(aud(tokentest.Audience), tokentest.Header("typ", "at+jwt"))},
		{name: "cross-use: an rfc9068 token as auth0", dialect: token.Auth0, want: token.WrongTokenType,
			make: access(tokentest.Header("typ", "at+jwt"))},
		{name: "cross-use: an auth0 token as rfc9068", want: token.WrongTokenType,
			make: access(tokentest.Header("typ", "JWT"))},
		{name: "cross-use: an rfc9068 token as id_token", dialect: token.IDToken, want: token.WrongTokenType,
			make: access(tokentest.Header("typ", "at+jwt"))},
		{name: "cross-use: an auth0 token as id_token", dialect: token.IDToken, want: token.WrongAudience,
			make: access(tokentest.Header("typ", "JWT"))},
		{name: "cross-use: an auth0 token for the client as id_token", dialect: token.IDToken, want: token.WrongKind,
			make: access(tokentest.Header("typ", "JWT"), aud(tokentest.ClientID))},
		{name: "cross-use: an id_token of another client", dialect: token.IDToken, want: token.WrongAudience,
			make: id(aud("another-client"))},
		{name: "cross-use: an id_token for us and another client", dialect: token.IDToken, want: token.WrongAudience,
			make: id(aud([]string{tokentest.ClientID, "another-client"}), tokentest.Claim("azp", tokentest.ClientID))},
		{name: "cross-use: an id_token issued to another client", dialect: token.IDToken, want: token.WrongParty,
			make: id(tokentest.Claim("azp", "another-client"))},
		{name: "cross-use: an id_token with two audiences and no azp", dialect: token.IDToken, want: token.WrongParty,
			make: id(aud([]string{tokentest.ClientID, tokentest.ClientID}))},
		{name: "cross-use: a token of another tenant", want: token.WrongIssuer,
			make: func(f *forge) string { return f.other.AccessToken() }},
		{name: "cross-use: another tenant's, with our issuer", want: token.KeyUnknown,
			make: func(f *forge) string { return f.other.AccessToken(tokentest.Claim("iss", f.issuer.URL)) }},
		{name: "cross-use: another tenant's, with our issuer and kid", want: token.SignatureMismatch,
			make: func(f *forge) string {
				return f.other.AccessToken(tokentest.Claim("iss", f.issuer.URL),
					tokentest.Header("kid", f.issuer.Keys()[0].ID))
			}},
		{name: "cross-use: a logout token", want: token.WrongTokenType,
			make: id(tokentest.Header("typ", "logout+jwt"), aud(tokentest.Audience))},
	}
	for _, name := range []string{"nonce", "at_hash", "c_hash", "s_hash"} {
		for _, dialect := range []token.Dialect{token.RFC9068, token.Auth0} {
			cases = append(cases, hostile{name: fmt.Sprintf("cross-use: %s with %s", dialect, name), dialect: dialect,
				want: token.WrongKind, make: access(tokentest.Claim(name, "x"))})
		}
	}
	for _, name := range []string{"scope", "gty", "permissions"} {
		cases = append(cases, hostile{name: "cross-use: id_token with " + name, dialect: token.IDToken,
			want: token.WrongKind, make: id(tokentest.Claim(name, "x"))})
	}
	return append(cases, hostile{name: "cross-use: auth0 with neither scope nor gty nor permissions",
		dialect: token.Auth0, want: token.WrongKind, make: access(tokentest.NoClaim("scope"))})
}
