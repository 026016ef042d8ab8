package writers

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// ReconciliationSchema names the form of reconciliation.json.
const ReconciliationSchema = "flagfill.reconciliation/1"

// Where the expected statuses come from.
const (
	ExpectedComputed = "computed"
	ExpectedRecorded = "recorded"
)

// ReconciliationRecord is reconciliation.json. All of it is a function of rows,
// configuration and as-of alone.
type ReconciliationRecord struct {
	Schema            string                         `json:"schema"`
	ContentDigest     string                         `json:"content_digest"` // SHA-256 of the compact JSON of all that follows
	AsOf              time.Time                      `json:"as_of"`
	Fuel              string                         `json:"fuel"`
	Expected          string                         `json:"expected"` // ExpectedComputed or ExpectedRecorded
	Switches          SwitchSettings                 `json:"switches"`
	Rules             map[string]string              `json:"rules"`               // ambiguity → policy
	RDP               string                         `json:"rdp"`                 // the holder of rows that name none; "": the distributor's
	InFlightDays      *int                           `json:"in_flight_days"`      // null: no change is in flight
	DateToleranceDays *int                           `json:"date_tolerance_days"` // null: dates are not compared
	Partial           bool                           `json:"partial"`             // counts so far; never in a folder
	MeterPoints       engine.MeterPointTotals        `json:"meter_points"`
	Devices           engine.DeviceTotals            `json:"devices"`
	ExtractRows       int64                          `json:"extract_rows"`
	Differences       int64                          `json:"differences"` // of points and rows: the lines of differences.parquet
	Classes           map[string]int64               `json:"classes"`
	Rows              map[string]int64               `json:"rows"`
	ByFuel            map[string]ReconciliationShare `json:"by_fuel"`
	ByRDP             map[string]ReconciliationShare `json:"by_rdp"`
	Stale             []engine.StaleCount            `json:"stale"`
	Exceptions        map[string]int64               `json:"exceptions"`  // of the snapshot, by code
	Corrections       *CorrectionsFacts              `json:"corrections"` // null: not asked for
	DifferencesFile   ChangesFacts                   `json:"differences_file"`
}

// ReconciliationShare counts the part of a fuel or an RDP.
type ReconciliationShare struct {
	Classes map[string]int64 `json:"classes"`
	Rows    map[string]int64 `json:"rows"`
}

// CorrectionsFacts describe the publication that puts differences right.
type CorrectionsFacts struct {
	Path          string            `json:"path"`
	ContentDigest string            `json:"content_digest"`
	Reportable    engine.Reportable `json:"reportable"`
}

// NewPartialRecord is what a reconciliation that a limit ended has counted.
func NewPartialRecord(cfg *engine.Config, found *engine.Reconciliation) *ReconciliationRecord {
	return recordOf(cfg, found)
}

func newReconciliationRecord(cfg *engine.Config, found *engine.Reconciliation, differences *differencesFile, corrections *Manifest) (*ReconciliationRecord, error) {
	r := recordOf(cfg, found)
	listing := differences.file.listing()
	r.DifferencesFile = ChangesFacts{differencesName, differences.rows, listing.Bytes, listing.SHA256}
	if corrections != nil {
		r.Corrections = &CorrectionsFacts{correctionsName, corrections.ContentDigest, corrections.Content.Totals.Reportable}
	}
	var err error
	r.ContentDigest, err = r.digest()
	return r, err
}

func recordOf(cfg *engine.Config, found *engine.Reconciliation) *ReconciliationRecord {
	r := &ReconciliationRecord{
		Schema: ReconciliationSchema, AsOf: cfg.AsOf.UTC().Truncate(time.Second), Fuel: cfg.Fuel.String(),
		Expected: ExpectedComputed,
		Switches: SwitchSettings{cfg.Rules.InstalledStatus, cfg.Switches.ReportElectricity, cfg.Switches.ReportGas},
		Rules:    map[string]string{}, RDP: found.Terms.RDP, Partial: found.Partial, ExtractRows: found.Rows,
		MeterPoints: found.Result.Read.MeterPoints, Devices: found.Result.Read.Devices,
		ByFuel: map[string]ReconciliationShare{}, ByRDP: map[string]ReconciliationShare{},
		Stale: append([]engine.StaleCount{}, found.Stale...), Exceptions: newTotals(found.Result).Exceptions,
	}
	if cfg.AsRecorded {
		r.Expected = ExpectedRecorded
	}
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		r.Rules[a.String()] = cfg.Rules.Choices[a].String()
	}
	if found.Terms.InFlightDays >= 0 {
		r.InFlightDays = &found.Terms.InFlightDays
	}
	if found.Terms.DateToleranceDays >= 0 {
		r.DateToleranceDays = &found.Terms.DateToleranceDays
	}
	points, rows := found.Total.Differences()
	r.Differences = points + rows
	whole := shareOf(&found.Total)
	r.Classes, r.Rows = whole.Classes, whole.Rows
	for _, n := range found.ByFuel {
		r.ByFuel[n.Name] = shareOf(&n.Counts)
	}
	for _, n := range found.ByRDP {
		r.ByRDP[n.Name] = shareOf(&n.Counts)
	}
	return r
}

// shareOf names every class, and of the row classes that only some inputs can
// have those that occur.
func shareOf(c *engine.Counts) ReconciliationShare {
	s := ReconciliationShare{map[string]int64{}, map[string]int64{}}
	for class, n := range c.Classes {
		s.Classes[engine.Class(class).String()] = n
	}
	for class, n := range c.Rows {
		if rowClass := engine.RowClass(class); n > 0 || rowClass.IsDifference() || rowClass == engine.RowRepeat || rowClass == engine.RowUsed {
			s.Rows[rowClass.String()] = n
		}
	}
	return s
}

// digest is the SHA-256 of the compact JSON, without schema and digest.
func (r *ReconciliationRecord) digest() (string, error) {
	bare := *r
	bare.Schema, bare.ContentDigest = "", ""
	text, err := compactJSON(&bare)
	if err != nil {
		return "", fmt.Errorf("cannot digest %s: %w", reconciliationName, err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// decodeReconciliation reads reconciliation.json strictly, as DecodeManifest
// does a manifest.
func decodeReconciliation(text []byte) (*ReconciliationRecord, error) {
	var r ReconciliationRecord
	if err := decodeJSON(text, &r); err != nil {
		return nil, err
	}
	if r.Schema != ReconciliationSchema {
		return nil, fmt.Errorf("its schema is %q, not %s", engine.Shown(r.Schema), ReconciliationSchema)
	}
	digest, err := r.digest()
	if err != nil {
		return nil, err
	}
	if digest != r.ContentDigest {
		return nil, fmt.Errorf("it has the digest %s, and not the one that it says", digest)
	}
	if canonical, err := encodeJSON(&r); err != nil || !bytes.Equal(canonical, text) {
		return nil, errors.New("it is not in canonical form")
	}
	return &r, nil
}

// check proves that the counts add up, each with all others. It gives what is
// wrong, in plain words.
func (r *ReconciliationRecord) check() []string {
	var problems checklist
	if r.Partial {
		problems.add("it is partial")
	}
	for _, name := range slices.Concat(unknownClasses(r.Classes, pointClasses), unknownClasses(r.Rows, rowClasses)) {
		problems.add("it counts a class %s, and there is none", engine.Shown(name))
	}
	problems.equal("point classes = assessed meter points", r.MeterPoints.Assessed, sumOf(r.Classes))
	problems.equal("row classes = extract rows", r.ExtractRows, sumOf(r.Rows))
	for what, shares := range map[string]map[string]ReconciliationShare{"fuels": r.ByFuel, "RDPs": r.ByRDP} {
		whole := ReconciliationShare{map[string]int64{}, map[string]int64{}}
		for _, share := range shares {
			addCounts(whole.Classes, share.Classes)
			addCounts(whole.Rows, share.Rows)
		}
		problems.same("classes = sum of the "+what, withoutZeros(r.Classes), withoutZeros(whole.Classes))
		problems.same("rows = sum of the "+what, withoutZeros(r.Rows), withoutZeros(whole.Rows))
	}
	differences, stale := int64(0), int64(0)
	for class := range engine.Class(engine.LineClasses) {
		if engine.IsLineDifference(class) {
			differences += r.countOf(class)
		}
	}
	for _, s := range r.Stale {
		stale += s.Count
		if flags := []string{"A", "I", "N"}; !slices.Contains(flags, s.From) || !slices.Contains(flags, s.To) || s.From == s.To {
			problems.add("a stale flag goes from %s to %s", engine.Shown(s.From), engine.Shown(s.To))
		}
	}
	problems.equal("differences = sum of their classes", r.Differences, differences)
	problems.equal("lines of "+differencesName, r.DifferencesFile.Rows, r.Differences)
	problems.equal("stale = sum of its moves", r.Classes[engine.Stale.String()], stale)
	if r.DifferencesFile.Path != differencesName {
		problems.add("its differences are not in %s", differencesName)
	}
	return problems
}

func (r *ReconciliationRecord) countOf(lineClass engine.Class) int64 {
	if lineClass < engine.Classes {
		return r.Classes[lineClass.String()]
	}
	return r.Rows[engine.LineClass(lineClass)]
}

func sumOf(counts map[string]int64) (sum int64) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

func addCounts(to, from map[string]int64) {
	for name, n := range from {
		to[name] += n
	}
}

func withoutZeros(counts map[string]int64) map[string]int64 {
	counts = maps.Clone(counts)
	maps.DeleteFunc(counts, func(_ string, n int64) bool { return n == 0 })
	return counts
}

// reconcileRunRecord is run.json of a reconciliation: evidence.
type reconcileRunRecord struct {
	runRecord
	Cautions []string      `json:"cautions"` // what an operator should look at
	Snapshot SnapshotFacts `json:"snapshot"`
	Inputs   []InputTable  `json:"inputs"`
}

func (r *Reconciliation) newRunRecord(found *engine.Reconciliation) reconcileRunRecord {
	run := newRunRecord(r.settings.Run, &r.cfg, found.Result, r.untilSealed(found.Result))
	run.Rows += found.Rows
	if run.Seconds > 0 {
		run.RowsPerSecond = float64(run.Rows) / run.Seconds
	}
	return reconcileRunRecord{run, append([]string{}, found.Result.Cautions...), newSnapshot(&found.Result.Coherence),
		newInputs(append(slices.Clone(found.Result.Inputs), found.Input), r.settings.InputDigests)}
}
