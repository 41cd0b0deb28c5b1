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

// claimTypeCases give each claim that is read a value of every other type.
func claimTypeCases() []hostile {
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
	var cases []hostile
	for _, name := range sortedKeys(wrong) {
		for _, value := range wrong[name] {
			cases = append(cases, hostile{name: fmt.Sprintf("type: %s is %s", name, value), want: token.ClaimWrongType,
				make: withPayload(func(p string) string { return setMember(p, name, value) })})
		}
	}
	for _, value := range []string{`{"jkt":"x"}`, `{}`, `null`, `"x"`} {
		cases = append(cases, hostile{name: "type: cnf is " + value, want: token.SenderConstrained,
			make: withPayload(member(`"cnf":` + value))})
	}
	for _, name := range []string{"iss", "sub", "aud", "exp", "iat", "client_id", "jti"} {
		cases = append(cases, hostile{name: "type: no " + name, want: token.ClaimMissing,
			make: access(tokentest.NoClaim(name))})
	}
	for _, dialect := range []token.Dialect{token.Auth0, token.IDToken} {
		build := map[token.Dialect]func(...tokentest.Option) func(*forge) string{token.Auth0: access,
			token.IDToken: id}[dialect]
		for _, name := range []string{"iss", "sub", "aud", "exp", "iat"} {
			cases = append(cases, hostile{name: fmt.Sprintf("type: %s without %s", dialect, name), dialect: dialect,
				want: token.ClaimMissing, make: build(tokentest.NoClaim(name))})
		}
	}
	return append(cases, hostile{name: "type: auth0 without azp", dialect: token.Auth0, want: token.ClaimMissing,
		make: access(tokentest.NoClaim("azp"))})
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

// claimNameCases have two claims of one name, or of one name but for case.
func claimNameCases() []hostile {
	var cases []hostile
	add := func(name string, want token.Reason, edit func(string) string) {
		cases = append(cases, hostile{name: "name: " + name, want: want, make: withPayload(edit)})
	}
	values := map[string]string{
		"iss": `"https://evil.example/"`, "sub": `"auth0|admin"`, "aud": `"https://my-banking-api"`,
		"exp": `9999999999`, "iat": `1800000000`, "nbf": `1800000000`,
		"scope": `"transfer:funds"`, "client_id": `"x"`, "jti": `"x"`, mfaAt: `1800000000`,
		approvalID: `"0123456789abcdefghijklmn"`, transfer: `"1-01 2-01 10.00 EUR k"`,
	}
	for _, name := range sortedKeys(values) {
		value := values[name]
		base := func(p string) string { return setMember(p, name, value) }
		add(name+" twice", token.ClaimsNameRepeated, func(p string) string {
			return member(`"` + name + `":` +
				value)(base(p))
		})
		add(name+" first again", token.ClaimsNameRepeated, func(p string) string {
			return strings.Replace(base(p), `{`, `{"`+name+`":`+value+`,`, 1)
		})
		add(name+" twice, once escaped", token.ClaimsNameRepeated, func(p string) string {
			return member(fmt.Sprintf(`"\u%04X%s":%s`, name[0], name[1:], value))(base(p))
		})
		add(name+" and in capitals", token.ClaimsNameVariant,
			func(p string) string { return member(`"` + strings.ToUpper(name) + `":` + value)(base(p)) })
		add(name+" in capitals and itself", token.ClaimsNameVariant, func(p string) string {
			return strings.Replace(base(p), `{`, `{"`+strings.ToUpper(name)+`":`+value+`,`, 1)
		})
		add(name+" in capitals alone", token.ClaimsNameVariant, func(p string) string {
			return strings.Replace(base(p), `"`+name+`":`, `"`+strings.ToUpper(name)+`":`, 1)
		})
		add(name+" with its first letter escaped and in capitals", token.ClaimsNameVariant, func(p string) string {
			return member(fmt.Sprintf(`"\u%04x%s":%s`, name[0]-'a'+'A', name[1:], value))(base(p))
		})
		if long := strings.Replace(name, "s", "ſ", 1); long != name {
			add(name+" with a long s", token.ClaimsNameVariant, member(`"`+long+`":`+value))
		}
		if kelvin := strings.Replace(name, "k", "\u212a", 1); kelvin != name {
			add(name+" with the Kelvin sign", token.ClaimsNameVariant, member(`"`+kelvin+`":`+value))
		}
	}
	add("an unknown claim twice", token.ClaimsNameRepeated, member(`"x":1,"x":1`))
	add("an unknown claim twice, but for case", token.ClaimsNameVariant, member(`"role":"user","Role":"admin"`))
	add("a name twice further in", token.ClaimsNameRepeated, member(`"x":[{"y":{"z":1,"z":2}}]`))
	add("the empty name twice", token.ClaimsNameRepeated, member(`"":1,"":2`))
	add("CNF", token.ClaimsNameVariant, member(`"CNF":{}`))
	add("Nonce", token.ClaimsNameVariant, member(`"Nonce":"x"`))
	return cases
}

// claimTextCases are payloads that are no object of claims, and claims whose text is out of order.
func claimTextCases() []hostile {
	var cases []hostile
	add := func(name string, want token.Reason, edit func(string) string) {
		cases = append(cases, hostile{name: "payload: " + name, want: want, make: withPayload(edit)})
	}
	for name, payload := range map[string]string{
		"null": `null`, "a string": `"x"`, "a number": `1`, "true": `true`, "white space": ` `, "not JSON": `sub=x`,
		"unclosed": `{`, "XML": `<x/>`, "YAML": "sub: x\n",
	} {
		add(name, token.ClaimsMalformed, always(payload))
	}
	add("a list of claims", token.ClaimsMalformed, func(p string) string { return "[" + p + "]" })
	add("a string of claims", token.ClaimsMalformed, func(p string) string { return quote(p) })
	add("bytes after", token.ClaimsMalformed, func(p string) string { return p + "}" })
	add("a NUL after", token.ClaimsMalformed, func(p string) string { return p + "\x00" })
	add("two objects", token.ClaimsMalformed, func(p string) string { return p + p })
	add("two objects, a line break between", token.ClaimsMalformed, func(p string) string { return p + "\n{}" })
	add("a byte order mark", token.ClaimsMalformed, func(p string) string { return "\ufeff" + p })
	add("a no-break space", token.ClaimsMalformed, func(p string) string { return "\u00a0" + p })
	add("a form feed", token.ClaimsMalformed, func(p string) string { return "\f" + p })
	add("a trailing comma", token.ClaimsMalformed, func(p string) string { return strings.TrimSuffix(p, "}") + ",}" })
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
		add(name, token.ClaimsMalformed, member(`"x":`+value))
	}
	add("17 deep", token.ClaimsTooComplex, member(`"x":`+strings.Repeat("[", 16)+strings.Repeat("]", 16)))
	add("17 objects deep", token.ClaimsTooComplex, member(`"x":`+strings.Repeat(`{"x":`, 16)+"1"+strings.Repeat("}",
		16)))
	add("2000 deep", token.ClaimsTooComplex, member(`"x":`+strings.Repeat("[", 2000)+strings.Repeat("]", 2000)))
	add("2000 deep and unclosed", token.ClaimsTooComplex, member(`"x":`+strings.Repeat("[", 2000)))
	add("129 claims", token.ClaimsTooComplex, func(p string) string {
		for i := range 129 {
			p = member(fmt.Sprintf(`"x%d":1`, i))(p)
		}
		return p
	})
	for _, name := range []string{"sub", "client_id", "jti", "session_id", "email"} {
		for what, value := range map[string]string{"empty": "", "256 bytes": strings.Repeat("x", 256),
			"with a line break": "auth0|x\ny", "with a NUL": "auth0|x\x00", "with a C1 control": "auth0|\u0085"} {
			cases = append(cases, hostile{name: "payload: " + name + " " + what, want: token.ClaimOutOfBounds,
				make: access(tokentest.Claim(name, value))})
		}
	}
	for what, scope := range map[string]string{
		"two spaces": "view:balance  transfer:funds", "a space before": " transfer:funds",
		"a space after": "transfer:funds ", "a space alone": " ", "a tab": "view:balance\ttransfer:funds",
		"a line break": "view:balance\ntransfer:funds", "a comma and quotes": `"transfer:funds"`,
		"a backslash": `transfer:funds\`, "a no-break space": "view:balance\u00a0transfer:funds",
		"a NUL": "transfer:funds\x00", "not ASCII": "transfer:fünds",
	} {
		cases = append(cases, hostile{name: "payload: scope with " + what, want: token.ClaimMalformed,
			make: access(tokentest.Claim("scope", scope))})
	}
	const good = "0123456789abcdefghijklmn"
	for what, id := range map[string]string{
		"empty": "", "of 21 characters": good[:21], "of 65 characters": strings.Repeat("x", 65),
		"with a space": good + " ", "with a line break": good + "\n",
		"with padding": good + "=", "of base64": good + "+/", "with a dot": good + ".", "not ASCII": good + "é",
		"with a NUL": good + "\x00",
	} {
		cases = append(cases, hostile{name: "payload: an approval_id " + what, want: token.ClaimMalformed,
			make: access(tokentest.Claim(approvalID, id))})
	}
	for what, text := range map[string]string{
		"empty": "", "of 513 bytes": strings.Repeat("x", 513), "with a line break": "1-01\n2-01",
		"with a tab": "1-01\t2-01", "with a NUL": "1-01\x00", "with a DEL": "1-01\x7f",
		"with a no-break space": "1-01\u00a02-01", "not ASCII": "1-01 2-01 10.00 €",
	} {
		cases = append(cases, hostile{name: "payload: a transfer " + what, want: token.ClaimMalformed,
			make: access(tokentest.Claim(transfer, text))})
	}
	cases = append(cases, hostile{name: "payload: authorization_details of 5 KiB and a byte", want: token.ClaimOutOfBounds,
		make: access(tokentest.Claim("authorization_details", []string{strings.Repeat("x", 5<<10+1-len(`[""]`))}))})
	return append(cases, hostile{name: "payload: 65 scopes", want: token.ClaimOutOfBounds,
		make: access(tokentest.Claim("scope", strings.Repeat("s ", 64)+"s"))})
}
