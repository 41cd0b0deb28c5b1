package main

import (
	"fmt"
	"os"

	"drawbridge/local/keeper"
)

// claim takes what only one program can have: the keeper's word, the ports, the data folder.
func (r *Runner) claim() (err error) {
	if r.cache, err = checkoutCache(r.options.root()); err != nil {
		return err
	}
	if r.keeper, err = keeper.Start(); err != nil {
		return err
	}
	r.closing(func() { r.keeper.Close() })
	o := r.options
	if o.parts[apiPart] {
		if r.api, err = openDoor(o.apiPort(), "the API"); err != nil {
			return err
		}
		r.closing(r.api.close)
	}
	if o.parts[webPart] {
		if r.web, err = openDoor(o.webPort(), "the web app"); err != nil {
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
	r.endpoint = os.Getenv("AWS_ENDPOINT_URL_DYNAMODB")
	if r.endpoint == "" {
		r.endpoint = fmt.Sprintf("http://127.0.0.1:%d", o.tablesPort())
		if o.parts[tablesPart] {
			if err := checkFree(o.tablesPort(), "the tables"); err != nil {
				return err
			}
		}
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
