package writers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

func builtIn(tb testing.TB, name string, fuel meterpoint.Fuel) *Layout {
	tb.Helper()
	l, err := LoadLayout(name, fuel)
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

func TestBuiltInLayoutsAreUnconfirmed(t *testing.T) {
	for name, fuel := range map[string]meterpoint.Fuel{"d0350001": meterpoint.Electricity, "dxi": meterpoint.Gas} {
		l := builtIn(t, name, fuel)
		if l.Confirmed || l.Name != name || l.Fuel != fuel || len(l.SHA256) != 64 {
			t.Errorf("%s: got %+v", name, l)
		}
	}
}

func TestNumbersFitTheirFields(t *testing.T) {
	if l := builtIn(t, "d0350001", meterpoint.Electricity); l.maxNumber != 9_999_999_999 {
		t.Errorf("file ids end at %d", l.maxNumber)
	}
	if l := builtIn(t, "dxi", meterpoint.Gas); l.maxNumber != 999_999 {
		t.Errorf("generations end at %d", l.maxNumber)
	}
}

// TestCustomLayout confirms and changes a copy of the built-in layout.
func TestCustomLayout(t *testing.T) {
	source := builtIn(t, "d0350001", meterpoint.Electricity).Source
	source = strings.NewReplacer("confirmed = false", "confirmed = true", `"901"`, `"77A"`, `"d0350001"`, `"agreed"`).Replace(source)
	path := filepath.Join(t.TempDir(), "agreed.toml")
	if err := os.WriteFile(path, []byte(source), 0o640); err != nil {
		t.Fatal(err)
	}
	layout, err := LoadLayout(path, meterpoint.Electricity)
	if err != nil {
		t.Fatal(err)
	}
	s := testSettings()
	s.Flows.Electricity = layout
	dir := filepath.Join(t.TempDir(), "out")
	manifest, err := publish(t, OS{}, dir, testConfig(), s, smallPoints()) // and verifies
	if err != nil {
		t.Fatal(err)
	}
	if stated := manifest.Content.Layouts[1]; stated.Name != "agreed" || !stated.Confirmed {
		t.Errorf("got %+v", stated)
	}
	if text := readText(t, dir, eelc41); !strings.Contains(text, "\n77A|1|DC01|\n") {
		t.Error(text)
	}
}

func TestRefusedLayouts(t *testing.T) {
	source := builtIn(t, "d0350001", meterpoint.Electricity).Source
	cases := []struct{ name, old, new, says string }{
		{"syntax", `separator = "|"`, `separator = `, "line 13"},
		{"unknown key", `closing   =`, `closure =`, "line 14: unknown key closure"},
		{"wrong type", `confirmed = false`, `confirmed = "no"`, "line 10"},
		{"unknown key in a field", `{ name = "RDP", `, `{ name = "RDP", kind = "x",`, "unknown key"},
		{"fuel", `"electricity"`, `"steam"`, "steam"},
		{"the other fuel", `"electricity"`, `"gas"`, "generation"},
		{"name", `"d0350001"`, `"../d0350001"`, "name and flow"},
		{"separator that fields hold", `separator = "|"`, `separator = "A"`, "separator"},
		{"closing", `closing   = "|"`, `closing = ";"`, "closing"},
		{"quote", `quote     = ""`, `quote = "|"`, "quote"},
		{"line end", `line_end  = "\n"`, `line_end = ""`, "line_end"},
		{"constant with a separator", `"DCCO"`, `"DC|CO"`, "may not stand there"},
		{"constant with a line end", `"DCCO"`, `"DC\nCO"`, "may not stand there"},
		{"constant with a control byte", `"DCCO"`, `"DC\u0000CO"`, "may not stand there"},
		{"path in the file name", `".D0350"`, `"/../D0350"`, "may not stand there"},
		{"hidden file", `value = "rdp_id",             status`, `constant = ".", status`, "begin with"},
		{"file name without number", `value = "file_id", width = 10, status`, `constant = "1", status`, "file_name must hold"},
		{"unknown value", `value = "sequence"`, `value = "serial"`, "unknown value"},
		{"value in the wrong place", `value = "sequence"`, `value = "records"`, "cannot stand here"},
		{"generation of electricity", `value = "file_id", width = 10, type`, `value = "generation", type`, "file_id"},
		{"neither constant nor value", `value = "sequence", `, ``, "either a constant or a value"},
		{"both", `value = "sequence"`, `value = "sequence", constant = "1"`, "either a constant or a value"},
		{"no provenance", `status = "unverified", source = "placeholder"`, `source = "x"`, "status is"},
		{"no source", `status = "unverified", source = "placeholder"`, `status = "verified"`, "a name and a source"},
		{"no MPxN", `value = "mpxn"`, `constant = "1"`, "mpxn exactly once"},
		{"no count", `value = "records", type = "number", `, `constant = "1", `, ""},
		{"a line told by nothing", `constant = "901", `, `value = "sequence", `, "first field must be a constant"},
		{"trailer like a record", `constant = "ZPT"`, `constant = "901"`, "must differ"},
		{"time format", `"YYYYMMDDHHMMSS"`, `"DDMMYY"`, "format must be"},
		{"width of a date", `value = "mpxn",`, `value = "mpxn", width = 13,`, "width or digits"},
	}
	for _, c := range cases {
		text := strings.Replace(source, c.old, c.new, 1)
		if text == source {
			t.Fatalf("%s: the case changes nothing", c.name)
		}
		path := filepath.Join(t.TempDir(), "layout.toml")
		if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		_, err := LoadLayout(path, meterpoint.Electricity)
		if c.says == "" { // groups still count the file
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		t.Log(err)
		wantRefusal(t, err, engine.RefusedUsage, path, c.says)
	}
	_, err := LoadLayout("d0350002", meterpoint.Electricity)
	wantRefusal(t, err, engine.RefusedUsage, "d0350002")
	_, err = LoadLayout("dxi", meterpoint.Electricity)
	wantRefusal(t, err, engine.RefusedUsage, "layout for gas")
}

// TestHostileSettings cannot break out of a field, a file or a folder.
func TestHostileSettings(t *testing.T) {
	for _, name := range []string{"", "..", "a/b", "a|b", "a\nb", "a\x00b", `a"b`, "a,b", "-a", ".a", "é", strings.Repeat("x", 33)} {
		cfg := testConfig()
		cfg.Registrar.Gas = []string{name}
		_, err := Create(t.Context(), OS{}, filepath.Join(t.TempDir(), "out"), cfg, testSettings())
		wantRefusal(t, err, engine.RefusedUsage, "RDP")
	}
	for _, change := range []func(*Flows){
		func(f *Flows) { f.TestFlag = "OPER|" }, func(f *Flows) { f.TestFlag = "TR1" }, func(f *Flows) { f.TestFlag = "TRxx" },
		func(f *Flows) { f.MaxRecords = -1 }, func(f *Flows) { f.FirstFileID = -1 }, func(f *Flows) { f.FirstGeneration = 1e6 },
		func(f *Flows) { f.FirstFileID = 1e10 }, func(f *Flows) { f.GasOrganisationID = 1e10 }, func(f *Flows) { f.GasOrganisationID = -1 },
	} {
		s := testSettings()
		change(&s.Flows)
		_, err := Create(t.Context(), OS{}, filepath.Join(t.TempDir(), "out"), testConfig(), s)
		wantRefusal(t, err, engine.RefusedUsage, "cannot write flow files")
	}
}

// TestTestFlag marks test flows in both fuels.
func TestTestFlag(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	s := testSettings()
	s.Flows.TestFlag = "TR01"
	if _, err := publish(t, OS{}, dir, testConfig(), s, smallPoints()); err != nil {
		t.Fatal(err)
	}
	if text := readText(t, dir, eelc41); !strings.Contains(text, "|TR01|\n") {
		t.Error(text)
	}
	readText(t, dir, "flows/gas/XOSERVE/10001.TN000007.DXI")
}

// TestNumbersUsedUp has one file more to write than numbers are left, or just
// as many.
func TestNumbersUsedUp(t *testing.T) {
	for _, c := range []struct {
		change func(*Flows)
		says   string // "" for none
	}{
		{func(f *Flows) { f.FirstFileID = 9_999_999_999 }, "file ids end at"},
		{func(f *Flows) { f.FirstFileID = 9_999_999_998; f.MaxRecords = 100 }, ""},
		{func(f *Flows) { f.FirstGeneration = 999_999; f.MaxRecords = 1 }, "generations end at"},
		{func(f *Flows) { f.FirstGeneration = 999_999; f.MaxRecords = 100 }, ""},
	} {
		parent := t.TempDir()
		s := testSettings()
		c.change(&s.Flows)
		_, err := publish(t, OS{}, filepath.Join(parent, "out"), testConfig(), s, smallPoints())
		if c.says == "" {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		wantRefusal(t, err, engine.RefusedUsage, c.says)
		wantEntries(t, parent)
	}
}
