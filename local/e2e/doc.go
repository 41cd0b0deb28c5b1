// Package e2e walks the whole scenario over HTTP as a browser, an app and a phone would: cookies, redirects, forms
// and PKCE at the tenant, bearer tokens at the API. The system under test is the real one: the runner's own binary,
// started on free ports with a data folder of its own, with the real functions, tenant and tables behind it.
//
// The package has no code but its tests.
package e2e
