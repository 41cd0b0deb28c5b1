# Drawbridge: `make run` for the whole system on this machine, `make test` for everything that proves it.

GO_FILES := $(shell git ls-files '*.go')
.DEFAULT_GOAL := help
.PHONY: help run test check test-go test-auth0 test-web build deploy lint-template bench chaos

help: ## list the targets
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# The functions' own flags: what the runner and they share is then compiled once, which halves the first start.
run: ## everything on this machine: API, tenant, web app, tables (Ctrl-C ends it); ARGS="--fresh" for its flags
	@CGO_ENABLED=0 go run -trimpath -tags lambda.norpc ./local $(ARGS)

test: check test-go test-auth0 test-web ## every test there is, and the static checks

check: ## gofmt, go vet, staticcheck
	@unformatted="$$(gofmt -l $(GO_FILES))"; if [ -n "$$unformatted" ]; then echo "gofmt these: $$unformatted"; exit 1; fi
	go vet ./...
	go tool staticcheck ./...

test-go: ## the Go tests with the race detector, then the end-to-end walk
	go test -race -timeout 10m $$(go list ./... | grep -v /local/e2e)
	go test -race -timeout 5m ./local/e2e

test-auth0: ## the Actions and the local tenant, by node's test runner
	cd auth0 && npm ci --no-audit --no-fund --loglevel=error && npm test

test-web: ## the web app: unit tests, then a real browser on the real stack
	cd web && npm ci --no-audit --no-fund --loglevel=error && npm test

build: ## the Lambda binaries, as SAM packages them
	GOFLAGS="-tags=lambda.norpc -ldflags=-s" CGO_ENABLED=0 sam build

deploy: build ## deploy to AWS; ENV=staging or ENV=production for another environment
	sam deploy --config-env $(or $(ENV),default)

lint-template: ## cfn-lint, and SAM's own validation where SAM CLI is installed
	cfn-lint template.yaml
	@if command -v sam >/dev/null; then sam validate --lint; else echo "sam validate: skipped, SAM CLI is not installed"; fi
