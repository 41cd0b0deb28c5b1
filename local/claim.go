package main

import (
	"fmt"
	"os"

	"drawbridge/local/keeper"
	"drawbridge/local/loopback"
)

// claim takes what only one program can have: the keeper's word, the ports, the data folder. Pages of the given origins
// may call the API.
func (r *Runner) claim(origins []string) (err error) {
	if r.cache, err = checkoutCache(r.options.root()); err != nil {
		return err
	}
	if r.keeper, err = keeper.Start(); err != nil {
		return err
	}
	r.closing(func() { r.keeper.Close() })
	o := r.options
	if o.parts[apiPart] {
		if r.api, err = openPort(o.apiPort(), "the API", loopback.Pages{Own: true, Origins: origins}); err != nil {
			return err
		}
		r.closing(r.api.close)
	}
	if o.parts[webPart] {
		if r.web, err = openPort(o.webPort(), "the web app", loopback.Pages{Own: true}); err != nil {
			return err
		}
		r.closing(r.web.close)
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
		if r.tables, err = openPort(o.tablesPort(), "the tables", loopback.Programs); err != nil {
			return err
		}
		r.closing(r.tables.close)
	} else if r.endpoint == "" { // another runner's
		r.endpoint = fmt.Sprintf("http://127.0.0.1:%d", o.tablesPort())
	}
	if r.folder, err = openFolder(o); err != nil {
		return err
	}
	r.closing(r.folder.close)
	if r.secret, err = r.folder.approvalSecret(); err != nil {
		return err
	}
	r.world, err = readDemoWorld(o.root())
	return err
}
