package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// part is something that --only can name.
type part string

const (
	tenantPart part = "tenant"   // the Auth0 tenant
	tablesPart part = "dynamodb" // the engine, the tables and the demo customers
	apiPart    part = "api"      // the functions and the gateway
	webPart    part = "web"      // the web app
)

var allParts = []part{tenantPart, tablesPart, apiPart, webPart}

// options are what the command line says.
type options struct {
	basePort   int
	fresh      bool
	memory     bool
	data       string
	template   string // its folder is the application's
	another    bool   // another application than Drawbridge, without tenant, web app and demo customers
	parts      map[part]bool
	parameters map[string]string // of the template, over those that the runner gives
	// public lists routes, as "GET /hello", that need no authorizer if the API has none.
	public []string
	// unthrottled leaves the rates and bursts of the template out, for a test of load.
	unthrottled bool
	// exposePhone opens the page that pairs a phone to the network, and to the paired phone the page that approves. They
	// speak plain http, which others on the network can read.
	exposePhone bool
	// backChannel lets the bank ask for approvals itself, as Auth0 does in a plan with CIBA.
	backChannel bool
}

func parseOptions(arguments []string) (options, error) {
	o := options{parts: map[part]bool{}, parameters: map[string]string{}}
	flags := flag.NewFlagSet("local", flag.ContinueOnError)
	flags.IntVar(
		&o.basePort, "base-port", 3000,
		"the API's `port`; the tenant, the web app and the tables take the three after it",
	)
	flags.BoolVar(&o.fresh, "fresh", false, "start over: forget the kept data first")
	flags.BoolVar(&o.memory, "memory", false, "keep nothing, and touch no kept data")
	flags.StringVar(&o.data, "data", "", "the `folder` of the kept data; .drawbridge beside the template if empty")
	flags.StringVar(&o.template, "template", "template.yaml", "the stack's `file`, also of another application")
	flags.BoolVar(
		&o.exposePhone, "expose-phone-to-network", false,
		"for a real phone: the page that approves listens on all interfaces, on the fifth port, by plain http;\n"+
			"a link that is printed pairs one browser with it",
	)
	flags.BoolVar(
		&o.backChannel, "back-channel", false,
		"the bank asks for approvals itself (CIBA): the phone shows amount and payee, and the app waits",
	)
	flags.BoolVar(
		&o.unthrottled, "unthrottled", false,
		"for a test of load: no request is refused for the rates and bursts of the template",
	)
	only := flags.String(
		"only", "", "a comma-separated `list` of parts to start: tenant, dynamodb, api, web; all if empty,\n"+
			"of another application dynamodb and api",
	)
	flags.Func("parameter", "`Name=Value` of a template parameter; may be repeated", func(text string) error {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return fmt.Errorf("not of the form Name=Value")
		}
		o.parameters[name] = value
		return nil
	})
	const public = "a `route` of a template without authorizers, as \"GET /hello\", that is served to everybody; may " +
		"be repeated"
	flags.Func("public", public, func(text string) error {
		o.public = append(o.public, text)
		return nil
	},
	)
	if err := flags.Parse(arguments); err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("%q is not a flag; see go run ./local --help", flags.Arg(0))
	}
	if last := o.lastPort(); o.basePort < 1 || last > 65535 {
		return options{}, fmt.Errorf(
			"--base-port %d: the ports from there to %d must be between 1 and 65535", o.basePort, last,
		)
	}
	if o.memory && o.fresh {
		return options{}, fmt.Errorf("--memory keeps nothing, so --fresh has nothing to forget: give one of them")
	}
	if o.template != "template.yaml" {
		_, err := os.Stat(filepath.Join(o.root(), "auth0", "tenant.yaml"))
		o.another = errors.Is(err, fs.ErrNotExist)
	}
	o.data = cmp.Or(o.data, filepath.Join(o.root(), ".drawbridge"))
	return o, o.choose(*only)
}

// choose reads the list of --only.
func (o *options) choose(list string) error {
	for name := range strings.SplitSeq(list, ",") {
		if p := part(strings.TrimSpace(name)); p != "" {
			if !slices.Contains(allParts, p) {
				return fmt.Errorf("--only %s: the parts are tenant, dynamodb, api and web", p)
			}
			o.parts[p] = true
		}
	}
	if len(o.parts) == 0 {
		for _, p := range allParts {
			o.parts[p] = !o.another || p == tablesPart || p == apiPart
		}
	}
	if o.exposePhone && !o.parts[tenantPart] {
		return fmt.Errorf("--expose-phone-to-network: the phone is the tenant's, so --only must name the tenant too")
	}
	if o.backChannel && !o.parts[tenantPart] {
		return fmt.Errorf("--back-channel: the client is the tenant's, so --only must name the tenant too")
	}
	for _, name := range []string{"ApprovalsClientId", "ApprovalsClientKey"} {
		if o.parts[tenantPart] && o.parameters[name] != "" {
			return fmt.Errorf("--parameter %s: with the tenant on this machine, give --back-channel", name)
		}
	}
	if !o.another && !o.parts[tenantPart] && (o.parts[apiPart] || o.parts[webPart]) {
		for _, name := range []string{"TokenIssuers", "BridgeClientIds"} {
			if o.parameters[name] == "" {
				given := slices.Sorted(maps.Keys(o.parameters))
				return fmt.Errorf(
					"without the tenant, --parameter %s=… must say whose tokens to trust (given: %s)", name,
					strings.Join(given, ", "),
				)
			}
		}
	}
	return nil
}

// root is the folder of the application.
func (o options) root() string { return filepath.Dir(o.template) }

func (o options) apiPort() int    { return o.basePort }
func (o options) tenantPort() int { return o.basePort + 1 }
func (o options) webPort() int    { return o.basePort + 2 }
func (o options) tablesPort() int { return o.basePort + 3 }
func (o options) phonePort() int  { return o.basePort + 4 } // taken only if the phone is exposed
func (o options) lastPort() int {
	if o.exposePhone {
		return o.phonePort()
	}
	return o.tablesPort()
}

// clientID is the web app's client; the login accepts its id_tokens.
func (o options) clientID() string { return cmp.Or(o.parameters["BridgeClientIds"], webClientID) }
func (o options) apiURL() string   { return fmt.Sprintf("http://localhost:%d", o.apiPort()) }
func (o options) webURL() string   { return fmt.Sprintf("http://localhost:%d", o.webPort()) }

// issuer is the current one. It ends with a slash, as Auth0's do.
func (o options) issuer() string {
	if given := o.parameters["TokenIssuers"]; given != "" {
		current, _, _ := strings.Cut(given, ",")
		url, _, _ := strings.Cut(current, ";")
		return url
	}
	return fmt.Sprintf("http://localhost:%d/", o.tenantPort())
}
