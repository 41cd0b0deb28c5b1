package contract

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"

	"drawbridge/web/src/styles"

	"github.com/getkin/kin-openapi/openapi3"
)

// Where the document is: rendered beside the console, and as it is.
const (
	PagePath = "/_drawbridge/api"
	TextPath = "/openapi.yaml"
)

//go:embed page
var files embed.FS

var page = template.Must(template.New("api.html").Funcs(template.FuncMap{
	"prose": prose, "shape": shape,
}).ParseFS(files, "page/api.html"))

// Pages is a handler for the document's two addresses that leaves all others to next. The page is made once and
// holds all that it shows.
func (d *Document) Pages(text []byte, next http.Handler) (http.Handler, error) {
	var rendered bytes.Buffer
	style, err := files.ReadFile("page/api.css")
	if err != nil {
		return nil, err
	}
	err = page.Execute(&rendered, map[string]any{
		"Info": d.Info, "Operations": d.operations(), "Schemas": d.schemas(),
		"Style": template.CSS(string(styles.Base) + string(style)),
	})
	if err != nil {
		return nil, fmt.Errorf("failed to render openapi.yaml: %w", err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var content []byte
		switch r.URL.Path {
		case PagePath:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "+
				"form-action 'none'; frame-ancestors 'none'") // a style can do no harm without a script
			content = rendered.Bytes()
		case TextPath:
			w.Header().Set("Content-Type", "application/yaml")
			content = text
		default:
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		w.Header().Set("Cache-Control", "no-store")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "the document is only read", http.StatusMethodNotAllowed)
			return
		}
		_, _ = w.Write(content)
	}), nil
}

// operation is one route as the page shows it.
type operation struct {
	*openapi3.Operation
	Method, Path, Who string
	Answers           []answer
}

type answer struct {
	Status, Description, Schema string
	Headers                     []string
}

func (d *Document) operations() (all []operation) {
	for _, path := range slices.Sorted(maps.Keys(d.Paths.Map())) {
		item := d.Paths.Map()[path].Operations()
		for _, method := range slices.Sorted(maps.Keys(item)) {
			o := operation{Operation: item[method], Method: method, Path: path, Who: who(item[method])}
			for _, status := range slices.Sorted(maps.Keys(o.Responses.Map())) {
				o.Answers = append(o.Answers, answerOf(status, o.Responses.Map()[status].Value))
			}
			all = append(all, o)
		}
	}
	return all
}

func answerOf(status string, r *openapi3.Response) answer {
	a := answer{Status: status, Headers: slices.Sorted(maps.Keys(r.Headers))}
	if r.Description != nil {
		a.Description = *r.Description
	}
	if content := r.Content.Get("application/json"); content != nil {
		a.Schema = shape(content.Schema)
	}
	return a
}

// who says which credential opens an operation.
func who(o *openapi3.Operation) string {
	var ways []string
	if o.Security != nil {
		for _, requirement := range *o.Security {
			for _, scheme := range slices.Sorted(maps.Keys(requirement)) {
				way := map[string]string{"accessToken": "an access token", "authorizationCode": "an authorization code"}[scheme]
				if scopes := requirement[scheme]; len(scopes) > 0 {
					way += " with " + strings.Join(scopes, " ")
				}
				ways = append(ways, way)
			}
		}
	}
	if len(ways) == 0 {
		return "anybody"
	}
	return strings.Join(ways, ", or ")
}

// schema is a named shape of the document.
type schema struct {
	Name   string
	Schema *openapi3.Schema
}

func (d *Document) schemas() (all []schema) {
	for _, name := range slices.Sorted(maps.Keys(d.Components.Schemas)) {
		all = append(all, schema{name, d.Components.Schemas[name].Value})
	}
	return all
}

// shape names a schema in one word or a few: its own name, or what it is made of.
func shape(ref *openapi3.SchemaRef) string {
	if ref.Ref != "" {
		return ref.Ref[strings.LastIndex(ref.Ref, "/")+1:]
	}
	s := ref.Value
	switch {
	case s.Items != nil:
		return "list of " + shape(s.Items)
	case len(s.OneOf) > 0:
		return alternatives(s.OneOf, " or ")
	case len(s.AllOf) > 0:
		return alternatives(s.AllOf, " and ")
	case s.Type == nil:
		return "anything"
	case s.Type.Is("object") && len(s.Properties) > 0:
		var members []string
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			members = append(members, name+": "+shape(s.Properties[name]))
		}
		return "{ " + strings.Join(members, ", ") + " }"
	}
	return strings.Join(s.Type.Slice(), " or ")
}

func alternatives(refs openapi3.SchemaRefs, word string) string {
	var names []string
	for _, ref := range refs {
		names = append(names, shape(ref))
	}
	return strings.Join(names, word)
}

// prose shows the little Markdown that the document uses: paragraphs, **strong** and `code`.
func prose(text string) template.HTML {
	var b strings.Builder
	for _, paragraph := range strings.Split(strings.TrimSpace(text), "\n\n") {
		b.WriteString("<p>")
		for i, part := range strings.Split(template.HTMLEscapeString(paragraph), "`") {
			switch {
			case i%2 == 1:
				b.WriteString("<code>" + part + "</code>")
			default:
				for j, words := range strings.Split(part, "**") {
					if j%2 == 1 {
						words = "<strong>" + words + "</strong>"
					}
					b.WriteString(words)
				}
			}
		}
		b.WriteString("</p>")
	}
	return template.HTML(b.String()) // escaped above, piece by piece
}
