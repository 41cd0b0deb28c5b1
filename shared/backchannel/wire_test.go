package backchannel_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"drawbridge/shared/backchannel"
	"drawbridge/shared/testkit"
)

// editing changes each request on its way to the tenant.
type editing func(r *http.Request, form url.Values)

func (e editing) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	e(r, form)
	edited := form.Encode()
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader([]byte(edited))), int64(len(edited))
	return http.DefaultTransport.RoundTrip(r)
}

func (p phone) through(e editing) *backchannel.Client {
	config := p.tenant.Config
	config.Transport = e
	return backchannel.New(config)
}

func TestEveryParameterIsSentOnceAndTheTenantWantsEachAsItIs(t *testing.T) {
	p := ring(t)
	var sent []string
	_, err := p.through(func(_ *http.Request, form url.Values) {
		for name, values := range form {
			if sent = append(sent, name); len(values) != 1 {
				t.Errorf("%s is sent %d times", name, len(values))
			}
		}
	}).Ask(t.Context(), rent("Rent"))
	testkit.Must(t, err)
	if slices.Sort(sent); len(sent) != 9 {
		t.Errorf("sent %v", sent)
	}
	set := func(name, value string) editing {
		return func(_ *http.Request, form url.Values) { form.Set(name, value) }
	}
	asJSON := func(r *http.Request, _ url.Values) { r.Header.Set("Content-Type", "application/json") }
	edit := func(name, from, to string) editing {
		return func(_ *http.Request, form url.Values) {
			if !strings.Contains(form.Get(name), from) {
				t.Errorf("%s has no %s", name, from)
			}
			form.Set(name, strings.Replace(form.Get(name), from, to, 1))
		}
	}
	const details = "authorization_details"
	var properties strings.Builder
	for _, letter := range "abcdefg" {
		properties.WriteString(`"` + string(letter) + `":{"display":false,"value":"x"},`)
	}
	cases := map[string]editing{
		"a parameter too much":         set("acr_values", "x"),
		"a JSON body":                  asJSON,
		"basic authentication as well": func(r *http.Request, _ url.Values) { r.SetBasicAuth("a", "b") },
		"a parameter in the address":   func(r *http.Request, _ url.Values) { r.URL.RawQuery = "a=b" },
		"a message of 65 characters":   set("binding_message", strings.Repeat("x", 65)),
		"a message with a space":       set("binding_message", "250.00 EUR"),
		"a message with a euro sign":   set("binding_message", "250€"),
		"an e-mail instead of a push":  set("requested_expiry", "301"),
		"no time":                      set("requested_expiry", "0"),
		"no openid":                    set("scope", "transfer:funds"),
		"another audience":             set("audience", "https://another-api"),
		"a hint of another tenant":     edit("login_hint", p.tenant.URL, "https://evil.example/"),
		"a hint of another format":     edit("login_hint", "iss_sub", "email"),
		"another type":                 edit(details, ":v1:transfer", ":v2:transfer"),
		"two details":                  edit(details, "[{", `[{"type":"x"},{`),
		"no list":                      edit(details, "[{", "{"),
		"eleven properties or more":    edit(details, `"properties":{`, `"properties":{`+properties.String()),
		"a value of 256 characters":    edit(details, "250.00 EUR", strings.Repeat("x", 256)),
		"one display_order twice":      edit(details, `"display_order":1`, `"display_order":2`),
		"a shown value without a name": edit(details, `"name":"Amount",`, ""),
		"no instruction":               edit(details, "Approve this transfer", ""),
		"a member of another schema":   edit(details, `"instruction"`, `"x":1,"instruction"`),
		"an assertion of another type": edit("client_assertion_type", "jwt-bearer", "saml2-bearer"),
		"an assertion with a bit less": edit("client_assertion", ".", ".e"),
	}
	for _, name := range sent {
		cases[name+" missing"] = func(_ *http.Request, form url.Values) { form.Del(name) }
		cases[name+" twice"] = func(_ *http.Request, form url.Values) { form.Add(name, form.Get(name)) }
	}
	rang := len(p.tenant.Pushes())
	for name, e := range cases {
		if _, err := p.through(e).Ask(t.Context(), rent("Rent")); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if got := len(p.tenant.Pushes()); got != rang {
		t.Errorf("the phone rang %d times", got-rang)
	}
}

func TestAnAssertionServesOneRequest(t *testing.T) {
	p := ring(t)
	first := ""
	client := p.through(func(_ *http.Request, form url.Values) {
		if first == "" {
			first = form.Get("client_assertion")
		}
		form.Set("client_assertion", first)
	})
	_, err := client.Ask(t.Context(), rent(""))
	testkit.Must(t, err)
	if _, err := client.Ask(t.Context(), rent("")); err == nil || !strings.Contains(err.Error(), "invalid_client") {
		t.Errorf("a second time: %v", err)
	}
}
