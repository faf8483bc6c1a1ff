# Giayto. `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.PHONY: help run demo test race crash fuzz lint bench generate build screenshots

GO ?= go
FUZZTIME ?= 60s
# npm writes this file last.
INSTALLED := node_modules/.package-lock.json
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: ## the server with demo data on http://127.0.0.1:8080 (needs only Go)
	$(GO) run ./cmd/giayto serve --dev

demo: ## play the whole scene once and write its files to giayto-demo/
	$(GO) run ./cmd/giayto demo --out giayto-demo

build: ## the two programs, in bin/
	$(GO) build -trimpath -o bin/ ./cmd/giayto ./cmd/giayto-verify

test: ## every test, with the race detector
	$(GO) test -race ./...

screenshots: ## a picture of each state of the web pages, in screenshots/
	GIAYTO_SCREENSHOTS=$(CURDIR)/screenshots $(GO) test ./internal/browser -run TestScreenshots -count=1 -v -timeout 20m

race: test ## the same as test

crash: ## kill the server 200 times under load: no message lost, none to the wrong citizen
	GIAYTO_KILL_ROUNDS=200 $(GO) test ./cmd/giayto -run TestKilledUnderLoad -count=1 -v -timeout 30m

# Go's fuzzer now and then reports the end of a timed run itself as a failure:
# "context deadline exceeded" alone, with no failing input. That, and only that,
# counts as the end of the run. FUZZTIME=20000x counts executions instead.
fuzz: ## every fuzz target for FUZZTIME (60s) each
	@set -eo pipefail; log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	for pkg in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
	    echo "== $$pkg $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$pkg 2>&1 | tee "$$log" || { \
	      [[ $$(sed -n '/^--- FAIL: /,/^FAIL$$/p' "$$log" | sed 1d) == $$'    context deadline exceeded\nFAIL' ]] || exit 1; \
	      echo "(the time was up)"; \
	    }; \
	  done; \
	done
	@echo "== Go and Node, the same random input"
	@n=100000; [[ "$(FUZZTIME)" != *x ]] || n=$$(( $(FUZZTIME:x=) )); \
	  MUTATIONS=$$n LISTS=$$(( n / 20 + 1 )) SEED=0 $(GO) test -count=1 -v -timeout 30m ./internal/differential

lint: ## gofmt, vet, staticcheck, module files
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "gofmt would change these files"; exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...
	$(GO) mod tidy -diff
	$(GO) mod verify

bench: verifier/js/$(INSTALLED) web/$(INSTALLED) ## the figures of docs/performance.md
	$(GO) test ./internal/bench -run '^$$' -bench . -benchtime 2s
	$(GO) test ./qr/... ./catalog ./disclosure/... ./verifier ./internal/store/... -run '^$$' -bench . -benchmem
	cd verifier/js && node bench.mjs
	node web/bench/readers.mjs

generate: verifier/js/$(INSTALLED) web/$(INSTALLED) ## write every generated file anew; CI proves that nothing changes
	$(GO) run ./internal/generate/reasons .
	$(GO) run ./internal/generate all
	cd verifier/js && node build.mjs
	cd web && node node_modules/typescript/bin/tsc -p . && node build.mjs

# The packages that build and test what is written for browsers. Only this,
# generate and bench need Node; the tests that do skip where it is missing.
%/$(INSTALLED): %/package-lock.json
	cd $* && npm ci
