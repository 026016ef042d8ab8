package writers

import (
	"fmt"
	"strings"
	"testing"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// manifestOfGreatBritain is made up: as many meter points and RDPs as there
// are, every exception, every open question, files without end.
func manifestOfGreatBritain(t *testing.T) (*Manifest, []byte, samples) {
	t.Helper()
	cfg := testConfig()
	cfg.Baseline = meterpoint.BaselineGoLive
	var facts engine.Facts
	rdps := map[meterpoint.Fuel][]string{meterpoint.Gas: {"", "XOSERVE"}, meterpoint.Electricity: {""}}
	for _, mpid := range cfg.Registrar.Distributors {
		if mpid != "" {
			rdps[meterpoint.Electricity] = append(rdps[meterpoint.Electricity], mpid)
		}
	}
	for _, fuel := range meterpoint.Fuels {
		for _, rdp := range rdps[fuel] {
			for set := range meterpoint.StatusSet(1 << 9) {
				for recorded := meterpoint.Null; recorded <= meterpoint.NotActive; recorded++ {
					facts = append(facts, engine.Cell{Fuel: fuel, RDP: rdp, Point: meterpoint.Point{Set: set, Recorded: recorded}, Count: 1000 + int64(set)})
				}
			}
		}
	}
	s := facts.Summarise(cfg.Question, cfg.Switches)
	result := &engine.Result{Config: cfg, Facts: facts, Summary: s}
	result.Read.MeterPoints = engine.MeterPointTotals{Rows: s.Assessed, Assessed: s.Assessed, Unchanged: s.Unchanged, Changed: s.Changed, Held: s.Held, Left: s.Left}
	flows, err := testSettings().Flows.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	m := &Manifest{Content: newContent(&cfg, flows, &flowFiles{}, ChangesFacts{Path: changesName}, result)}
	longPath := strings.Repeat("a-long-folder/", 10)
	found := samples{}
	for code := range engine.Code(engine.Codes) {
		m.Content.Totals.Exceptions[code.String()] = 1_000_000
		for i := range samplesOfCode {
			found.add(exceptionRow{"devices", longPath + "devices.parquet", int64(i), "import_mpxn", code.String(), strings.Repeat("x", 64)})
		}
	}
	for i := range 5700 {
		m.Content.Shards = append(m.Content.Shards, Shard{fmt.Sprintf("flows/electricity/EELC/%d", i), "electricity", "EELC", "D0350", int64(i), 100000, 1 << 22, strings.Repeat("0", 64)})
	}
	for _, table := range []string{"devices", "meter_points"} {
		in := InputTable{Table: table}
		for i := range 2000 {
			in.Files = append(in.Files, InputFile{fmt.Sprintf("%s%s-%d.parquet", longPath, table, i), "parquet", 60000, 1 << 22, strings.Repeat("0", 64)})
		}
		m.Inputs = append(m.Inputs, in)
	}
	run := []byte(`{"stages": [{"name": "read", "seconds": 31.25}], "work": [{"crew": "workers", "goroutines": 2, "steps": []}]}`)
	return m, run, found
}

func reportOf(t *testing.T, m *Manifest, run []byte, s samples) string {
	t.Helper()
	r, err := newReport(m, run, s)
	if err != nil {
		t.Fatal(err)
	}
	text, err := r.html()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestReportOfGreatBritainIsSmall, however many files there are.
func TestReportOfGreatBritainIsSmall(t *testing.T) {
	m, run, s := manifestOfGreatBritain(t)
	text := reportOf(t, m, run, s)
	t.Logf("%d bytes", len(text))
	if len(text) > 500_000 {
		t.Errorf("%d bytes", len(text))
	}
	for _, want := range []string{"The first 100 of 5,700", "The first 100 of 2,000"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	if again := reportOf(t, m, run, s); again != text {
		t.Error("the same publication gives two reports")
	}
}

func BenchmarkReport(b *testing.B) {
	t := &testing.T{}
	m, run, s := manifestOfGreatBritain(t)
	small := *m
	small.Content.Shards, small.Content.Facts, small.Inputs = nil, nil, nil
	for name, m := range map[string]*Manifest{"Great Britain": m, "small": &small} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				reportOf(t, m, run, s)
			}
		})
	}
}
