package backchanneltest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"drawbridge/shared/backchannel"
	"drawbridge/shared/token/tokentest"

	"github.com/golang-jwt/jwt/v5"
)

var known = map[string][]string{ // the parameters of each endpoint, all of which the bank has to send
	"/bc-authorize": {"login_hint", "scope", "audience", "binding_message", "requested_expiry", "authorization_details"},
	"/oauth/token":  {"grant_type", "auth_req_id"},
}

func invalid(text string) *fault { return &fault{status: 400, code: "invalid_request", text: text} }

// form reads a request and authenticates its client.
func (t *Tenant) form(r *http.Request) (url.Values, *fault) {
	body, err := io.ReadAll(r.Body)
	switch {
	case err != nil || r.Method != http.MethodPost || r.URL.RawQuery != "":
		return nil, invalid("not a POST of a form")
	case r.Header.Get("Content-Type") != "application/x-www-form-urlencoded":
		return nil, invalid("not a form")
	case r.Header.Get("Authorization") != "":
		return nil, invalid("two ways to authenticate")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, invalid("not a form")
	}
	wanted := append([]string{"client_id", "client_assertion_type", "client_assertion"}, known[r.URL.Path]...)
	for _, name := range wanted {
		if len(form[name]) != 1 || form.Get(name) == "" {
			return nil, invalid(name + " is not there once")
		}
	}
	if len(form) != len(wanted) {
		return nil, invalid("an unknown parameter")
	}
	if form.Get("client_id") != string(ClientID) || !t.authenticates(form) {
		return nil, &fault{status: 401, code: "invalid_client", text: "Client authentication failed"}
	}
	return form, nil
}

// authenticates judges an assertion by RFC 7523 section 3 and by what Auth0 adds: at most five minutes, used once.
func (t *Tenant) authenticates(form url.Values) bool {
	if form.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
		return false
	}
	claims := struct{ jwt.RegisteredClaims }{}
	parsed, err := jwt.ParseWithClaims(form.Get("client_assertion"), &claims,
		func(*jwt.Token) (any, error) { return &t.Config.Key.PublicKey, nil },
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithTimeFunc(func() time.Time { return t.Now() }),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithIssuer(string(ClientID)), jwt.WithSubject(string(ClientID)))
	if err != nil || parsed.Header["kid"] != nil || len(claims.Audience) != 1 || claims.Audience[0] != t.URL ||
		claims.ExpiresAt.Sub(t.Now()) > 5*time.Minute || len(claims.ID) < 20 || t.used[claims.ID] {
		return false
	}
	t.used[claims.ID] = true
	return true
}

var isBindingMessage = regexp.MustCompile(`^[A-Za-z0-9+\-_.,:#]{1,64}$`).MatchString

// judge returns whose phone is to ring.
func (t *Tenant) judge(form url.Values) (sub string, bad *fault) {
	hint := map[string]string{}
	if strict([]byte(form.Get("login_hint")), &hint) != nil || len(hint) != 3 || hint["format"] != "iss_sub" ||
		hint["iss"] != t.URL {
		return "", invalid("login_hint")
	}
	expiry, err := strconv.Atoi(form.Get("requested_expiry"))
	scopes := strings.Split(form.Get("scope"), " ")
	switch {
	case err != nil || expiry < 1 || expiry > 300: // above, Auth0 sends an e-mail
		return "", invalid("requested_expiry")
	case len(scopes) != 2 || scopes[0] != "openid" || scopes[1] != "transfer:funds":
		return "", &fault{status: 400, code: "invalid_scope", text: "scope"}
	case form.Get("audience") != tokentest.Audience:
		return "", invalid("audience")
	case !isBindingMessage(form.Get("binding_message")):
		return "", &fault{status: 400, code: "invalid_binding_message", text: "binding_message"}
	case !areDetails(form.Get("authorization_details")):
		return "", &fault{status: 400, code: "invalid_authorization_details", text: "authorization_details"}
	case !t.Phones[hint["sub"]]:
		return "", &fault{status: 400, code: "unknown_user_id", text: "The user has no phone"}
	}
	return hint["sub"], nil
}

type detail struct {
	Type        *string             `json:"type"`
	Instruction *string             `json:"instruction"`
	Properties  map[string]property `json:"properties"`
}

type property struct {
	Display *bool   `json:"display"`
	Name    string  `json:"name"`
	Order   *int    `json:"display_order"`
	Value   *string `json:"value"`
}

var isName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,255}$`).MatchString

// areDetails is the schema of the Guardian app, with the limits of Auth0's page on rich authorization requests.
func areDetails(text string) bool {
	var list []detail
	if len(text) > 5<<10 || strict([]byte(text), &list) != nil || len(list) != 1 {
		return false
	}
	d := list[0]
	if d.Type == nil || *d.Type != backchannel.DetailsType || d.Instruction == nil || *d.Instruction == "" ||
		len(d.Properties) == 0 || len(d.Properties) > 10 {
		return false
	}
	orders := map[int]bool{}
	for name, p := range d.Properties {
		if !isName(name) || p.Display == nil || p.Value == nil || *p.Value == "" || utf8.RuneCountInString(*p.Value) > 255 {
			return false
		}
		if *p.Display && (p.Name == "" || p.Order == nil || orders[*p.Order]) {
			return false
		}
		if *p.Display {
			orders[*p.Order] = true
		}
	}
	return true
}

// strict decodes JSON and refuses members that it does not know.
func strict(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return io.ErrUnexpectedEOF
	}
	return nil
}
