package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"drawbridge/local/console"
	"drawbridge/local/lambda"
	"drawbridge/local/lambda/gobuild"
	"drawbridge/local/loopback"
	"drawbridge/local/reaper"
	"drawbridge/local/template"
	"drawbridge/shared/dynamo/engine"

	"drawbridge/shared/remedy"
)

// runner runs the system on this machine. Start returns when all parts are up, Wait when one of them has ended, Close
// when none is left.
type runner struct {
	options  options
	terminal *terminal

	cache     string // of this checkout
	reaper    *reaper.Reaper
	folder    *folder
	secrets   secrets
	api, web  *port
	tables    *port // nil if the engine is somebody else's
	world     demoWorld
	endpoint  string // of DynamoDB
	engine    *engine.Engine
	builder   *gobuild.Builder
	tenant    *tenant
	console   *console.Console
	stack     *template.Stack
	functions *lambda.Host
	data      sync.RWMutex // held by each request for reading, and while the data is replaced
	seeding   atomic.Bool  // the demo customers are being brought in

	mu      sync.Mutex
	closers []func() // the last first
}

// newRunner starts nothing.
func newRunner(o options, t *terminal) *runner { return &runner{options: o, terminal: t} }

// Start starts the parts. After an error too, Close must be called.
func (r *runner) Start(ctx context.Context) error {
	start := time.Now()
	var err error
	if r.stack, err = r.options.loadStack(); err != nil {
		return err
	}
	if err := r.claim(); err != nil {
		return err
	}
	if !r.options.another {
		r.options.signWith(r.stack, r.secrets)
	}
	if err := checkTools(ctx, r.options); err != nil {
		return err
	}
	r.terminal.printf("Drawbridge starts. The first time it installs and builds, for up to a minute.")
	steps, until := errgroup.WithContext(ctx)
	for p, step := range map[part]func(context.Context) error{
		tablesPart: r.startTables, tenantPart: r.startTenant, apiPart: r.buildFunctions, webPart: r.buildSite,
	} {
		if r.options.parts[p] || p == apiPart && r.options.parts[tablesPart] { // which the admin function fills
			steps.Go(func() error { return step(until) })
		}
	}
	if err := steps.Wait(); err != nil {
		return err
	}
	if err := r.open(ctx); err != nil {
		return err
	}
	var phoneLinks []string
	if r.tenant != nil {
		phoneLinks = r.tenant.phoneLinks
	}
	r.terminal.printf("%s", banner(r.options, r.world, phoneLinks, time.Since(start)))
	return nil
}

// claim takes what only one program can have: the ports and the data folder.
func (r *runner) claim() (err error) {
	if r.cache, err = gobuild.Cache(r.options.root()); err != nil {
		return err
	}
	if r.reaper, err = reaper.Start(); err != nil {
		return err
	}
	r.closing(func() { r.reaper.Close() })
	o := r.options
	if o.parts[apiPart] {
		pages := loopback.Pages{Own: true, Origins: callers(r.stack)}
		if r.api, err = r.openPort(o.apiPort(), "the API", pages); err != nil {
			return err
		}
	}
	if o.parts[webPart] {
		if r.web, err = r.openPort(o.webPort(), "the web app", loopback.Pages{Own: true}); err != nil {
			return err
		}
	}
	if o.parts[tenantPart] {
		if err := checkFree(o.tenantPort(), "the tenant"); err != nil {
			return err
		}
		if o.exposePhone {
			if err := checkFree(o.phonePort(), "the phone"); err != nil {
				return err
			}
		}
	}
	if r.endpoint = os.Getenv("AWS_ENDPOINT_URL_DYNAMODB"); r.endpoint == "" && o.parts[tablesPart] {
		if r.tables, err = r.openPort(o.tablesPort(), "the tables", loopback.Programs); err != nil {
			return err
		}
	} else if r.endpoint == "" { // another runner's
		r.endpoint = fmt.Sprintf("http://127.0.0.1:%d", o.tablesPort())
	}
	if r.folder, err = openFolder(o); err != nil {
		return err
	}
	r.closing(r.folder.close)
	if o.another {
		return nil
	}
	if r.secrets, err = r.folder.secrets(o.backChannel); err != nil {
		return err
	}
	r.world, err = readDemoWorld(o.root())
	return err
}

// unreleased is the value of Release here, where functions have no versions.
var unreleased = strings.Repeat("0", 40)

// loadStack reads the template. Its faults show before anything slow begins.
func (o options) loadStack() (*template.Stack, error) {
	parameters := map[string]string{"AWS::Region": "eu-central-1"}
	if !o.another {
		maps.Copy(parameters, map[string]string{
			"TokenIssuers": o.issuer(), "WebOrigin": o.webURL(), "ApiUrl": o.apiURL(), "BridgeClientIds": webClientID,
			"Release": unreleased, "Environment": "development", "ApprovalSecret": newSecret(),
			"DpopSecret": newSecret(),
		})
	}
	if o.backChannel {
		// The key comes of the folder, which is not open yet.
		maps.Copy(parameters, map[string]string{"ApprovalsClientId": approvalsClientID, "ApprovalsClientKey": "later"})
	}
	maps.Copy(parameters, o.parameters)
	stack, err := template.Load(o.template, parameters, o.public...)
	if errors.Is(err, os.ErrNotExist) {
		return nil, remedy.New(
			"there is no "+o.template+" here",
			"Run `go run ./local` in the repository's own folder, or name the file with --template.", nil,
		)
	}
	return stack, err
}

// open lets requests in.
func (r *runner) open(ctx context.Context) error {
	if r.options.parts[webPart] {
		s, err := newSite(filepath.Join(r.options.root(), "web", "dist"), siteConfig{
			Issuer: r.options.issuer(), ClientID: r.options.clientID(), Audience: audience(r.stack), API: r.options.apiURL(),
		})
		if err != nil {
			return err
		}
		r.web.let(s)
	}
	if !r.options.parts[apiPart] && !r.options.parts[tablesPart] {
		return nil
	}
	if err := r.startFunctions(); err != nil {
		return err
	}
	if r.options.parts[tablesPart] {
		if err := r.seed(ctx); err != nil {
			return err
		}
	}
	if r.options.parts[apiPart] {
		r.startSchedules()
		return r.openAPI()
	}
	return nil
}

// Wait returns when the context ends, or a part without which the rest is of no use. The tenant may end: the functions
// go on verifying tokens with the keys that they know.
func (r *runner) Wait(ctx context.Context) error {
	var engineEnded, tenantEnded <-chan struct{}
	if r.engine != nil {
		engineEnded = r.engine.Ended()
	}
	if r.tenant != nil {
		tenantEnded = r.tenant.ended
	}
	orphaned := reaper.Orphaned(ctx)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-orphaned:
			return errors.New("the program that started this one is gone")
		case <-r.reaper.Ended():
			return errors.New("the reaper is gone, without which children could be left behind")
		case <-engineEnded:
			return remedy.New(
				"the engine of the tables has ended", "Start again; if its data is damaged, --fresh starts over.", nil,
			)
		case <-tenantEnded:
			r.terminal.printf(
				"The tenant has ended (%v). Nobody can log in until the next start.", r.tenant.command.ProcessState,
			)
			tenantEnded = nil
		}
	}
}

// closing adds what Close is to do.
func (r *runner) closing(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closers = append(r.closers, f)
}

// Close ends all parts, in the reverse order of their start.
func (r *runner) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.closers) - 1; i >= 0; i-- {
		r.closers[i]()
	}
	r.closers = nil
}
