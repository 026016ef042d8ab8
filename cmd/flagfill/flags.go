package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// limitFlag reads a limit: a share as 0.1%, or a count.
type limitFlag struct{ limit *engine.Limit }

func (f limitFlag) Type() string { return "N|P%" }

func (f limitFlag) String() string {
	if f.limit == nil {
		return ""
	}
	if f.limit.Count >= 0 {
		return strconv.FormatInt(f.limit.Count, 10)
	}
	return strconv.FormatFloat(f.limit.Share*100, 'g', 6, 64) + "%"
}

func (f limitFlag) Set(text string) error {
	if share, ok := strings.CutSuffix(text, "%"); ok {
		percent, err := strconv.ParseFloat(strings.TrimSpace(share), 64)
		if err != nil || !(percent >= 0 && percent <= 100) {
			return fmt.Errorf("%q is not a share from 0%% to 100%%", text)
		}
		*f.limit = engine.Limit{Share: percent / 100, Count: -1}
		return nil
	}
	count, err := strconv.ParseInt(text, 10, 64)
	if err != nil || count < 0 {
		return fmt.Errorf("%q is neither a count nor a share such as 0.1%%", text)
	}
	*f.limit = engine.Limit{Count: count}
	return nil
}

// choiceFlag reads one of a few words.
type choiceFlag struct {
	choice  *int
	choices []string
}

func (f choiceFlag) Type() string { return strings.Join(f.choices, "|") }

func (f choiceFlag) String() string {
	if f.choice == nil {
		return ""
	}
	return f.choices[*f.choice]
}

func (f choiceFlag) Set(text string) error {
	at := slices.Index(f.choices, text)
	if at < 0 {
		return fmt.Errorf("%q is not one of %s", text, strings.Join(f.choices, ", "))
	}
	*f.choice = at
	return nil
}

// sizeFlag reads an amount of memory in bytes: 2GiB, 512MiB, 1GB or a number.
type sizeFlag struct{ bytes *int64 }

func (f sizeFlag) Type() string { return "SIZE" }

func (f sizeFlag) String() string {
	if f.bytes == nil || *f.bytes == 0 {
		return ""
	}
	return sizeWords(*f.bytes)
}

var sizeUnits = []struct {
	name  string
	bytes int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1}, {"", 1}}

func (f sizeFlag) Set(text string) error {
	for _, unit := range sizeUnits {
		number, ok := strings.CutSuffix(text, unit.name)
		if !ok {
			continue
		}
		amount, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !(amount*float64(unit.bytes) >= 1 && amount*float64(unit.bytes) < 1<<60) {
			break
		}
		*f.bytes = int64(amount * float64(unit.bytes))
		return nil
	}
	return fmt.Errorf("%q is not an amount of memory such as 2GiB", text)
}

// sizeWords writes bytes as everywhere in this program.
func sizeWords(bytes int64) string { return engine.SizeWords(bytes) }

// rowsFlag reads devices=N,meter_points=N.
type rowsFlag struct{ rows *map[engine.Table]int64 }

func (f rowsFlag) Type() string   { return "devices=N,meter_points=N" }
func (f rowsFlag) String() string { return "" }

func (f rowsFlag) Set(text string) error {
	if *f.rows == nil {
		*f.rows = map[engine.Table]int64{}
	}
	for part := range strings.SplitSeq(text, ",") {
		name, number, _ := strings.Cut(part, "=")
		rows, err := strconv.ParseInt(number, 10, 64)
		switch {
		case err != nil || rows < 0:
			return fmt.Errorf("%q is not TABLE=ROWS", part)
		case name == engine.Devices.String():
			(*f.rows)[engine.Devices] = rows
		case name == engine.MeterPoints.String():
			(*f.rows)[engine.MeterPoints] = rows
		default:
			return fmt.Errorf("%q is not a table: devices and meter_points are", name)
		}
	}
	return nil
}

// timeFlag reads an instant of whole seconds.
type timeFlag struct{ at *time.Time }

func (f timeFlag) Type() string { return "TIME" }

func (f timeFlag) String() string {
	if f.at == nil || f.at.IsZero() {
		return ""
	}
	return f.at.Format(time.RFC3339)
}

func (f timeFlag) Set(text string) error {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.Nanosecond() != 0 || at.Year() < 1970 || at.Year() > 9998 {
		return fmt.Errorf("%q is not an instant of whole seconds such as 2026-11-21T02:00:00Z", text)
	}
	*f.at = at.UTC()
	return nil
}

var (
	scopeNames    = []string{meterpoint.Full.String(), meterpoint.Backfill.String()}
	baselineNames = []string{meterpoint.BaselineRecorded.String(), meterpoint.BaselineGoLive.String(), meterpoint.BaselineReported.String()}
)
