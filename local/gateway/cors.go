package gateway

import (
	"net/http"

	"drawbridge/local/template"
)

// preflight answers OPTIONS by the MOCK integration that SAM generates for an
// API with Cors: the same headers whatever the browser asks, and an empty object.
func preflight(p *template.Preflight) answer {
	header := http.Header{"Content-Type": {"application/json"}}
	for name, value := range p.Headers {
		header.Set(name, value)
	}
	return answer{status: http.StatusOK, header: header, body: []byte("{}\n")}
}
