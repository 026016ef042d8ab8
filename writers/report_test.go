package writers

import (
	flags "flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
			in.Files = append(in.Files, InputFile{fmt.Sprintf("%s%s-%d.parquet", longPath, table, i), "parquet", 60000, 1 << 22, "", strings.Repeat("0", 64)})
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

// TestReportReads compares the text of a small report with one that was read by
// a person; -update writes it.
func TestReportReads(t *testing.T) {
	dir, _ := publishSmall(t)
	compareReading(t, dir, "testdata/report.txt", "reportForm")
}

// compareReading holds what a person reads of a report to a golden text.
func compareReading(t *testing.T, dir, golden, form string) {
	t.Helper()
	got := readPage(t, readText(t, dir, reportName)).outline
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the report reads differently (-want +got), and %s may need raising:\n%s", form, diff)
	}
}

var update = flags.Bool("update", false, "write the files in testdata that tests compare with")

// TestReportHasTheNumbersOfTheManifest, each in its place.
func TestReportHasTheNumbersOfTheManifest(t *testing.T) {
	for _, baseline := range []meterpoint.Baseline{meterpoint.BaselineRecorded, meterpoint.BaselineGoLive, meterpoint.BaselineReported} {
		cfg := testConfig()
		cfg.Baseline, cfg.Switches.ReportGas = baseline, baseline == meterpoint.BaselineGoLive
		dir := filepath.Join(t.TempDir(), "out")
		m, err := publish(t, OS{}, dir, cfg, testSettings(), smallPoints())
		if err != nil {
			t.Fatal(err)
		}
		got := readPage(t, readText(t, dir, reportName)).tables
		totals := &m.Content.Totals
		p, r := totals.MeterPoints, totals.Reportable
		want := map[string]int64{"rows": p.Rows, "not used": p.NotUsed, "other fuel": p.OtherFuel, "assessed": p.Assessed, "unchanged": p.Unchanged,
			"changed": p.Changed, "held": p.Held, "left": p.Left, "reportable": r.Total, "emitted": r.Emitted, "withheld": r.Withheld,
			"undeliverable": r.Undeliverable, "held back": r.HeldBack}
		for name, n := range want {
			wantRow(t, got["Control totals of meter_points"], fmt.Sprintf("%s | %s |", name, engine.Grouped(n)))
		}
		for code := range engine.Code(engine.Codes) {
			if n := totals.Exceptions[code.String()]; n > 0 {
				wantRow(t, got["Exceptions by code"], fmt.Sprintf("%s | %s | %s | %d", code, exceptionEffects[code], engine.Grouped(n), totals.Warnings[code.String()]))
			}
		}
		moved := int64(0)
		for _, fuel := range []string{"Gas", "Electricity"} {
			for _, row := range got[fuel] {
				if sum, isSum := strings.CutPrefix(row, "all | "); isSum {
					cells := strings.Split(sum, " | ")
					n, _ := strconv.ParseInt(cells[len(cells)-1], 10, 64)
					moved += n
				}
			}
		}
		if moved != p.Changed {
			t.Errorf("the transitions shown add up to %d, and %d changed", moved, p.Changed)
		}
		for _, s := range m.Content.Shards {
			wantRow(t, got["Flow files"], fmt.Sprintf("%s | %d | %s | %s", s.Path, s.Records, engine.SizeWords(s.Bytes), s.SHA256))
		}
	}
}

func wantRow(t *testing.T, rows []string, want string) {
	t.Helper()
	if !slices.ContainsFunc(rows, func(row string) bool { return strings.HasPrefix(row, want) }) {
		t.Errorf("no row %q in\n%s", want, strings.Join(rows, "\n"))
	}
}

// TestReportKnowsOtherChoices: what it says of another baseline or switch is
// what a run under that gives.
func TestReportKnowsOtherChoices(t *testing.T) {
	dir, _ := publishSmall(t)
	rows := readPage(t, readText(t, dir, reportName)).tables["Totals of the run by switches, baseline and scope"]
	for choice, change := range map[string]func(*engine.Config){
		"as chosen":              func(*engine.Config) {},
		"baseline = go-live":     func(c *engine.Config) { c.Baseline = meterpoint.BaselineGoLive },
		"baseline = recorded":    func(c *engine.Config) { c.Baseline = meterpoint.BaselineRecorded },
		"scope = backfill":       func(c *engine.Config) { c.Scope = meterpoint.Backfill },
		"report_electricity off": func(c *engine.Config) { c.Switches.ReportElectricity = false },
		"installed_status off":   func(c *engine.Config) { c.Rules.InstalledStatus = false },
	} {
		cfg := testConfig()
		cfg.Baseline, cfg.Switches.ReportGas = meterpoint.BaselineReported, false // as publishSmall
		change(&cfg)
		m, err := publish(t, OS{}, filepath.Join(t.TempDir(), "out"), cfg, testSettings(), smallPoints())
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(rows, func(row string) bool { return strings.HasPrefix(row, choice+" | ") })
		if at < 0 {
			t.Fatalf("no row %q in %q", choice, rows)
		}
		var got []string
		for _, cell := range strings.Split(rows[at], " | ")[1:5] {
			n, _, _ := strings.Cut(cell, " ")
			got = append(got, n)
		}
		p, told := m.Content.Totals.MeterPoints, m.Content.Totals.Reportable
		if want := []string{fmt.Sprint(p.Changed), fmt.Sprint(told.Total), fmt.Sprint(told.Emitted), fmt.Sprint(p.Held)}; !slices.Equal(got, want) {
			t.Errorf("%s: the report says %s, and a run gives %s", choice, got, want)
		}
	}
}

// TestFlowBalances: what comes into each place of the picture goes out of it.
func TestFlowBalances(t *testing.T) {
	m, run, s := manifestOfGreatBritain(t)
	r, err := newReport(m, run, s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.html(); err != nil {
		t.Fatal(err)
	}
	f := r.flow()
	in, out := map[int]int64{}, map[int]int64{}
	for _, b := range f.Bands {
		out[b.From], in[b.To] = out[b.From]+b.Count, in[b.To]+b.Count
	}
	for i, p := range f.Places {
		if i != atRows && in[i] != p.Count {
			t.Errorf("%d come into %q, which has %d", in[i], p.Name, p.Count)
		}
		if n, goesOn := out[i]; goesOn && n != p.Count {
			t.Errorf("%d go out of %q, which has %d", n, p.Name, p.Count)
		}
	}
}

// TestReportMasksMPxNs, unless it is told to reveal them.
func TestReportMasksMPxNs(t *testing.T) {
	for value, want := range map[string]string{
		"1200023305967":           "12•••••••5967",
		" 0001200023305967":       "12•••••••5967",
		"3938424403":              "•••••••403",
		"12000233O5967":           "••••••••O••••",
		"1200 0233 05967":         "•••• •••• •••••",
		"12345":                   "12345",
		"LIVE":                    "LIVE",
		"2023-02-29":              "••••-••-••",
		"１２００２３３０５９６７":            "••••••••••••",
		"\x1b[31m red":            "\uFFFD[31m red",
		strings.Repeat("é1", 100): "", // only that its digits are hidden
	} {
		got := masked(value)
		if want != "" && got != want {
			t.Errorf("%q is shown as %q, want %q", value, got, want)
		}
		if want == "" && strings.Contains(got, "1") {
			t.Errorf("%q is shown as %q", value, got)
		}
	}
	m, run, _ := manifestOfGreatBritain(t)
	found := samples{"BAD_MPXN": {{"devices", "devices.csv", 3, "import_mpxn", "BAD_MPXN", "1200023305967"}}}
	if text := reportOf(t, m, run, found); strings.Contains(text, "1200023305967") || !strings.Contains(text, "12•••••••5967") {
		t.Error("an MPxN is not masked")
	}
	r, err := newReport(m, run, found)
	if err != nil {
		t.Fatal(err)
	}
	r.reveal = true
	if text, err := r.html(); err != nil || !strings.Contains(string(text), "1200023305967") {
		t.Errorf("an MPxN is not revealed: %v", err)
	}
}

// hostileWords would break out of a page, if they could.
var hostileWords = []string{"EELC", "</td><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</style><b>", "{{.}}", "&lt;b&gt;",
	"<!--", "]]>", "\u202Eevil", "\x00\xff\x1b[2J", "' onload='x", "</title><base href=//x>", "-->", "=HYPERLINK(1)"}

// FuzzReport: whatever names and words hold, the page has the same elements,
// and the text can be read back.
func FuzzReport(f *testing.F) {
	for _, hostile := range hostileWords {
		f.Add(hostile)
	}
	report := func(t testing.TB, word string) shownPage {
		m := &Manifest{Cautions: []string{word}, Limits: []LimitInForce{{word, word, true}},
			Inputs: []InputTable{{word, []InputFile{{word, word, 1, 1, word, word}}, 1, 1, word}}}
		m.ContentDigest = word
		c := &m.Content
		c.Fuel, c.Scope, c.Baseline, c.Rules = word, "full", "recorded", map[string]string{}
		for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
			c.Rules[a.String()] = a.Choices()[0].String()
		}
		c.Validation = Validation{word, word, 6, 10}
		c.RDP = RDPSettings{Gas: []string{word}, Distributors: map[string]string{word: word}}
		c.Flows.TestFlag = word
		c.Layouts = []LayoutInForce{{word, word, word, true, word}}
		c.Facts = FactCells{{Fuel: meterpoint.Electricity, RDP: word, Point: meterpoint.Point{OwnRow: true}, Count: 3}}
		c.Totals = Totals{Rules: []engine.RuleTotal{{Fuel: word, Rule: word, Count: 3}}, Exceptions: map[string]int64{"BAD_MPXN": 1},
			Ambiguities: []engine.AmbiguityTotal{{Name: word, Policy: word, Count: 1, Alternatives: []engine.Alternative{{Policy: word}}}}}
		c.Shards = []Shard{{word, "electricity", word, word, 1, 1, 1, word}}
		c.Changes.SHA256 = word
		run, err := encodeJSON(runRecord{Version: word, Commit: word, Go: word, Host: word, Config: word, Out: word, Command: []string{word},
			Stages: []runStage{{word, 1}}, Work: []runCrew{{word, 2, []runStage{{word, 1}}}}})
		if err != nil {
			t.Fatal(err)
		}
		r, err := newReport(m, run, samples{"BAD_MPXN": {{word, word, 1, word, "BAD_MPXN", word}}})
		if err != nil {
			t.Fatal(err)
		}
		text, err := r.html()
		if err != nil {
			t.Fatal(err)
		}
		return readPage(t, string(text))
	}
	f.Fuzz(func(t *testing.T, hostile string) {
		plain, got := report(t, "x"), report(t, "x"+hostile)
		if diff := cmp.Diff(plain.skeleton, got.skeleton); diff != "" {
			t.Errorf("%q changes the page: %s", hostile, diff)
		}
	})
}

// BenchmarkReport makes the largest report there is, and a small one.
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
