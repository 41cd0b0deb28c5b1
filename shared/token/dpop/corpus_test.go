package dpop_test

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/token/dpop"
	"drawbridge/shared/token/dpop/dpoptest"
)

const (
	secret = "a-secret-of-43-characters-as-the-template-asks"
	token  = "eyJ0eXAiOiJhdCtqd3QifQ.e30.c2lnbmF0dXJl"
	issuer = "https://login.bank.example/"
	base   = "https://api.bank.example"
	page   = base + "/transfers"
)

var start = time.Unix(1_800_000_000, 0)

// world is a client whose token is bound to its key, and a verifier.
type world struct {
	*dpoptest.Client
	thief    *dpoptest.Client // who has the token and another key
	verifier *dpop.Verifier
	now      time.Time
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{Client: dpoptest.New(t), thief: dpoptest.New(t), now: start}
	w.Client.Now = func() time.Time { return w.now }
	w.thief.Now = w.Client.Now
	var err error
	w.verifier, err = dpop.New(dpop.Config{Secret: secret, Bases: []string{base}, Now: w.Client.Now})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// request is GET /transfers?limit=5 with the token.
func (w *world) request() dpop.Request {
	return dpop.Request{
		Method: "GET", Domain: "abc.execute-api.eu-central-1.amazonaws.com", ContextPath: "/prod/transfers",
		Path: "/transfers", Token: token, Issuer: issuer, Thumbprint: w.Thumbprint(),
	}
}

func (w *world) nonce() string { return w.verifier.Nonce(w.Thumbprint()) }

// payload is that of a good proof for the request.
func (w *world) payload() string { return w.Payload("GET", page, token, w.nonce()) }

func (w *world) good() string { return w.Sign(w.Header(), w.payload()) }

// verify shows the verifier proofs for the request.
func (w *world) verify(headers ...string) error {
	_, err := w.verifier.Verify(headers, w.request())
	return err
}

// reason is why a proof was refused; empty if it was not.
func reason(err error) dpop.Reason {
	var refusal *dpop.Error
	if errors.As(err, &refusal) {
		return refusal.Reason
	}
	return ""
}

// hostile is a good proof that was spoiled, and the reason for which it must be refused.
type hostile struct {
	name string
	want dpop.Reason
	make func(w *world) []string
}

// corpus is the one table.
func corpus() (list []hostile) {
	add := func(want dpop.Reason, name string, make func(w *world) []string) {
		list = append(list, hostile{name, want, make})
	}
	one := func(want dpop.Reason, name string, make func(w *world) string) {
		add(want, name, func(w *world) []string { return []string{make(w)} })
	}
	raw := func(want dpop.Reason, name string, edit func(proof string) string) {
		one(want, "form: "+name, func(w *world) string { return edit(w.good()) })
	}
	header := func(want dpop.Reason, old, new string) {
		one(want, "header: "+old+" → "+new, func(w *world) string {
			return w.Sign(swap(w.Header(), old, new), w.payload())
		})
	}
	claims := func(want dpop.Reason, name string, edit func(payload string) string) {
		one(want, name, func(w *world) string { return w.Sign(w.Header(), edit(w.payload())) })
	}
	payload := func(want dpop.Reason, old, new string) {
		claims(want, "payload: "+old+" → "+new, func(payload string) string { return swap(payload, old, new) })
	}

	add(dpop.Missing, "no header", func(*world) []string { return nil })
	add(dpop.Several, "two good ones", func(w *world) []string { return []string{w.good(), w.good()} })
	add(dpop.Several, "the same twice", func(w *world) []string { g := w.good(); return []string{g, g} })
	add(dpop.Several, "a good one and junk", func(w *world) []string { return []string{w.good(), "x"} })
	add(dpop.Several, "junk and a good one", func(w *world) []string { return []string{"", w.good()} })

	raw(dpop.WrongParts, "empty", func(string) string { return "" })
	raw(dpop.WrongParts, "a word", func(string) string { return "proof" })
	raw(dpop.WrongParts, "two parts", func(p string) string { return p[:strings.LastIndexByte(p, '.')] })
	raw(dpop.WrongParts, "four parts", func(p string) string { return p + ".e30" })
	raw(dpop.WrongParts, "five parts", func(p string) string { return p + ".e30.e30" })
	raw(dpop.WrongParts, "no header", func(p string) string { return p[strings.IndexByte(p, '.'):] })
	raw(dpop.WrongParts, "no payload", func(p string) string {
		parts := strings.Split(p, ".")
		return parts[0] + ".." + parts[2]
	})
	raw(dpop.WrongParts, "two proofs in one header", func(p string) string { return p + ", " + p })
	raw(dpop.TooLarge, "five kilobytes", func(p string) string { return p + strings.Repeat("A", 5<<10) })
	for name, edit := range map[string]func(string) string{
		"padding":             func(p string) string { return p + "==" },
		"a space before":      func(p string) string { return " " + p },
		"a space after":       func(p string) string { return p + " " },
		"a line break":        func(p string) string { return p + "\n" },
		"a line break inside": func(p string) string { return p[:9] + "\r\n" + p[9:] },
		"a quoted proof":      func(p string) string { return `"` + p + `"` },
		"a scheme before":     func(p string) string { return "DPoP " + p },
		"base64's own letters": func(p string) string {
			return strings.Replace(p, ".", "+/.", 1)
		},
		"bits left over": func(p string) string { return p[:len(p)-1] + nextLetter(p[len(p)-1]) },
		"not ASCII":      func(p string) string { return p + "é" },
		"a NUL":          func(p string) string { return p + "\x00" },
		"a comma":        func(p string) string { return p + "," },
	} {
		raw(dpop.WrongEncoding, name, edit)
	}

	for _, text := range []string{
		"", " ", "null", "[]", `"{}"`, "1", "{", "{}{}", "{} x", `{"typ":}`, `{'typ':'dpop+jwt'}`, "\xef\xbb\xbf{}",
		"{\"typ\":\"\xff\"}", `{"typ":"\ud800"}`,
	} {
		want := dpop.HeaderMalformed
		if text == "" {
			want = dpop.WrongParts
		}
		one(want, "header text "+strconv.Quote(text), func(w *world) string { return w.Sign(text, w.payload()) })
		if text != "" {
			want = dpop.ClaimsMalformed
		}
		one(want, "payload text "+strconv.Quote(text), func(w *world) string { return w.Sign(w.Header(), text) })
	}

	for _, member := range []string{
		`"typ":"dpop+jwt"`, `"alg":"ES256"`, `"Typ":"dpop+jwt"`, `"ALG":"none"`, `"Jwk":{}`, `"a":1,"A":2`,
		`"a":{"b":1,"b":2}`, `"a":{"b":{"c":{"d":{}}}}`, `"ſomething":1,"something":2`,
	} {
		header(dpop.HeaderMalformed, `{"typ"`, "{"+member+`,"typ"`)
	}
	header(dpop.HeaderMalformed, `,"alg"`, many(16)+`,"alg"`)
	header(dpop.HeaderMalformed, `"kty":"EC"`, `"kty":"EC","kty":"EC"`)
	header(dpop.HeaderMalformed, `"kty":"EC"`, `"kty":"EC","KTY":"RSA"`)
	header(dpop.HeaderMalformed, `"x":`, `"X":"A","x":`)
	for _, typ := range []string{
		`"jwt"`, `"JWT"`, `"at+jwt"`, `"DPOP+JWT"`, `"dpop+JWT"`, `"application/dpop+jwt"`, `"dpop"`, `""`, `null`, `1`,
		`["dpop+jwt"]`, `"dpop+jwt "`, `"dpop\u0000+jwt"`,
	} {
		header(dpop.WrongType, `"dpop+jwt"`, typ)
	}
	header(dpop.WrongType, `"typ":"dpop+jwt",`, "")
	for _, alg := range []string{
		`"none"`, `"None"`, `"HS256"`, `"RS256"`, `"PS256"`, `"ES384"`, `"ES512"`, `"ES256K"`, `"EdDSA"`, `"Ed25519"`,
		`"es256"`, `""`, `null`, `["ES256"]`, `256`,
	} {
		header(dpop.AlgorithmRefused, `"ES256"`, alg)
	}
	header(dpop.AlgorithmRefused, `"alg":"ES256",`, "")
	for _, member := range []string{
		`"crit":["exp"]`, `"crit":[]`, `"crit":null`, `"jku":"https://evil.example/"`, `"x5u":"https://evil.example/"`,
		`"x5c":["MII="]`, `"b64":false`, `"b64":true`, `"zip":"DEF"`, `"enc":"A128GCM"`, `"cty":"JWT"`,
	} {
		header(dpop.HeaderRefused, `"alg":`, member+`,"alg":`)
	}
	for _, member := range []string{`"d":"AA"`, `"d":null`, `"d":""`, `"D":"AA"`, `"k":"AA"`, `"p":"AA"`, `"q":1`,
		`"dp":"AA"`, `"dq":"AA"`, `"qi":"AA"`, `"oth":[]`} {
		header(dpop.KeyPrivate, `"kty":`, member+`,"kty":`)
	}
	for _, member := range []string{`"use":"enc"`, `"use":null`, `"alg":"ES384"`, `"alg":"none"`, `"key_ops":["sign"]`,
		`"key_ops":[]`, `"key_ops":"verify"`} {
		header(dpop.KeyRefused, `"kty":`, member+`,"kty":`)
	}
	for old, several := range map[string][]string{
		`"EC"`:    {`"RSA"`, `"OKP"`, `"oct"`, `"ec"`, `null`},
		`"P-256"`: {`"P-384"`, `"secp256k1"`, `"p-256"`, `"Ed25519"`, `null`},
		`"x":"`:   {`"x":"A`, `"x":"=`, `"x":"+`, `"x1":"`}, `"y":"`: {`"y":"AA`, `"y":" `, `"y1":"`},
	} {
		for _, new := range several {
			header(dpop.KeyRefused, old, new)
		}
	}
	one(dpop.KeyRefused, "the point at infinity", func(w *world) string {
		zero := strings.Repeat("A", 43)
		jwk := `{"kty":"EC","crv":"P-256","x":"` + zero + `","y":""}`
		return w.Sign(`{"typ":"dpop+jwt","alg":"ES256","jwk":`+jwk+`}`, w.payload())
	})
	one(dpop.KeyMissing, "no jwk", func(w *world) string {
		return w.Sign(`{"typ":"dpop+jwt","alg":"ES256"}`, w.payload())
	})
	one(dpop.KeyMissing, "a kid for the jwk", func(w *world) string {
		return w.Sign(`{"typ":"dpop+jwt","alg":"ES256","kid":"key"}`, w.payload())
	})
	for _, jwk := range []string{"null", `"key"`, "[]", "1"} {
		one(dpop.KeyMissing, "jwk "+jwk, func(w *world) string {
			return w.Sign(`{"typ":"dpop+jwt","alg":"ES256","jwk":`+jwk+`}`, w.payload())
		})
	}

	for _, member := range []string{
		`"jti":"another"`, `"HTM":"POST"`, `"Htu":"https://api.bank.example/"`, `"IAT":1`, `"Ath":"A"`, `"NONCE":"n"`,
		`"a":1,"A":2`, `"a":{"b":1,"b":2}`,
	} {
		payload(dpop.ClaimsMalformed, "}", ","+member+"}")
	}
	payload(dpop.ClaimsMalformed, "}", many(32)+"}")
	for _, name := range []string{"jti", "htm", "htu", "iat", "ath"} {
		payload(dpop.ClaimMissing, `"`+name+`":`, `"x-`+name+`":`)
	}
	for _, name := range []string{"jti", "htm", "htu", "iat", "ath", "nonce"} {
		for _, value := range []string{"null", "true", "[]", "{}", `""`, `" "`, `"\u0000"`, `"é"`} {
			claims(dpop.ClaimRefused, name+" is "+value, func(p string) string { return with(p, name, value) })
		}
	}
	claims(dpop.ClaimRefused, "a jti of 129 bytes", func(payload string) string {
		return with(payload, "jti", `"`+strings.Repeat("j", 129)+`"`)
	})
	claims(dpop.ClaimRefused, "a nonce of 257 bytes", func(payload string) string {
		return with(payload, "nonce", `"`+strings.Repeat("n", 257)+`"`)
	})
	for _, iat := range []string{
		"1.8e9", "1800000000.0", "1800000000000", "-1800000000", "0", "999999999", `"1800000000"`,
	} {
		claims(dpop.ClaimRefused, "iat "+iat, func(payload string) string { return with(payload, "iat", iat) })
	}
	for _, claim := range []string{`"exp":null`, `"exp":"soon"`, `"nbf":1.5`, `"nbf":0`} {
		payload(dpop.ClaimRefused, "{", "{"+claim+",")
	}

	for _, method := range []string{"POST", "get", "Get", "HEAD", "OPTIONS", "GET,POST", "*", "G\u0045T/"} {
		one(dpop.WrongMethod, "htm "+method, func(w *world) string { return w.Proof(method, page, token, w.nonce()) })
	}
	for name, off := range map[string]struct {
		want    dpop.Reason
		name    string
		seconds int64
	}{
		"iat a second too old":   {dpop.TooOld, "iat", -int64(dpop.Window/time.Second) - 1},
		"iat 61 minutes old":     {dpop.TooOld, "iat", -3660},
		"iat 61 minutes ahead":   {dpop.TooEarly, "iat", 3660},
		"iat a day old":          {dpop.TooOld, "iat", -86400},
		"iat a second too early": {dpop.TooEarly, "iat", int64(dpop.Window/time.Second) + 1},
		"iat a day ahead":        {dpop.TooEarly, "iat", 86400},
		"exp now":                {dpop.TooOld, "exp", 0},
		"exp past":               {dpop.TooOld, "exp", -60},
		"nbf two hours ahead":    {dpop.TooEarly, "nbf", 7200},
	} {
		claims(off.want, name, func(payload string) string {
			return with(payload, off.name, strconv.FormatInt(start.Unix()+off.seconds, 10))
		})
	}
	uri := func(want dpop.Reason, htu string) {
		one(want, "htu "+htu, func(w *world) string { return w.Proof("GET", htu, token, w.nonce()) })
	}
	for _, htu := range []string{
		"/transfers", "transfers", "api.bank.example/transfers", "//api.bank.example/transfers",
		"ftp://api.bank.example/", "https:/api.bank.example/transfers", "https://", "https:///transfers",
		"javascript:alert(1)", "*", "https://me@api.bank.example/transfers",
		"https://api.bank.example@evil.example/transfers", "https://api.bank.example\\@evil.example/transfers",
		base + "/transfers%", base + "/%2", base + "/%zz", base + "%2ftransfers",
	} {
		uri(dpop.URIMalformed, htu)
	}
	for _, htu := range []string{
		"http://api.bank.example/transfers", base + ":8443/transfers", base + ":80/transfers",
		base + ":0443/transfers", base + "./transfers", "https://www.api.bank.example/transfers",
		base + ".evil.example/transfers", "https://evil.example/transfers", "https://xapi.bank.example/transfers",
		base + "/", base, base + "/transfer", page + "/", base + "//transfers", base + "/Transfers",
		base + "/prod/transfers", page + "/1", page + ";a=1", page + "%2F", base + "/x/../transfers",
		base + "/./transfers", page + "%3Flimit=5", page + "%00", base + "?/transfers", base + "#/transfers",
		"https://abc.execute-api.eu-central-1.amazonaws.com/transfers",
		"https://abc.execute-api.eu-central-1.amazonaws.com/dev/transfers",
	} {
		uri(dpop.WrongURI, htu)
	}

	one(dpop.WrongKey, "another client's key", func(w *world) string {
		return w.thief.Proof("GET", page, token, w.nonce())
	})
	one(dpop.WrongKey, "another client's key with a nonce of its own", func(w *world) string {
		return w.thief.Proof("GET", page, token, w.verifier.Nonce(w.thief.Thumbprint()))
	})
	for name, other := range map[string]string{
		"another token": "another", "no token": "", "the token and a space": token + " ", "its first part": token[:23],
	} {
		one(dpop.WrongToken, "ath of "+name, func(w *world) string { return w.Proof("GET", page, other, w.nonce()) })
	}
	hash := dpoptest.Hash(token)
	for name, ath := range map[string]string{
		"in hex": strings.Repeat("ab", 32), "with padding": hash + "=", "half of it": hash[:22], "the token": token,
	} {
		claims(dpop.WrongToken, "ath "+name, func(payload string) string { return with(payload, "ath", `"`+ath+`"`) })
	}

	one(dpop.NonceMissing, "no nonce", func(w *world) string { return w.Proof("GET", page, token, "") })
	for name, nonce := range map[string]func(w *world) string{
		"a word":          func(*world) string { return "nonce" },
		"another key's":   func(w *world) string { return w.verifier.Nonce(w.thief.Thumbprint()) },
		"with padding":    func(w *world) string { return w.nonce() + "=" },
		"cut short":       func(w *world) string { return w.nonce()[:31] },
		"one letter off":  func(w *world) string { n := w.nonce(); return n[:31] + nextLetter(n[31]) },
		"another step's":  func(w *world) string { return "AAAAAA" + w.nonce()[6:] },
		"two minutes old": func(w *world) string { return w.nonceAt(-dpop.NonceLife) },
		"a minute ahead":  func(w *world) string { return w.nonceAt(dpop.NonceStep) },
		"of another secret": func(w *world) string {
			other, err := dpop.New(dpop.Config{Secret: strings.Repeat("s", 43), Now: w.Client.Now})
			if err != nil {
				panic(err)
			}
			return other.Nonce(w.Thumbprint())
		},
	} {
		one(dpop.NonceRefused, "nonce "+name, func(w *world) string { return w.Proof("GET", page, token, nonce(w)) })
	}

	raw(dpop.SignatureSize, "no signature", func(p string) string { return p[:strings.LastIndexByte(p, '.')+1] })
	raw(dpop.SignatureSize, "a byte more", func(p string) string { return p[:len(p)-1] + "AAA" })
	raw(dpop.SignatureSize, "half of it", func(p string) string { return p[:len(p)-46] })
	raw(dpop.SignatureMismatch, "zeros", func(p string) string { return p[:len(p)-86] + strings.Repeat("A", 86) })
	raw(dpop.SignatureMismatch, "another bit", func(p string) string {
		return p[:len(p)-50] + nextLetter(p[len(p)-50]) + p[len(p)-49:]
	})
	one(dpop.SignatureMismatch, "another proof's signature", func(w *world) string {
		one, two := w.good(), w.good()
		return one[:len(one)-86] + two[len(two)-86:]
	})
	one(dpop.SignatureMismatch, "the thief signs for the client's key", func(w *world) string {
		return w.thief.Sign(w.Header(), w.payload())
	})
	one(dpop.SignatureMismatch, "a header spelled anew", func(w *world) string {
		good := w.good()
		spaced := w.Sign(w.Header()+" ", "{}")
		return spaced[:strings.IndexByte(spaced, '.')] + good[strings.IndexByte(good, '.'):]
	})
	return list
}

func TestEveryHostileProofIsRefusedForTheReasonNamed(t *testing.T) {
	w := newWorld(t)
	cases := corpus()
	if len(cases) < 150 {
		t.Errorf("the corpus has %d proofs, want 150 at least", len(cases))
	}
	seen, refused := make(map[string]bool), make(map[dpop.Reason]int)
	for _, c := range cases {
		if seen[c.name] {
			t.Errorf("%s: there twice", c.name)
		}
		seen[c.name] = true
		if err := w.verify(w.good()); err != nil {
			t.Fatalf("before %s a good proof is refused: %v", c.name, err)
		}
		switch err := w.verify(c.make(w)...); {
		case err == nil:
			t.Errorf("%s: ACCEPTED", c.name)
		case reason(err) != c.want:
			t.Errorf("%s: want %s, got %v", c.name, c.want, err)
		}
		refused[c.want]++
	}
	for _, reason := range dpop.Reasons() {
		if refused[reason] == 0 {
			t.Errorf("no proof of the corpus is refused for %s", reason)
		}
	}
	t.Logf("%d hostile proofs refused, by reason: %v", len(cases), refused)
}

// nonceAt is the nonce of another time.
func (w *world) nonceAt(offset time.Duration) string {
	w.now = w.now.Add(offset)
	defer func() { w.now = w.now.Add(-offset) }()
	return w.nonce()
}

// swap replaces the first occurrence of a text that must be there.
func swap(text, old, new string) string {
	if !strings.Contains(text, old) {
		panic("no " + old + " in " + text)
	}
	return strings.Replace(text, old, new, 1)
}

// with gives a claim another value, in JSON.
func with(payload, name, value string) string {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(payload), &members); err != nil {
		panic(err)
	}
	delete(members, name)
	rest, err := json.Marshal(members)
	if err != nil {
		panic(err)
	}
	return string(rest[:len(rest)-1]) + `,"` + name + `":` + value + "}"
}

// many are n members that mean nothing.
func many(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`,"member` + strconv.Itoa(i) + `":1`)
	}
	return b.String()
}

// nextLetter is another letter of base64url, one bit away.
func nextLetter(c byte) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(letters[strings.IndexByte(letters, c)^1])
}
