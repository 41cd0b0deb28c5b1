# Drawbridge: `make run` for the whole system on this machine, `make test` for everything that proves it.

GO_FILES := $(shell git ls-files '*.go')
.DEFAULT_GOAL := help
.PHONY: help run test check test-go test-e2e test-auth0 test-tenant test-web build deploy region tenant outdated bench fuzz chaos \
  go-and-web walk-and-tenant

help: ## list the targets
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: ## everything on this machine: API, tenant, web app, tables (Ctrl-C ends it); ARGS="--fresh" for its flags
	@echo "Drawbridge: compiling the runner (the first time, Go fetches its modules)"
	@go run ./local $(ARGS)

# Two lanes, since most tests wait as much as they work. The tenant's come after the walk, whose tenant runs from the
# packages that test-auth0 installs anew.
test: check ## every test there is, and the static checks
	@$(MAKE) --no-print-directory -j2 go-and-web walk-and-tenant

go-and-web:
	@$(MAKE) --no-print-directory test-go && $(MAKE) --no-print-directory test-web

walk-and-tenant:
	@$(MAKE) --no-print-directory test-e2e && $(MAKE) --no-print-directory test-auth0 && \
	$(MAKE) --no-print-directory test-tenant

check: ## gofmt, go vet, staticcheck, a tidy go.mod, no known vulnerability
	@unformatted="$$(gofmt -l $(GO_FILES))"; if [ -n "$$unformatted" ]; then echo "gofmt these: $$unformatted"; exit 1; fi
	go vet ./...
	go tool staticcheck ./...
	go mod tidy -diff
	@if found="$$(go tool govulncheck ./... 2>&1)"; then echo "govulncheck: clean"; else case "$$found" in \
	  *"fetching vulnerabilities"*) echo "govulncheck: skipped, its database does not answer";; \
	  *) echo "$$found"; exit 1;; esac; fi

test-go: ## the Go tests with the race detector
	go test -race -timeout 10m $$(go list ./... | grep -v /local/e2e)

test-e2e: ## the end-to-end walk; never from the cache, since it builds and starts what go test does not see
	go test -race -count=1 -timeout 8m -parallel 4 ./local/e2e

test-auth0: ## the Actions and the local tenant, by node's test runner
	cd auth0 && npm ci --no-audit --no-fund --loglevel=error && npm test

test-tenant: ## tenant.yaml and the Actions, as Auth0's types, deploy CLI and a Management API on loopback see them
	cd auth0/gate && npm ci --no-audit --no-fund --loglevel=error && npm test

test-web: ## the web app: unit tests, then a real browser on the real stack
	cd web && npm ci --no-audit --no-fund --loglevel=error && npm test

bench: ## the benchmarks, each beside its floor (BENCHMARKS.md says how to read them)
	go test ./shared/token ./shared/token/dpop -run '^$$' -bench Ratios -cpu 1
	go test ./authorizer -run '^$$' -bench . -cpu 1
	go test ./shared/bank -run '^$$' -bench . -bench.entries 1000000 -timeout 30m

fuzz: ## each fuzz target for FUZZTIME (10m)
	@git grep -oE '^func Fuzz[A-Za-z0-9]+' -- '*_test.go' | while IFS=: read -r file declaration; do \
	  go test "./$$(dirname $$file)" -run '^$$' -fuzz "^$${declaration#func }$$" -fuzztime $(or $(FUZZTIME),10m) || exit 1; \
	done

chaos: ## the bank under faults, in full: 100 seeds of 5,000 transfers, and 20,000 while processes are killed
	go test ./shared/bank -run 'TestChaos|TestTheBank' -chaos.seeds 100 -chaos.transfers 5000 -rapid.checks 1000 -timeout 2h
	go test ./local/e2e -run TestMoneyMovesOnce -crash.transfers 20000 -timeout 1h

# The release is a hash of all that a deployment brings. samconfig.toml hands it to the template, which needs it.
build: ## the Lambda binaries, as SAM packages them
	GOFLAGS="-tags=lambda.norpc -ldflags=-s" CGO_ENABLED=0 sam build
	@cat samconfig.toml $$(find .aws-sam/build -type f | LC_ALL=C sort) | git hash-object --stdin | sed 's/.*/Release: "&"/' > .aws-sam/release.yaml
	@cat .aws-sam/release.yaml

deploy: region build ## deploy to AWS; ENV=staging or ENV=production for another environment
	sam deploy --config-env $(or $(ENV),default)

region:
	@test -n "$$AWS_REGION$$AWS_DEFAULT_REGION" || grep -q '^region' samconfig.toml || aws configure get region >/dev/null || \
	  { echo "No region is set: export AWS_DEFAULT_REGION=eu-central-1, or run aws configure"; exit 1; }

tenant: ## deploy the Auth0 tenant; DRY_RUN=1 to look first (auth0/TENANT.md says what it wants to be told)
	cd auth0 && npm ci --no-audit --no-fund --loglevel=error
	cd auth0/gate && npm ci --no-audit --no-fund --loglevel=error && node deploy.js $(if $(DRY_RUN),--dry-run)

# What is held back, and why, stands in docs/UPGRADES.md.
outdated: ## what has a newer version: Go modules, npm packages, the tools of .ci/run
	@go list -m -u -f '{{if and .Update (not .Indirect)}}{{.Path}} {{.Version}} -> {{.Update.Version}}{{end}}' all
	@for folder in auth0 auth0/gate web web/test local/invokeapi/testdata/javascript; do echo "$$folder:"; npm --prefix $$folder outdated || true; done
	@for pin in $$(grep -o '[a-z-]*==[0-9.]*' .ci/run); do echo "$$pin, newest: \
	  $$(python3 -m pip index versions $${pin%%==*} 2>/dev/null | sed -n '1s/.*(\(.*\))/\1/p')"; done
