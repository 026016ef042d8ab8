# flagfill: `make` lists the targets. Only Go and make are needed, except where
# a target says otherwise.

SHELL   := /bin/bash
GO      ?= go
COMMIT  := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
POINTS  ?= 1000000
ROTATION ?= 0
RECORD  ?= assurance.json
DOCS    ?= docs/assurance.md
PEER_POINTS ?= 10000000
FORMAT_POINTS ?= 10000000
RECONCILE_POINTS ?= 57000000
PUBLISH_POINTS ?= 57000000
PROFILES ?= fia gb republish daily
SHARE   ?= 1
SIZES   ?= 1000000 2000000 5000000 10000000 20000000 57000000
SHAPE_POINTS ?= 10000000
TURNS   ?= 5
SNAPSHOTS ?= bench/snapshots
FLOOR_POINTS ?= 10000000
FLOOR_DATA = $(SNAPSHOTS)/floors-$(FLOOR_POINTS)
BASE    ?= HEAD
BENCH   ?= .
COUNT   ?= 6
BENCHTIME ?= 1s
PACKAGES ?= ./...
RESULTS ?= bench/results
SURGE    = $(GO) run ./bench/surge -turns $(TURNS) -snapshots $(SNAPSHOTS) -results $(RESULTS)
PEERS    = $(GO) run ./bench/peers -turns $(TURNS) -snapshots $(SNAPSHOTS) -results $(RESULTS)
RUNTIME := -trimpath -ldflags "-s -w -X main.commit=$(COMMIT)"

.PHONY: help build demo test test-real assurance lint race fuzz bench bench-compare bench-peers bench-formats bench-reconcile bench-floors bench-explain bench-publish bench-surge bench-scaling bench-shapes bench-memory bench-tables pictures sbom clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/flagfill
	CGO_ENABLED=0 $(GO) build $(RUNTIME) -o bin/flagfill ./cmd/flagfill

demo: build ## generate a million meter points, inspect, run, verify, show the result, explain a point
	@bash demo.sh $(POINTS)

test: ## every test that needs Go alone
	$(GO) test ./...

test-real: build ## tests that need Node, Chromium, minisign, mount(8), coreutils, gzip and zstd; fails where they are missing
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

bench-compare: ## Go benchmarks of BASE=commit and of the tree, in turns, by benchstat (BENCH, COUNT, BENCHTIME, PACKAGES)
	BENCHTIME=$(BENCHTIME) bash bench/compare.sh "$(BASE)" "$(BENCH)" $(COUNT) $(PACKAGES)

bench-peers: build ## the same job on DuckDB, by Go with maps, by sort and join (needs Node and npm; PEER_POINTS, TURNS)
	$(PEERS) -points $(PEER_POINTS) job

bench-formats: build ## the same job on files of each format, beside DuckDB (needs Node, npm, gzip and zstd; FORMAT_POINTS, TURNS)
	$(PEERS) -points $(FORMAT_POINTS) formats

bench-reconcile: build ## reconcile beside DuckDB's full outer join (needs Node and npm; RECONCILE_POINTS, TURNS)
	$(PEERS) -points $(RECONCILE_POINTS) reconcile

bench-publish: build ## publishing everything beside cat through sha256sum (needs Node and npm; PUBLISH_POINTS, TURNS)
	$(PEERS) -points $(PUBLISH_POINTS) publish

bench-floors: build ## what a run costs above reading its pages; where its time goes (FLOOR_POINTS, TURNS)
	test -d $(FLOOR_DATA) || { rm -rf $(FLOOR_DATA).partial && \
	  bin/flagfill generate --out $(FLOOR_DATA).partial --meter-points $(FLOOR_POINTS) && mv $(FLOOR_DATA).partial $(FLOOR_DATA); }
	$(GO) run ./bench/floors -data $(FLOOR_DATA) -results $(RESULTS) -turns $(TURNS) measure

bench-explain: build ## one meter point explained, beside decoding the identifiers, shuffled and sorted (FLOOR_POINTS, TURNS)
	for order in shuffled sorted; do data=$(SNAPSHOTS)/explain-$(FLOOR_POINTS)-$$order; \
	  test -d $$data || { rm -rf $$data.partial && bin/flagfill generate --out $$data.partial --meter-points $(FLOOR_POINTS) --order $$order && \
	    mv $$data.partial $$data; } || exit 1; \
	  $(GO) run ./bench/explain -data $$data -turns $(TURNS) -sheet $(RESULTS)/explain-$$order.txt || exit 1; done

bench-surge: build ## the profiles of a go-live, Great Britain among them (PROFILES, also stress; SHARE, TURNS)
	$(SURGE) -share $(SHARE) -profiles "$(PROFILES)" profiles

bench-scaling: build ## time by size, one worker and two (SIZES in meter points, TURNS)
	$(SURGE) -sizes "$(SIZES)" scaling

bench-shapes: build ## data of other shapes: order, changes, row groups (SHAPE_POINTS, TURNS)
	$(SURGE) -points $(SHAPE_POINTS) shapes

bench-memory: build ## peak memory of Great Britain, without a budget and with one (SHARE, TURNS)
	$(SURGE) -share $(SHARE) memory

bench-tables: ## tables of bench/README.md and the charts, from the figures in bench/results
	$(GO) run ./bench/surge -results $(RESULTS) tables
	$(GO) run ./bench/floors -results $(RESULTS) tables
	$(GO) run ./bench/peers -results $(RESULTS) tables

sbom: build ## what is linked into bin/flagfill: bin/flagfill.cdx.json, docs/licences.md (fetches go-licenses)
	set -o pipefail; $(GO) run github.com/google/go-licenses@v1.6.0 report --ignore flagfill ./cmd/flagfill 2>bin/go-licenses.log | \
	  $(GO) run ./assurance/sbom -binary bin/flagfill -out bin/flagfill.cdx.json -licences docs/licences.md || { cat bin/go-licenses.log >&2; false; }

pictures: ## docs/pictures from the report of a made-up estate (needs Chromium; Inter and Noto Serif to look the same)
	mkdir -p docs/pictures
	PICTURES=$(CURDIR)/docs/pictures $(GO) test -tags browser -count=1 -run '^TestPictures$$' ./cmd/flagfill

clean: ## remove what was built and generated
	rm -rf bin demo bench/snapshots
