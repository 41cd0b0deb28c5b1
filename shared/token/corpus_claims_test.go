package token_test

import (
	"fmt"
	"strings"

	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"
)

const (
	mfaAt      = tokentest.Audience + "/mfa_at"
	approvalID = tokentest.Audience + "/approval_id"
	transfer   = tokentest.Audience + "/transfer"
)

// claimTypes give each claim that is read a value of every other type.
func (c *corpus) claimTypes() {
	c.group = "type"
	text := []string{`1`, `null`, `true`, `["x"]`, `{}`}
	number := []string{`"1800000000"`, `null`, `true`, `[1800000000]`, `{}`, `1800000000.0`, `1800000000.5`, `1.8e9`,
		`18E8`, `-0`}
	wrong := map[string][]string{
		"iss": text, "sub": text, "client_id": text, "jti": text, "azp": text,
		"scope": append(text, `["view:balance"]`), "session_id": text, "email": text,
		"aud": {`1`, `null`, `true`, `{}`, `[1]`, `["https://my-banking-api",null]`, `[["https://my-banking-api"]]`,
			`{"0":"https://my-banking-api"}`},
		"exp": number, "iat": number, "nbf": number, "auth_time": number, mfaAt: number,
		"email_verified": {`"true"`, `1`, `null`, `[]`}, approvalID: text, transfer: text,
		"authorization_details": {`1`, `null`, `true`, `{}`, `"[]"`, `{"0":{"type":"x"}}`},
	}
	for name, values := range wrong {
		for _, value := range values {
			c.payload(token.ClaimWrongType, name+" is "+value, func(p string) string { return setMember(p, name, value) })
		}
	}
	for _, value := range []string{`{"jkt":"x"}`, `{}`, `null`, `"x"`} {
		c.payload(token.SenderConstrained, "cnf is "+value, member(`"cnf":`+value))
	}
	required := map[token.Dialect][]string{token.RFC9068: {"client_id", "jti"}, token.Auth0: {"azp"}}
	c.each(func(dialect token.Dialect, add func(token.Reason, string, ...tokentest.Option)) {
		for _, name := range append(required[dialect], "iss", "sub", "aud", "exp", "iat") {
			add(token.ClaimMissing, "without "+name, tokentest.NoClaim(name))
		}
	})
}

// setMember sets a member of an object's text, which may have it already.
func setMember(object, name, value string) string {
	if start := strings.Index(object, `"`+name+`":`); start >= 0 {
		end := start + len(name) + 3
		if object[end] == '[' {
			end += strings.IndexByte(object[end:], ']') + 1
			return object[:start] + `"` + name + `":` + value + object[end:]
		}
		return replaceMember(object, name, value)
	}
	return member(`"` + name + `":` + value)(object)
}

// claimNames have two claims of one name, or of one name but for case.
func (c *corpus) claimNames() {
	c.group = "name"
	values := map[string]string{
		"iss": `"https://evil.example/"`, "sub": `"auth0|admin"`, "aud": `"https://my-banking-api"`,
		"exp": `9999999999`, "iat": `1800000000`, "nbf": `1800000000`,
		"scope": `"transfer:funds"`, "client_id": `"x"`, "jti": `"x"`, mfaAt: `1800000000`,
		approvalID: `"0123456789abcdefghijklmn"`, transfer: `"1-01 2-01 10.00 EUR k"`,
	}
	for name, value := range values {
		capitals := strings.ToUpper(name)
		// again adds a name once more, before the others or behind them.
		again := func(spelt string, first bool) func(string) string {
			return func(p string) string {
				if p = setMember(p, name, value); first {
					return `{"` + spelt + `":` + value + "," + p[1:]
				}
				return member(`"` + spelt + `":` + value)(p)
			}
		}
		c.payload(token.ClaimsNameRepeated, name+" twice", again(name, false))
		c.payload(token.ClaimsNameRepeated, name+" first again", again(name, true))
		c.payload(token.ClaimsNameRepeated, name+" twice, once escaped",
			again(fmt.Sprintf(`\u%04X%s`, name[0], name[1:]), false))
		c.payload(token.ClaimsNameVariant, name+" and in capitals", again(capitals, false))
		c.payload(token.ClaimsNameVariant, name+" in capitals and itself", again(capitals, true))
		c.payload(token.ClaimsNameVariant, name+" in capitals alone", func(p string) string {
			return strings.Replace(setMember(p, name, value), `"`+name+`":`, `"`+capitals+`":`, 1)
		})
		c.payload(token.ClaimsNameVariant, name+" with its first letter escaped and in capitals",
			again(fmt.Sprintf(`\u%04x%s`, name[0]-'a'+'A', name[1:]), false))
		if long := strings.Replace(name, "s", "ſ", 1); long != name {
			c.payload(token.ClaimsNameVariant, name+" with a long s", member(`"`+long+`":`+value))
		}
		if kelvin := strings.Replace(name, "k", "\u212a", 1); kelvin != name {
			c.payload(token.ClaimsNameVariant, name+" with the Kelvin sign", member(`"`+kelvin+`":`+value))
		}
	}
	c.payload(token.ClaimsNameRepeated, "an unknown claim twice", member(`"x":1,"x":1`))
	c.payload(token.ClaimsNameVariant, "an unknown claim twice, but for case", member(`"role":"user","Role":"admin"`))
	c.payload(token.ClaimsNameRepeated, "a name twice further in", member(`"x":[{"y":{"z":1,"z":2}}]`))
	c.payload(token.ClaimsNameRepeated, "the empty name twice", member(`"":1,"":2`))
	c.payload(token.ClaimsNameVariant, "CNF", member(`"CNF":{}`))
	c.payload(token.ClaimsNameVariant, "Nonce", member(`"Nonce":"x"`))
}

// claimTexts are payloads that are no object of claims, and claims whose text is out of order.
func (c *corpus) claimTexts() {
	c.group = "payload"
	for name, payload := range map[string]string{
		"null": `null`, "a string": `"x"`, "a number": `1`, "true": `true`, "white space": ` `, "not JSON": `sub=x`,
		"unclosed": `{`, "XML": `<x/>`, "YAML": "sub: x\n",
	} {
		c.payload(token.ClaimsMalformed, name, always(payload))
	}
	c.payload(token.ClaimsMalformed, "a list of claims", func(p string) string { return "[" + p + "]" })
	c.payload(token.ClaimsMalformed, "a string of claims", func(p string) string { return quote(p) })
	c.payload(token.ClaimsMalformed, "bytes after", func(p string) string { return p + "}" })
	c.payload(token.ClaimsMalformed, "a NUL after", func(p string) string { return p + "\x00" })
	c.payload(token.ClaimsMalformed, "two objects", func(p string) string { return p + p })
	c.payload(token.ClaimsMalformed, "two objects, a line break between", func(p string) string { return p + "\n{}" })
	c.payload(token.ClaimsMalformed, "a byte order mark", func(p string) string { return "\ufeff" + p })
	c.payload(token.ClaimsMalformed, "a no-break space", func(p string) string { return "\u00a0" + p })
	c.payload(token.ClaimsMalformed, "a form feed", func(p string) string { return "\f" + p })
	c.payload(token.ClaimsMalformed, "a trailing comma", func(p string) string { return p[:len(p)-1] + ",}" })
	for name, value := range map[string]string{
		"half a surrogate pair": `"\ud83d"`, "the other half": `"\udd11"`,
		"a pair the wrong way round": `"\udd11\ud83d"`, "an unknown escape": `"\x41"`, "a short escape": `"\u41"`,
		"a raw tab": "\"\t\"", "a raw NUL": "\"\x00\"", "a byte that is no UTF-8": "\"\xc3\x28\"",
		"an overlong NUL": "\"\xc0\x80\"", "a surrogate in UTF-8": "\"\xed\xa0\x80\"",
		"beyond Unicode": "\"\xf4\x90\x80\x80\"", "a leading zero": `01`, "a plus sign": `+1`, "a bare point": `.5`,
		"a point at the end": `1.`, "hexadecimal": `0x10`, "NaN": `NaN`,
		"Infinity": `-Infinity`, "TRUE": `TRUE`, "undefined": `undefined`, "no value": ``, "a function": `x()`,
		"an exponent without digits": `1e`, "a minus alone": `-`,
	} {
		c.payload(token.ClaimsMalformed, name, member(`"x":`+value))
	}
	c.payload(token.ClaimsTooComplex, "17 deep", member(`"x":`+strings.Repeat("[", 16)+strings.Repeat("]", 16)))
	c.payload(token.ClaimsTooComplex, "17 objects deep",
		member(`"x":`+strings.Repeat(`{"x":`, 16)+"1"+strings.Repeat("}", 16)))
	c.payload(token.ClaimsTooComplex, "2000 deep", member(`"x":`+strings.Repeat("[", 2000)+strings.Repeat("]", 2000)))
	c.payload(token.ClaimsTooComplex, "2000 deep and unclosed", member(`"x":`+strings.Repeat("[", 2000)))
	c.payload(token.ClaimsTooComplex, "129 claims", func(p string) string {
		for i := range 129 {
			p = member(fmt.Sprintf(`"x%d":1`, i))(p)
		}
		return p
	})
	for _, name := range []string{"sub", "client_id", "jti", "session_id", "email"} {
		for what, value := range map[string]string{"empty": "", "256 bytes": strings.Repeat("x", 256),
			"with a line break": "auth0|x\ny", "with a NUL": "auth0|x\x00", "with a C1 control": "auth0|\u0085"} {
			c.access(token.ClaimOutOfBounds, name+" "+what, tokentest.Claim(name, value))
		}
	}
	for what, scope := range map[string]string{
		"two spaces": "view:balance  transfer:funds", "a space before": " transfer:funds",
		"a space after": "transfer:funds ", "a space alone": " ", "a tab": "view:balance\ttransfer:funds",
		"a line break": "view:balance\ntransfer:funds", "a comma and quotes": `"transfer:funds"`,
		"a backslash": `transfer:funds\`, "a no-break space": "view:balance\u00a0transfer:funds",
		"a NUL": "transfer:funds\x00", "not ASCII": "transfer:fünds",
	} {
		c.access(token.ClaimMalformed, "scope with "+what, tokentest.Claim("scope", scope))
	}
	const good = "0123456789abcdefghijklmn"
	for what, id := range map[string]string{
		"empty": "", "of 21 characters": good[:21], "of 65 characters": strings.Repeat("x", 65),
		"with a space": good + " ", "with a line break": good + "\n",
		"with padding": good + "=", "of base64": good + "+/", "with a dot": good + ".", "not ASCII": good + "é",
		"with a NUL": good + "\x00",
	} {
		c.access(token.ClaimMalformed, "an approval_id "+what, tokentest.Claim(approvalID, id))
	}
	for what, text := range map[string]string{
		"empty": "", "of 513 bytes": strings.Repeat("x", 513), "with a line break": "1-01\n2-01",
		"with a tab": "1-01\t2-01", "with a NUL": "1-01\x00", "with a DEL": "1-01\x7f",
		"with a no-break space": "1-01\u00a02-01", "not ASCII": "1-01 2-01 10.00 €",
	} {
		c.access(token.ClaimMalformed, "a transfer "+what, tokentest.Claim(transfer, text))
	}
	c.access(token.ClaimOutOfBounds, "authorization_details of 5 KiB and a byte",
		tokentest.Claim("authorization_details", []string{strings.Repeat("x", 5<<10+1-len(`[""]`))}))
	c.access(token.ClaimOutOfBounds, "65 scopes", tokentest.Claim("scope", strings.Repeat("s ", 64)+"s"))
}
