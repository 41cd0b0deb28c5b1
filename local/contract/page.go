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
	"prose": prose, "shape": shape, "who": who,
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
		"Document": d.T, "Style": template.CSS(string(styles.Base) + string(style)),
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
