package main

import (
	"context"
	"fmt"
	"time"

	"drawbridge/local/template"
	"drawbridge/shared/dynamo/engine"
)

// The steps of the start, a function for each part. They run at the same time and share nothing but the runner's own
// fields, of which each sets its own.

func (r *Runner) startTables(ctx context.Context, stack *template.Stack) error {
	return r.console.step("tables", func() (note string, err error) {
		r.engine, err = engine.Start(ctx, engine.Options{
			Endpoint: r.endpoint, DBPath: r.folder.tables(), Progress: r.console,
		})
		if err != nil {
			return "", err
		}
		r.holdEngine()
		r.endpoint = r.engine.Endpoint
		if err := createTables(ctx, r.endpoint, stack); err != nil {
			return "", err
		}
		if r.tables != nil {
			tables, err := newTables(r.endpoint)
			if err != nil {
				return "", err
			}
			r.tables.let(tables)
		}
		return fmt.Sprintf("%d", len(stack.Tables)), nil
	})
}

// holdEngine has the engine ended with this program: by Close, or else by the keeper.
func (r *Runner) holdEngine() {
	pid := r.engine.PID()
	if pid == 0 { // it is somebody else's
		return
	}
	r.keeper.Hold(pid)
	r.closing(func() {
		r.engine.Stop()
		r.keeper.Release(pid)
	})
}

func (r *Runner) startTenant(ctx context.Context, _ *template.Stack) error {
	if err := r.packages(ctx, "auth0"); err != nil {
		return err
	}
	return r.console.step("tenant", func() (note string, err error) {
		r.tenant, err = startTenant(ctx, r.keeper, r.options, r.folder.tenant(), r.secret, func(line string) {
			r.console.printf("  tenant | %s", line)
		})
		if err != nil {
			return "", err
		}
		r.closing(func() { r.tenant.stop(2 * time.Second) })
		return r.tenant.issuer, nil
	})
}

func (r *Runner) buildFunctions(ctx context.Context, stack *template.Stack) (err error) {
	stack = r.options.running(stack)
	if r.builder, err = newBuilder(r.options, stack, r.cache, r.keeper, r.console); err != nil {
		return err
	}
	return r.console.step("functions", func() (string, error) {
		if err := r.builder.BuildAll(ctx); err != nil {
			if ctx.Err() != nil {
				return "", err
			}
			r.console.printf("%v", err) // the others run; this one says so when it is invoked
			return "some do not build", nil
		}
		return fmt.Sprintf("%d", len(stack.Functions)), nil
	})
}

func (r *Runner) buildSite(ctx context.Context, _ *template.Stack) error {
	if err := r.packages(ctx, "web"); err != nil {
		return err
	}
	return r.console.step("web app", func() (string, error) {
		return r.locked("web", func(folder string) (string, error) { return buildSite(ctx, r.keeper, folder) })
	})
}

func (r *Runner) packages(ctx context.Context, name string) error {
	return r.console.step("packages of "+name, func() (string, error) {
		return r.locked(name, func(folder string) (string, error) { return installPackages(ctx, r.keeper, folder) })
	})
}
