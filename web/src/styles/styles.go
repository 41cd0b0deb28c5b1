// Package styles gives the web app's base stylesheet, with colours, type and elements, to the console and to the page
// of the API. The tenant's pages read the same file.
package styles

import _ "embed"

//go:embed base.css
var Base []byte
