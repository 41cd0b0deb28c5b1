package main

import "drawbridge/local/observatory"

// observe makes the console, which the functions' tables and the gateway then report to.
func (r *Runner) observe() (err error) {
	var c observatory.Config
	if r.tenant != nil {
		c.Tenant = r.tenant.issuer
	}
	if r.observatory, err = observatory.New(c); err != nil {
		return err
	}
	r.closing(r.observatory.Close) // before the door: its streams would keep that open
	return nil
}

// consoleURL is where the console is.
func (o options) consoleURL() string { return o.apiURL() + observatory.Root }
