// Package styles gives the web app's base stylesheet, colours, type and elements, to the other pages of this machine: the
// console and the API's page. The tenant's pages read the same file.
package styles

import _ "embed"

//go:embed base.css
var Base []byte
