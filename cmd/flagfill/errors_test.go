package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"flagfill/engine"
)

// docs/errors.md has a line for every exception code and every exit code, in
// their order, and for no other.
func TestErrorsAreDocumented(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "errors.md"))
	if err != nil {
		t.Fatal(err)
	}
	exceptions, exits, found := strings.Cut(string(text), "## Refusals and failures")
	if !found {
		t.Fatal("no part on refusals")
	}
	var codes []string
	for code := range engine.Code(engine.Codes) {
		codes = append(codes, code.String())
	}
	if diff := gocmp.Diff(codes, firstCells(exceptions, "`([A-Z_]+)`")); diff != "" {
		t.Errorf("exception codes (-engine +docs):\n%s", diff)
	}
	for _, word := range regexp.MustCompile("`([A-Z]+_[A-Z_]+)`").FindAllStringSubmatch(string(text), -1) {
		if !slices.Contains(codes, word[1]) {
			t.Errorf("%s is no exception code", word[1])
		}
	}
	var want []string
	for _, code := range []int{exitDone, exitFailed, exitUsage, exitDifferences, exitOverLimit, exitRefused} {
		want = append(want, strconv.Itoa(code))
	}
	want = append(want, strconv.Itoa(exitInterrupt)+", "+strconv.Itoa(exitTerminate))
	if diff := gocmp.Diff(want, firstCells(exits, "([0-9, ]+)")); diff != "" {
		t.Errorf("exit codes (-program +docs):\n%s", diff)
	}
}

// firstCells lists what matches in the first cell of each line of a table.
func firstCells(text, pattern string) []string {
	var cells []string
	for _, match := range regexp.MustCompile(`(?m)^\| `+pattern+` \|`).FindAllStringSubmatch(text, -1) {
		cells = append(cells, match[1])
	}
	return cells
}
