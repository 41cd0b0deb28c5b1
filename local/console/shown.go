package console

import (
	"bytes"
	"encoding/json"
	"path"
	"regexp"
	"strings"
	"unicode"
)

// A client may put anything into a token, a path or a header. Of a token the page shows the claims in the tables below,
// each in one of four ways; of a path and an error plain words (see [words]). What functions and Actions log is shown
// as they write it: other tests hold that they log no secret. And what looks like a credential is cut out of every text
// (see [plain]).

// way is how a claim is shown.
type way int

const (
	never   way = iota // the name alone
	text               // in full, without what looks like a credential
	short              // the first characters, which tell two apart and open nothing
	number             // a number or a truth value
	seconds            // a NumericDate
)

// headerShown is what is shown of a token's header.
var headerShown = map[string]way{"alg": text, "typ": text, "kid": short}

// claimShown is what is shown of a token's claims. A name that begins with a slash is the last part of a custom claim's
// name, which is an address.
var claimShown = map[string]way{
	"iss": text, "sub": text, "aud": text, "azp": text, "client_id": text, "scope": text, "permissions": text,
	"gty": text, "acr": text, "amr": text, "exp": seconds, "iat": seconds, "nbf": seconds, "auth_time": seconds,
	"email": text, "email_verified": number, "jti": short,
	"/mfa_at": seconds, "/approval_id": short, "/transfer": text,
	"session_id": never, // the bridge's one-time proof of a login
	"nonce":      never, "sid": never, "at_hash": never, "c_hash": never,
}

const (
	longest = 400 // characters of a text
	told    = 8   // characters of what is shown short
)

// codeOrToken matches an authorization code and a piece of a JWT.
var codeOrToken = regexp.MustCompile(`(?i:dbc_[a-z0-9]*)|eyJ[\w.-]*`)

// credentialForm matches also any 40 characters in a row, which could be 240 random bits. UUIDs, client ids, resource
// names and URLs have shorter runs.
var credentialForm = regexp.MustCompile(codeOrToken.String() + `|[\w+=~-]{40,}`)

const removed = "[withheld]"

// plain is a text of one line, without what looks like a credential.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsPrint(r) && r != ' ' {
			return '\uFFFD'
		}
		return r
	}, s)
	// Before the cut: the rest of a credential could be too short to be known as one.
	if suspect(s) {
		s = credentialForm.ReplaceAllString(s, removed)
	}
	return cut(s)
}

// shown is a text as the page may show it, and anything else as its JSON.
type shown string

// UnmarshalJSON takes from the text what looks like a credential.
func (s *shown) UnmarshalJSON(raw []byte) error {
	text := string(raw)
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return err
		}
	}
	*s = shown(plain(text))
	return nil
}

// suspect is a quick test that most texts fail, so that the expression need not look at them.
func suspect(s string) bool {
	return len(s) >= 40 || strings.Contains(s, "eyJ") || strings.Contains(strings.ToLower(s), "dbc_")
}

func cut(s string) string {
	if runes := []rune(s); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return s
}

// start is the start of a name that is as good as random.
func start(s string) string {
	if runes := []rune(s); len(runes) > told {
		s = string(runes[:told]) + "…"
	}
	return plain(s)
}

// ordinary matches letters with punctuation, or a number. A word that mixes the two may be a secret.
var ordinary = regexp.MustCompile(`^[("'\[]*([A-Za-z/_.:'-]{1,40}|[0-9][0-9.,:]{0,15}(ms|s|%)?)[)"'\].,;:!?]*$`)

// words is the first line of a text that a client may have had a part in, without words that are not ordinary.
func words(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	list := strings.Fields(s)
	for i, word := range list {
		if !ordinary.MatchString(word) {
			list[i] = removed
		}
	}
	return plain(strings.Join(list, " "))
}

// fields shows the members of an object by a table, in the object's order; others counts those that are not in it.
func fields(object []byte, table map[string]way) (list []field, others int, ok bool) {
	ok = eachMember(object, func(name string, raw json.RawMessage) {
		how, listed := table[name]
		if address, last := path.Split(name); !listed && strings.HasPrefix(address, "https://") {
			how, listed = table["/"+last]
		}
		if !listed {
			others++
			return
		}
		list = append(list, show(name, how, raw))
	})
	return list, others, ok
}

// eachMember goes through the members of an object in their order, and tells whether it is one.
func eachMember(object []byte, do func(name string, value json.RawMessage)) bool {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return false
	}
	for d.More() {
		name, err := d.Token()
		var value json.RawMessage
		if err != nil || d.Decode(&value) != nil {
			return false
		}
		do(name.(string), value)
	}
	return true
}

// show is one value. A value of another kind than its name promises is withheld.
func show(name string, how way, raw json.RawMessage) field {
	f := field{Name: name}
	var one string
	var list []string
	var flag bool
	var n json.Number
	switch {
	case how == text && json.Unmarshal(raw, &list) == nil: // as an audience
		f.Value = plain(strings.Join(list, ", "))
	case (how == text || how == short) && json.Unmarshal(raw, &one) == nil:
		if f.Value = plain(one); how == short {
			f.Value = start(one)
		}
	case how == number && json.Unmarshal(raw, &flag) == nil:
		f.Value = string(raw)
	case (how == number || how == seconds) && raw[0] != '"' && json.Unmarshal(raw, &n) == nil:
		f.Value, f.Time = plain(n.String()), how == seconds
	}
	f.Withheld = f.Value == ""
	return f
}
