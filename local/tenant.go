package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"drawbridge/shared/remedy"
)

const (
	// webClient is the name of the single-page app in auth0/tenant.yaml. The login accepts its id_tokens.
	webClient = "Drawbridge Web"
	// webClientID is the id that the tenant makes of that name. The template is read before the tenant is up, so the id
	// is here too.
	webClientID = "6wgotkC4aYAQZDziz4s8EhDbZBSZYIjI"
	// tenantReadiness is how long the tenant may take until it listens. At its first start it makes RSA keys.
	tenantReadiness = 30 * time.Second
)

// tenant is the Auth0 tenant, a Node process.
type tenant struct {
	*child
	issuer     string
	clients    map[string]string // client ids by name
	phoneLinks []string          // open one on a phone to pair it; none unless the phone is exposed to the network
}

// tenantArguments are those of auth0/local/main.js.
func tenantArguments(o options) []string {
	arguments := []string{
		filepath.Join("auth0", "local", "main.js"), "--port", strconv.Itoa(o.tenantPort()),
		"--tenant", filepath.Join("auth0", "tenant.yaml"), "--users", filepath.Join("local", "seed.yaml"),
		"--api", o.apiURL(), "--web", o.webURL(),
	}
	if o.exposePhone {
		arguments = append(arguments, "--expose-phone-to-network", strconv.Itoa(o.phonePort()))
	}
	return arguments
}

// listeningTenant starts the tenant and returns when it listens.
func (r *runner) listeningTenant(ctx context.Context) (*tenant, error) {
	ready := make(chan tenant, 1)
	var said []string
	line := func(text string) {
		var event struct {
			Event   string
			Issuer  string
			Clients map[string]string
			Phone   []string `json:"phone_links"`
		}
		if strings.HasPrefix(text, "{") && json.Unmarshal([]byte(text), &event) == nil && event.Event == "ready" {
			select {
			case ready <- tenant{issuer: event.Issuer, clients: event.Clients, phoneLinks: event.Phone}:
			default: // said twice
			}
			return
		}
		if len(said) < 30 {
			said = append(said, text)
		}
		r.terminal.printf("  tenant | %s", text)
	}
	arguments := tenantArguments(r.options)
	if data := r.folder.tenant(); data != "" {
		absolute, err := filepath.Abs(data)
		if err != nil {
			return nil, err
		}
		arguments = append(arguments, "--data", absolute)
	}
	command := exec.Command("node", arguments...)
	command.Dir = r.options.root()
	command.Env = append(os.Environ(), r.options.stackEnvironment(r.secrets)...)
	process, err := startChild(r.reaper, line, command)
	if err != nil {
		return nil, fmt.Errorf("the tenant cannot be started: %w", err)
	}
	select {
	case t := <-ready:
		t.child = process
		if err := r.options.checkClients(t.clients); err != nil {
			process.stop(time.Second)
			return nil, err
		}
		return &t, nil
	case <-process.ended:
		err = remedy.New(
			"the tenant ended at once", "Mend what it says; --fresh forgets the keys that it kept.",
			fmt.Errorf("%v\n%s", process.command.ProcessState, strings.Join(said, "\n")),
		)
	case <-time.After(tenantReadiness):
		err = remedy.New(
			fmt.Sprintf("the tenant did not listen within %v", tenantReadiness),
			"Start it by hand to see why: node auth0/local/main.js", nil,
		)
	case <-ctx.Done():
		err = ctx.Err()
	}
	process.stop(time.Second)
	return nil, err
}

// checkClients refuses a tenant whose clients have other ids than the stack was told.
func (o options) checkClients(ids map[string]string) error {
	wanted := map[string]string{webClient: webClientID}
	if o.backChannel {
		wanted[approvalsClient] = approvalsClientID
	}
	for name, want := range wanted {
		if id := ids[name]; id != want {
			return remedy.New(
				fmt.Sprintf("the tenant's client named %s has the id %q, not %q", name, id, want),
				"Put the client into auth0/tenant.yaml, or its id into the runner (folder local).", nil,
			)
		}
	}
	return nil
}

func (r *runner) startTenant(ctx context.Context) error {
	if err := r.packages(ctx, "auth0"); err != nil {
		return err
	}
	return r.terminal.step("tenant", func() (note string, err error) {
		if r.tenant, err = r.listeningTenant(ctx); err != nil {
			return "", err
		}
		r.closing(func() { r.tenant.stop(2 * time.Second) })
		return r.tenant.issuer, nil
	})
}

// stackEnvironment gives the tenant the settings that it shares with the stack.
func (o options) stackEnvironment(s secrets) []string {
	return []string{
		"APPROVAL_SECRET=" + cmp.Or(o.parameters["ApprovalSecret"], s.approvals),
		"APPROVAL_BINDING=" + cmp.Or(o.parameters["ApprovalBinding"], "optional"),
		"DPOP=" + cmp.Or(o.parameters["Dpop"], "allowed"),
		"APPROVALS_CLIENT_PUBLIC_KEY=" + s.key.public, // empty without --back-channel, also if the shell has one
	}
}
