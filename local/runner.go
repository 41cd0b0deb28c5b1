package main

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"drawbridge/local/keeper"
	"drawbridge/local/lambda/gobuild"
	"drawbridge/local/observatory"
	"drawbridge/local/template"
	"drawbridge/shared/dynamo/engine"
)

// Runner is the system on this machine: Start brings it up, Wait lasts until something ends it, Close leaves nothing.
type Runner struct {
	options options
	console *console

	cache       string // of this checkout
	keeper      *keeper.Keeper
	folder      *folder
	secret      string // of approvals, in stack and tenant
	api, web    *port
	tables      *port // nil if the engine is somebody else's
	world       demoWorld
	endpoint    string // of DynamoDB
	engine      *engine.Engine
	builder     *gobuild.Builder
	tenant      *tenant
	observatory *observatory.Observatory
	seeding     atomic.Bool // the demo customers are being brought in

	mu      sync.Mutex
	closers []func() // the last first
}

// NewRunner starts nothing.
func NewRunner(o options, c *console) *Runner { return &Runner{options: o, console: c} }

// Start returns when everything is up. After an error, Close must be called all the same.
func (r *Runner) Start(ctx context.Context) error {
	start := time.Now()
	stack, err := r.options.loadStack()
	if err != nil {
		return err
	}
	if err := r.claim(callers(stack)); err != nil {
		return err
	}
	r.options.signWith(stack, r.secret)
	if err := checkTools(ctx, r.options); err != nil {
		return err
	}
	r.console.printf("Drawbridge starts. The first time it installs and builds, for up to a minute.")
	steps, until := errgroup.WithContext(ctx)
	for p, step := range map[part]func(context.Context, *template.Stack) error{
		tablesPart: r.startTables, tenantPart: r.startTenant, apiPart: r.buildFunctions, webPart: r.buildSite,
	} {
		if r.options.parts[p] || p == apiPart && r.options.parts[tablesPart] { // which the admin function fills
			steps.Go(func() error { return step(until, stack) })
		}
	}
	if err := steps.Wait(); err != nil {
		return err
	}
	if err := r.open(ctx, stack); err != nil {
		return err
	}
	var phoneLinks []string
	if r.tenant != nil {
		phoneLinks = r.tenant.phoneLinks
	}
	r.console.printf("%s", banner(r.options, r.world, phoneLinks, time.Since(start)))
	return nil
}

// unreleased stands for the release on AWS: nothing here keeps versions.
var unreleased = strings.Repeat("0", 40)

// loadStack reads the template, once a start: what is wrong with it shows before anything slow begins.
func (o options) loadStack() (*template.Stack, error) {
	parameters := map[string]string{
		"AWS::Region": "eu-central-1", "TokenIssuer": o.issuer(), "WebOrigin": o.webURL(), "ApiUrl": o.apiURL(),
		"BridgeClientIds": webClientID, "Release": unreleased, "Environment": "development", "ApprovalSecret": newApprovalSecret(),
	}
	maps.Copy(parameters, o.parameters)
	stack, err := template.Load(o.template, parameters, o.public...)
	if errors.Is(err, os.ErrNotExist) {
		return nil, &problem{"there is no " + o.template + " here", "Run `go run ./local` in the repository's own folder, or name the file with --template.", nil}
	}
	return stack, err
}

// open lets requests in.
func (r *Runner) open(ctx context.Context, stack *template.Stack) error {
	if r.options.parts[webPart] {
		s, err := newSite(filepath.Join(r.options.root(), "web", "dist"), siteConfig{
			Issuer: r.options.issuer(), ClientID: r.options.clientID(), Audience: audience(stack), API: r.options.apiURL(),
		})
		if err != nil {
			return err
		}
		r.web.let(s)
	}
	if !r.options.parts[apiPart] && !r.options.parts[tablesPart] {
		return nil
	}
	stack = r.options.running(stack)
	functions, err := r.startFunctions(stack)
	if err != nil {
		return err
	}
	if r.options.parts[tablesPart] {
		if err := r.seed(ctx, stack, functions); err != nil {
			return err
		}
	}
	if r.options.parts[apiPart] {
		r.startSchedules(stack, functions)
		return r.openAPI(stack, functions)
	}
	return nil
}

// Wait lasts until the context ends, or something without which the rest is of no use. The tenant may end: tokens
// are still verified with the keys that are known.
func (r *Runner) Wait(ctx context.Context) error {
	var engineEnded, tenantEnded <-chan struct{}
	if r.engine != nil {
		engineEnded = r.engine.Ended()
	}
	if r.tenant != nil {
		tenantEnded = r.tenant.ended
	}
	orphaned := keeper.Orphaned(ctx)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-orphaned:
			return errors.New("the program that started this one is gone")
		case <-r.keeper.Ended():
			return errors.New("the keeper is gone, without which children could be left behind")
		case <-engineEnded:
			return &problem{"the engine of the tables has ended", "Start again; if its data is damaged, --fresh starts over.", nil}
		case <-tenantEnded:
			r.console.printf("The tenant has ended (%v). Nobody can log in until the next start.", r.tenant.command.ProcessState)
			tenantEnded = nil
		}
	}
}

// closing adds what Close is to do.
func (r *Runner) closing(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closers = append(r.closers, f)
}

// Close ends everything, what was started last first.
func (r *Runner) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.closers) - 1; i >= 0; i-- {
		r.closers[i]()
	}
	r.closers = nil
}
