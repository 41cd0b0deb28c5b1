package observatory

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
)

// What may be shown is decided here and nowhere else. A name that is in none of the tables is not shown, and neither
// is its value. A value that is shown has passed one of the four ways below, for its name alone vouches for nothing:
// claims and paths come from the client, unverified.

// way is how a value is shown.
type way int

const (
	never   way = iota // the name, so that one sees that it is there; not the value
	text               // in full, save for what looks like a credential
	short              // the first characters: enough to tell two apart, of no use to anyone else
	number             // a number or a truth value
	seconds            // a NumericDate
	prose              // plain words and numbers; anything else in it is left out
)

// headerShown is what is shown of a token's header.
var headerShown = map[string]way{"alg": text, "typ": text, "kid": short}

// claimShown is what is shown of a token's claims.
var claimShown = map[string]way{
	"iss": text, "sub": text, "aud": text, "azp": text, "client_id": text, "scope": text, "permissions": text, "gty": text,
	"acr": text, "amr": text, "exp": seconds, "iat": seconds, "nbf": seconds, "auth_time": seconds,
	"https://my-banking-api/mfa_at": seconds, "email": text, "email_verified": number, "jti": short,
	"session_id": never, // the bridge's one-time proof of a login
	"nonce":      never, "sid": never, "at_hash": never, "c_hash": never,
}

// logShown is what is shown of a line that a function logs as JSON.
var logShown = map[string]way{
	"level": text, "decision": text, "reason": text, "kind": text, "code": text, "event": text, "outcome": text, "route": text,
	"command": text, "limit": text, "difference": text, "name": text, "status": number, "ms": number, "latency_us": number, "ended": number,
	"dry_run": number, "keep_sessions": number, "everywhere": number, "key_set_fetches": number, "key_set_failures": number, "key_set_age_s": number,
	"kid": short, "session": short, "account": short, "customer_id": text, "sub": text, "client_id": text,
	"cause": prose, "user_agent": never, "nonce": never,
}

// logIdle are attributes that say nothing here and are not even counted as withheld: the time is now, the request is
// the one that is shown, the metrics are for CloudWatch.
var logIdle = map[string]bool{"time": true, "msg": true, "request_id": true, "_aws": true, "decisions": true, "ip": true, "by": true}

// optionShown is what is shown of an object that an Action passes to its api.
var optionShown = map[string]way{"type": text, "ttl": number, "otpFallback": number, "allowRememberBrowser": number}

const (
	longest = 200 // characters of a text
	told    = 8   // characters of what is shown short
)

// credential is what a text may have in it that must not be shown: an authorization code, a piece of a JWT, or any 40
// characters in a row that could be 240 random bits. UUIDs, client ids, resource names and URLs are shorter.
var credential = regexp.MustCompile(`(?i:dbc_[a-z0-9]*)|eyJ[\w.-]*|[\w+=~-]{40,}`)

const removed = "[withheld]"

// plain is a text of one line, without what looks like a credential.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsPrint(r) && r != ' ' {
			return '\uFFFD'
		}
		return r
	}, s)
	// First the credentials: of one that is cut the rest could be too short to be known.
	if suspect(s) {
		s = credential.ReplaceAllString(s, removed)
	}
	return cut(s)
}

// suspect tells, in a fraction of the time, which texts the expression need not be asked about: nearly all of them.
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

// ordinary is a word of prose: letters with punctuation around and between, or a number. A word that mixes the two is
// more likely to be something that was made up.
var ordinary = regexp.MustCompile(`^[("'\[]*([A-Za-z/_.:'-]{1,40}|[0-9][0-9.,:]{0,15}(ms|s|%)?)[)"'\].,;:!?]*$`)

// words is the first line of a text that anybody may have had a part in.
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

// identifier is a name of AWS's or of this project's own: an operation, a type of error, a method, a gateway response.
var identifier = regexp.MustCompile(`^([A-Za-z][A-Za-z_.]{0,63}|[A-Z][A-Z0-9_]{0,63})$`)

func known(s string) string {
	if s == "" || identifier.MatchString(s) {
		return plain(s)
	}
	return removed
}

// fields shows the members of an object by a table, in the object's order; others counts those that are not in it.
func fields(object []byte, table map[string]way, idle map[string]bool) (list []Field, others int, ok bool) {
	d := json.NewDecoder(bytes.NewReader(object))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, 0, false
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, 0, false
		}
		var value any
		if d.Decode(&value) != nil {
			return nil, 0, false
		}
		switch how, listed := table[name.(string)]; {
		case idle[name.(string)]:
		case !listed:
			others++
		default:
			list = append(list, show(name.(string), how, value))
		}
	}
	return list, others, true
}

// show is one value; it is withheld if it is not of the kind that its name promises.
func show(name string, how way, value any) Field {
	f := Field{Name: name}
	switch value := value.(type) {
	case string:
		switch how {
		case text:
			f.Value = plain(value)
		case short:
			f.Value = start(value)
		case prose:
			f.Value = words(value)
		}
	case json.Number:
		if how == number || how == seconds {
			f.Value, f.Time = plain(value.String()), how == seconds
		}
	case bool:
		if how == number {
			f.Value = map[bool]string{true: "true", false: "false"}[value]
		}
	case []any: // of texts, as an audience
		if how == text {
			f.Value = list(value)
		}
	}
	f.Withheld = f.Value == ""
	return f
}

func list(values []any) string {
	var texts []string
	for _, value := range values {
		s, ok := value.(string)
		if !ok {
			return ""
		}
		texts = append(texts, plain(s))
	}
	return cut(strings.Join(texts, ", "))
}

// argument is what is shown of an argument of an Action's api call. The tenant has left out the values of texts
// already, save for short names of its own; of an object the members of a table are shown.
func argument(raw []byte) string {
	if shown, others, ok := fields(raw, optionShown, nil); ok {
		var parts []string
		for _, f := range shown {
			parts = append(parts, f.Name+": "+f.Value)
		}
		if others > 0 {
			parts = append(parts, "…")
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	var value any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&value) != nil {
		return removed
	}
	switch value := value.(type) {
	case string:
		return plain(value)
	case json.Number:
		return plain(value.String())
	case bool, nil:
		return string(raw)
	default:
		return removed
	}
}
