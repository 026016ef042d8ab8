# flagfill: `make` lists the targets. Only Go and make are needed, except where
# a target says otherwise.

SHELL   := /bin/bash
GO      ?= go
COMMIT  := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
POINTS  ?= 1000000
PAIRS   ?= 5
ROTATION ?= 0
RECORD  ?= assurance.json
DOCS    ?= docs/assurance.md
PEER_POINTS ?= 10000000
PEER_DATA    = bench/snapshots/$(PEER_POINTS)
RUNTIME := -trimpath -ldflags "-s -w -X main.commit=$(COMMIT)"

.PHONY: help build demo test test-real assurance lint race fuzz bench bench-peers sbom clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/flagfill
	CGO_ENABLED=0 $(GO) build $(RUNTIME) -o bin/flagfill ./cmd/flagfill

demo: build ## generate a million meter points, inspect, run, verify, show the result
	@bash demo.sh $(POINTS)

test: ## every test that needs Go alone
	$(GO) test ./...

test-real: build ## tests that need Node, mount(8) and coreutils; fails where they are missing
	bash testdata/real/run.sh

assurance: ## try every property; a tenth, or DEEP=1 for all (ONLY, SEEDS, ROTATION)
	$(GO) run ./assurance $(if $(DEEP),-deep) -only "$(ONLY)" -seeds "$(SEEDS)" -rotation $(ROTATION) -record $(RECORD) -docs "$(DOCS)"

race: ## the tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -short ./engine/... ./loaders ./writers ./cmd/flagfill

fuzz: ## every fuzz target for FUZZTIME each
	bash testdata/fuzz.sh $(or $(FUZZTIME),5s)

lint: ## gofmt, vet and golangci-lint (installed where missing)
	bash testdata/lint.sh

bench: ## every Go benchmark
	$(GO) test -run '^$$' -bench . -benchmem $(BENCHFLAGS) ./...

bench-peers: build ## the same job on DuckDB, in pairs (needs Node and npm; PAIRS, PEER_POINTS)
	test -d $(PEER_DATA) || bin/flagfill generate --out $(PEER_DATA) --meter-points $(PEER_POINTS)
	$(GO) run ./bench/peers --data $(PEER_DATA) --flagfill bin/flagfill --pairs $(PAIRS)

sbom: build ## what is linked into bin/flagfill: bin/flagfill.cdx.json, docs/licences.md (fetches go-licenses)
	set -o pipefail; $(GO) run github.com/google/go-licenses@v1.6.0 report --ignore flagfill ./cmd/flagfill 2>bin/go-licenses.log | \
	  $(GO) run ./assurance/sbom -binary bin/flagfill -out bin/flagfill.cdx.json -licences docs/licences.md || { cat bin/go-licenses.log >&2; false; }

clean: ## remove what was built and generated
	rm -rf bin demo
