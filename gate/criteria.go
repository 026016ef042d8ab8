// Package gate judges a publication: go, or no-go, and by which figures.
package gate

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"flagfill/config"
	"flagfill/engine"
)

// Template is a criteria file with nothing filled in: none of it is met.
//
//go:embed template.toml
var Template string

// Criteria are what a criteria file demands.
type Criteria struct {
	SHA256   string // of the file
	measured measured
	manual   []manual
}

// measured are the keys of [measured]; nil and "" are unfilled.
type measured struct {
	MaxExceptions     string `toml:"max_exceptions"`
	MaxAmbiguous      string `toml:"max_ambiguous"`
	MaxHeld           string `toml:"max_held"`
	MinNotActive      string `toml:"min_not_active"`
	MaxNotActive      string `toml:"max_not_active"`
	NotActiveFrom     string `toml:"not_active_from"`
	LayoutsConfirmed  *bool  `toml:"layouts_confirmed"`
	NoTestIdentifiers *bool  `toml:"no_test_identifiers"`
	Verified          *bool  `toml:"verified"`
	Signed            *bool  `toml:"signed"`
	MaxSkew           string `toml:"max_skew"`
	MaxAge            string `toml:"max_age"`
}

type manual struct {
	Criterion string `toml:"criterion"`
	Met       bool   `toml:"met"`
	By        string `toml:"by"`
	On        string `toml:"on"`
	Note      string `toml:"note"`
}

// anything is the word that demands nothing.
const anything = "any"

// Read reads a criteria file. What it may not say is an *engine.Refusal of kind
// RefusedUsage.
func Read(path string) (*Criteria, error) {
	const next = "flagfill gate --template prints one, with nothing filled in."
	var file struct {
		Measured measured `toml:"measured"`
		Manual   []manual `toml:"manual"`
	}
	text, err := config.ReadStrict(path, "criteria file", next, &file)
	if err != nil {
		return nil, err
	}
	refuse := func(format string, args ...any) error {
		return &engine.Refusal{Kind: engine.RefusedUsage,
			Problem: "cannot use criteria file " + engine.ShownPath(path) + ": " + fmt.Sprintf(format, args...), Next: next}
	}
	m := &file.Measured
	for _, bound := range []struct {
		key, value string
		parse      func(string) error
	}{
		{"max_exceptions", m.MaxExceptions, checked(parseBound)}, {"max_ambiguous", m.MaxAmbiguous, checked(parseBound)},
		{"max_held", m.MaxHeld, checked(parseBound)}, {"min_not_active", m.MinNotActive, checked(parsePercent)},
		{"max_not_active", m.MaxNotActive, checked(parsePercent)}, {"not_active_from", m.NotActiveFrom, checked(parseCount)},
		{"max_skew", m.MaxSkew, checked(parseDuration)}, {"max_age", m.MaxAge, checked(parseDuration)},
	} {
		if err := bound.parse(bound.value); bound.value != "" && bound.value != anything && err != nil {
			return nil, refuse("measured.%s: %v", bound.key, err)
		}
	}
	for i, c := range file.Manual {
		if c.Criterion == "" {
			return nil, refuse("the manual criterion number %d does not say what it is: criterion is empty", i+1)
		}
		if _, err := time.Parse(time.DateOnly, c.On); c.On != "" && err != nil {
			return nil, refuse("%q: on is %q, and a date such as 2026-11-20 is wanted", engine.Shown(c.Criterion), engine.Shown(c.On))
		}
	}
	sum := sha256.Sum256(text)
	return &Criteria{SHA256: hex.EncodeToString(sum[:]), measured: file.Measured, manual: file.Manual}, nil
}

func checked[T any](parse func(string) (T, error)) func(string) error {
	return func(text string) error {
		_, err := parse(text)
		return err
	}
}

// percent is a share as an exact fraction: millionths of a percent.
type percent int64

const (
	onePercent     = 1_000_000
	hundredPercent = 100 * onePercent
)

// parsePercent reads "0.1%" to the millionth.
func parsePercent(text string) (percent, error) {
	wrong := fmt.Errorf("%q is no share such as \"0.5%%\"", engine.Shown(text))
	number, ok := strings.CutSuffix(text, "%")
	whole, part, _ := strings.Cut(strings.TrimSpace(number), ".")
	n, err := strconv.ParseUint(whole+part+strings.Repeat("0", max(0, 6-len(part))), 10, 40)
	if !ok || err != nil || len(part) > 6 || whole == "" {
		return 0, wrong
	}
	return percent(n), nil
}

func parseCount(text string) (int64, error) {
	n, err := strconv.ParseUint(text, 10, 40)
	if err != nil {
		return 0, fmt.Errorf("%q is no count", engine.Shown(text))
	}
	return int64(n), nil
}

// bound is the most that there may be: a share of a base, or a count.
type bound struct {
	share percent // used while count is negative
	count int64
}

func parseBound(text string) (bound, error) {
	if strings.HasSuffix(text, "%") {
		share, err := parsePercent(text)
		return bound{share, -1}, err
	}
	count, err := parseCount(text)
	if err != nil {
		return bound{}, fmt.Errorf("%q is neither a share such as \"0.1%%\" nor a count", engine.Shown(text))
	}
	return bound{0, count}, nil
}

// allows tells whether n of base are within the bound.
func (b bound) allows(n, base int64) bool {
	if b.count >= 0 {
		return n <= b.count
	}
	return product(n, hundredPercent).Cmp(product(base, int64(b.share))) <= 0
}

func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is no time such as \"6h\" or \"90m\"", engine.Shown(text))
	}
	return d, nil
}
