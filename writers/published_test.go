package writers

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// Every point of a publication is found in its row and its line, whose place
// holds just what is shown.
func TestFindPublishedPoints(t *testing.T) {
	dir, _ := publishSmall(t)
	p, err := OpenPublished(OS{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	var points []meterpoint.MPxN
	for _, known := range smallPoints() {
		points = append(points, known.mpxn)
	}
	found, err := p.Find(points)
	if err != nil {
		t.Fatal(err)
	}
	rows, lines := 0, 0
	for i, f := range found {
		if len(f.Problems) > 0 {
			t.Errorf("%v: %v", points[i], f.Problems)
		}
		if f.Row != nil {
			rows++
		}
		if (f.Line != nil) != (f.Row != nil && f.Row.Disposition == engine.Emitted.String()) {
			t.Errorf("%v has the row %+v and the line %+v", points[i], f.Row, f.Line)
		}
		if f.Line == nil {
			continue
		}
		lines++
		flow, want := readText(t, dir, f.Line.Path), strings.Join(f.Line.Lines, "\n")+"\n"
		if !strings.HasPrefix(flow[f.Line.ByteOffset:], want) || strings.Count(flow[:f.Line.ByteOffset], "\n")+1 != f.Line.Line ||
			!strings.Contains(want, points[i].String()) {
			t.Errorf("%q does not stand in line %d, at byte %d of\n%s", want, f.Line.Line, f.Line.ByteOffset, flow)
		}
	}
	if rows != 11 || lines != 6 {
		t.Errorf("%d rows and %d lines were found", rows, lines)
	}
}

// A line that is not what was published is a problem of the points of its file.
func TestFindInTamperedPublication(t *testing.T) {
	const path = "flows/electricity/EELC/EELC_0000000041.D0350"
	for _, c := range []struct {
		name, from, to string
		problems       []string
	}{
		{"another status", "|1000000000017|A|", "|1000000000017|N|", []string{"the flow line says N, and changes.parquet A", "not those that manifest.json lists"}},
		{"another date", "|A|20261121|", "|A|20261122|", []string{"takes effect on 2026-11-22", "not those that manifest.json lists"}},
		{"another point", "|1000000000017|A|", "|1000000000018|A|", []string{"it does not", "not those that manifest.json lists"}},
		{"another sequence", "901|1|", "901|2|", []string{"the instruction number is not 1", "it does not"}},
		{"more behind it", "ZPT|0000000041|4||2|20261121020000|\n", "ZPT|0000000041|4||2|20261121020000|\nmore", []string{"there is more after the trailer"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := publishSmall(t)
			text := readText(t, dir, path)
			changed := strings.Replace(text, c.from, c.to, 1)
			if changed == text {
				t.Fatal("nothing was changed")
			}
			if err := os.WriteFile(filepath.Join(dir, path), []byte(changed), 0o640); err != nil {
				t.Fatal(err)
			}
			p, err := OpenPublished(OS{}, dir)
			if err != nil {
				t.Fatal(err)
			}
			found, err := p.Find([]meterpoint.MPxN{1000000000017, 1200023305967})
			if err != nil {
				t.Fatal(err)
			}
			said := strings.Join(found[0].Problems, "\n")
			for _, problem := range c.problems {
				if !strings.Contains(said, problem) {
					t.Errorf("no %q in\n%s", problem, said)
				}
			}
			if len(found[1].Problems) > 0 {
				t.Errorf("a point of another file: %v", found[1].Problems)
			}
		})
	}
}

// Whatever decides meter points and is not the same is named, and nothing else.
func TestSettingDifferences(t *testing.T) {
	dir, _ := publishSmall(t)
	p, err := OpenPublished(OS{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*engine.Config){
		"":                            func(cfg *engine.Config) { cfg.Workers, cfg.Limits = 7, engine.Limits{} },
		"as_of":                       func(cfg *engine.Config) { cfg.AsOf = cfg.AsOf.Add(1e9) },
		"fuel":                        func(cfg *engine.Config) { cfg.Fuel = engine.GasOnly },
		"scope":                       func(cfg *engine.Config) { cfg.Scope = meterpoint.Backfill },
		"baseline":                    func(cfg *engine.Config) { cfg.Baseline = meterpoint.BaselineGoLive },
		"switches.installed_status":   func(cfg *engine.Config) { cfg.Rules.InstalledStatus = false },
		"switches.report_electricity": func(cfg *engine.Config) { cfg.Switches.ReportElectricity = false },
		"rules.mixed":                 func(cfg *engine.Config) { cfg.Rules = cfg.Rules.With(meterpoint.Mixed, meterpoint.ChooseInstalled) },
		"validation.mpan_check_digit": func(cfg *engine.Config) { cfg.MPANCheck = engine.Reject },
		"rdp.gas":                     func(cfg *engine.Config) { cfg.Registrar.Gas = []string{"XOSERVE", "GAS2"} },
		"rdp.distributors.98":         func(cfg *engine.Config) { cfg.Registrar.Distributors[98] = "NEWD" },
		"columns.devices.device_type": func(cfg *engine.Config) { cfg.Columns[engine.Devices] = map[string]string{"device_type": "TYPE"} },
		"values.device_status.live": func(cfg *engine.Config) {
			cfg.DeviceStatuses = map[string]meterpoint.DeviceStatus{"live": meterpoint.Commissioned}
		},
	} {
		cfg := testConfig()
		cfg.Baseline, cfg.Switches.ReportGas = meterpoint.BaselineReported, false
		cfg.Columns[engine.Extract] = map[string]string{"mpxn": "MPRN"}
		change(&cfg)
		differences, err := p.Differences(&cfg)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, d := range differences {
			names = append(names, d.Setting)
		}
		if got := strings.Join(names, " "); got != name {
			t.Errorf("%q differs, and %q is named", name, got)
		}
	}
}

// A decision that the publication does not say is a problem.
func TestExpectAnotherDecision(t *testing.T) {
	on, unchanged := "2026-11-21", &engine.Ruling{Disposition: engine.DispositionUnchanged}
	row := &PublishedRow{RDP: "EELC", Old: "N", New: "I", Rule: "installed", EffectiveOn: &on, Disposition: "emitted"}
	same := engine.Ruling{RDP: "EELC", Old: "N", New: "I", Rule: "installed", EffectiveOn: &on, Disposition: "emitted"}
	legacy := engine.Ruling{Old: "W", New: "W", Rule: "own-row", Disposition: "held"}
	held := &PublishedRow{Old: "Null", New: "Null", Rule: "own-row", Disposition: "held"}
	for _, c := range []struct {
		row   *PublishedRow
		given *engine.Ruling
		fits  bool
	}{{row, &same, true}, {nil, nil, true}, {nil, unchanged, true}, {held, &legacy, true},
		{row, nil, false}, {row, unchanged, false}, {nil, &same, false}, {row, &legacy, false}} {
		p := PublishedPoint{Row: c.row}
		if p.Expect(c.given); (len(p.Problems) == 0) != c.fits {
			t.Errorf("%+v beside %+v: %v", c.row, c.given, p.Problems)
		}
	}
	for _, change := range []func(*engine.Ruling){func(r *engine.Ruling) { r.RDP = "LOND" }, func(r *engine.Ruling) { r.Old = "Null" },
		func(r *engine.Ruling) { r.New = "A" }, func(r *engine.Ruling) { r.Rule = "mixed" },
		func(r *engine.Ruling) { r.EffectiveOn = nil }, func(r *engine.Ruling) { r.Disposition = "withheld" }} {
		other, p := same, PublishedPoint{Row: row}
		change(&other)
		if p.Expect(&other); len(p.Problems) != 1 {
			t.Errorf("%+v is no other decision than %+v", other, same)
		}
	}
}

// What is no publication, or not what was published, is refused.
func TestOpenPublishedRefuses(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"no manifest":        func(dir string) error { return os.Remove(filepath.Join(dir, manifestName)) },
		"another manifest":   func(dir string) error { return os.WriteFile(filepath.Join(dir, manifestName), []byte("{}\n"), 0o640) },
		"no changes.parquet": func(dir string) error { return os.Remove(filepath.Join(dir, changesName)) },
		"no Parquet file":    func(dir string) error { return os.WriteFile(filepath.Join(dir, changesName), []byte("PAR1"), 0o640) },
		"no flow files":      func(dir string) error { return os.RemoveAll(filepath.Join(dir, "flows")) },
	} {
		t.Run(name, func(t *testing.T) {
			dir, _ := publishSmall(t)
			if err := spoil(dir); err != nil {
				t.Fatal(err)
			}
			p, err := OpenPublished(OS{}, dir)
			if err == nil {
				_, err = p.Find([]meterpoint.MPxN{1200023305967})
			}
			var refusal *engine.Refusal
			if !errors.As(err, &refusal) || refusal.Kind != engine.RefusedInput || refusal.Next == "" {
				t.Errorf("refused as %v", err)
			}
		})
	}
}

// The files of a publication are told by their fingerprints, whatever they are
// called and in whatever order they come.
func TestSameInputs(t *testing.T) {
	p := &Published{manifest: &Manifest{Inputs: []InputTable{
		{Table: "devices", Files: []InputFile{{Fingerprint: "a"}, {Fingerprint: "b"}}}, {Table: "meter_points", Files: []InputFile{{Fingerprint: "c"}}}}}}
	inputs := func(devices ...string) []engine.Input {
		all := []engine.Input{{Table: engine.Devices}, {Table: engine.MeterPoints, Files: []engine.File{{Fingerprint: "c"}}},
			{Table: engine.Extract, Files: []engine.File{{Fingerprint: "x"}}}}
		for _, fingerprint := range devices {
			all[0].Files = append(all[0].Files, engine.File{Fingerprint: fingerprint})
		}
		return all
	}
	for _, c := range []struct {
		devices []string
		same    bool
	}{{[]string{"b", "a"}, true}, {[]string{"a"}, false}, {[]string{"a", "b", "b"}, false}, {[]string{"a", "c"}, false}} {
		if p.SameInputs(inputs(slices.Clone(c.devices)...)) != c.same {
			t.Errorf("%v are the same: %v", c.devices, !c.same)
		}
	}
}
