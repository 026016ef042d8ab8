#!/usr/bin/env bash
# gofmt, go vet and golangci-lint over the module. golangci-lint is installed
# where it is missing, in the version that .golangci.yml is written for.
set -euo pipefail
cd "$(dirname "$0")/.."
version=v2.15.0

unformatted=$(git ls-files -co --exclude-standard '*.go' | xargs -r gofmt -l)
if [ -n "$unformatted" ]; then
  printf 'not formatted (gofmt -w):\n%s\n' "$unformatted" >&2
  exit 1
fi
go vet ./...

PATH=$PATH:$(go env GOPATH)/bin
if ! golangci-lint version 2>/dev/null | grep -q "version ${version#v}"; then
  go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$version"
  PATH=$(go env GOPATH)/bin:$PATH
fi
golangci-lint run
