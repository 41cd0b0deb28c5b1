package e2e

import (
	"bytes"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"drawbridge/shared/testkit"
)

// browser is what a person without JavaScript would browse with: it keeps cookies, follows redirects, fills in
// forms, and stops where a redirect leads back to the web app.
type browser struct {
	t      *testing.T
	system *system
	client *http.Client
}

func newBrowser(t *testing.T, s *system) *browser {
	jar, err := cookiejar.New(nil)
	testkit.Must(t, err)
	b := &browser{t: t, system: s, client: &http.Client{Jar: jar}}
	b.client.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if strings.HasPrefix(next.URL.String(), s.Web) || len(via) > 10 {
			return http.ErrUseLastResponse
		}
		return nil
	}
	return b
}

// page is where a click led.
type page struct {
	url    *url.URL
	status int
	body   string
	form   *form // the first form of the page, if it has one
	back   *url.URL
}

func (b *browser) get(address string) page {
	b.t.Helper()
	response, err := b.client.Get(address)
	return b.read(response, err)
}

func (b *browser) submit(f *form, filled url.Values) page {
	b.t.Helper()
	response, err := b.client.PostForm(f.action, filled)
	return b.read(response, err)
}

func (b *browser) read(response *http.Response, err error) page {
	b.t.Helper()
	testkit.Must(b.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	testkit.Must(b.t, err)
	p := page{url: response.Request.URL, status: response.StatusCode, body: string(body)}
	if location, err := response.Location(); err == nil {
		p.back = location
	}
	p.form = firstForm(body, p.url)
	return p
}

// form is an HTML form with the values it came with.
type form struct {
	action string
	values url.Values
	fields map[string]string // type -> name of the visible inputs
}

func firstForm(body []byte, at *url.URL) *form {
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return nil
	}
	var found *form
	for node := range root.Descendants() {
		switch {
		case node.Type != html.ElementNode:
		case node.Data == "form" && found != nil:
			return found
		case node.Data == "form":
			action, err := at.Parse(attribute(node, "action"))
			if err != nil {
				return nil
			}
			found = &form{action: action.String(), values: url.Values{}, fields: map[string]string{}}
		case node.Data == "input" && found != nil && attribute(node, "name") != "":
			found.values.Set(attribute(node, "name"), attribute(node, "value"))
			if kind := attribute(node, "type"); kind != "hidden" {
				found.fields[kind] = attribute(node, "name")
			}
		}
	}
	return found
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// isLogin tells whether the form asks for a password.
func (f *form) isLogin() bool {
	return f != nil && f.fields["password"] != ""
}

// filledBy returns the form's values with who's e-mail address and password in their fields.
func (f *form) filledBy(who person) url.Values {
	values := url.Values{}
	for name, value := range f.values {
		values[name] = value
	}
	for _, kind := range []string{"email", "text"} {
		if name := f.fields[kind]; name != "" {
			values.Set(name, who.email)
		}
	}
	values.Set(f.fields["password"], who.password)
	return values
}
