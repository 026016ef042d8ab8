package config

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flagfill/engine"
	"flagfill/engine/meterpoint"

	"github.com/google/go-cmp/cmp"
)

// everything says something other than the default wherever it can.
const everything = `
[switches]
installed_status = false
report_electricity = false
report_gas = false
[rules]
mixed = "installed"
past-beside-installed = "mixed"
recovery = "unaltered"
suspended = "hold"
pending = "other"
inferred-past = "null"
no-meter-left = "hold"
[validation]
mpan_check_digit = "warn"
mprn_check_digits = "off"
mprn_min_digits = 3
mprn_max_digits = 11
[rdp]
gas = ["XOSERVE", "CDSP-2"]
trust_column = true
[rdp.distributors]
24 = "NEWD"
39 = "ZZ39"
[flows]
max_records = 7
test_flag = "TR01"
first_file_id = 9999999999
gas_organisation_id = 1234567890
first_generation = 999999
electricity_layout = "layouts/mine.toml"
gas_layout = "/etc/gas.toml"
[input]
delimiter = "\t"
max_skew_hours = 6
[columns.devices]
device_status = "SMI_STATUS_CD"
mpxn = "Meter \"Point\""
[columns.meter_points]
service_status = "DCC_FLAG"
[columns.extract]
dcc_service_flag_efd = "FROM"
[values.device_status]
"LIVE" = "commissioned"
"not there" = "INSTALLED_NOT_COMMISSIONED"
[values.device_type]
"ELEC" = "esme"
`

func TestDefaultsAreThoseOfTheRule(t *testing.T) {
	c, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	var run engine.Config
	c.Apply(&run)
	want := engine.Config{
		Question:       meterpoint.Question{Rules: meterpoint.DefaultRules()},
		Switches:       engine.Switches{ReportElectricity: true, ReportGas: true},
		MPANCheck:      engine.Reject,
		MPRNCheck:      engine.Warn,
		Digits:         meterpoint.DefaultDigits,
		Registrar:      meterpoint.NewRegistrar(),
		MaxSkew:        24 * time.Hour,
		Columns:        [3]map[string]string{{}, {}, {}},
		DeviceStatuses: map[string]meterpoint.DeviceStatus{},
		DeviceTypes:    map[string]meterpoint.DeviceType{},
	}
	if diff := cmp.Diff(want, run); diff != "" {
		t.Error(diff)
	}
	flows := Flows{MaxRecords: 100_000, TestFlag: "OPER", ElectricityLayout: "d0350001", GasLayout: "dxi"}
	if c.Flows != flows {
		t.Errorf("flows are %+v, want %+v", c.Flows, flows)
	}
	if c.Input.Delimiter != ',' {
		t.Errorf("fields are split at %q", c.Input.Delimiter)
	}
}

func TestEveryKeyIsRead(t *testing.T) {
	folder := t.TempDir()
	c := load(t, folder, everything)
	var run engine.Config
	c.Apply(&run)

	registrar := meterpoint.NewRegistrar()
	registrar.Gas, registrar.TrustColumn = []string{"XOSERVE", "CDSP-2"}, true
	registrar.Distributors[24], registrar.Distributors[39] = "NEWD", "ZZ39"
	want := engine.Config{
		Question: meterpoint.Question{Rules: meterpoint.Rules{Choices: meterpoint.Choices{
			meterpoint.ChooseInstalled, meterpoint.ChooseMixed, meterpoint.ChooseUnaltered, meterpoint.ChooseHold,
			meterpoint.ChooseOther, meterpoint.ChooseNull, meterpoint.ChooseHold}}},
		MPANCheck: engine.Warn,
		MPRNCheck: engine.Off,
		Digits:    meterpoint.Digits{MPRNMin: 3, MPRNMax: 11},
		Registrar: registrar,
		MaxSkew:   6 * time.Hour,
		Columns: [3]map[string]string{
			{"device_status": "SMI_STATUS_CD", "mpxn": `Meter "Point"`}, {"service_status": "DCC_FLAG"}, {"dcc_service_flag_efd": "FROM"}},
		DeviceStatuses: map[string]meterpoint.DeviceStatus{"live": meterpoint.Commissioned, "notthere": meterpoint.InstalledNotCommissioned},
		DeviceTypes:    map[string]meterpoint.DeviceType{"elec": meterpoint.ESME},
	}
	if diff := cmp.Diff(want, run); diff != "" {
		t.Error(diff)
	}
	flows := Flows{MaxRecords: 7, TestFlag: "TR01", FirstFileID: 9_999_999_999, FirstGeneration: 999_999, GasOrganisationID: 1_234_567_890,
		ElectricityLayout: filepath.Join(folder, "layouts", "mine.toml"), GasLayout: "/etc/gas.toml"}
	if c.Flows != flows {
		t.Errorf("flows are %+v, want %+v", c.Flows, flows)
	}
	if c.Input.Delimiter != '\t' {
		t.Errorf("fields are split at %q", c.Input.Delimiter)
	}
}

func TestLayoutPathsAreRelativeToTheFile(t *testing.T) {
	folder := t.TempDir()
	for layout, want := range map[string]string{
		"d0350001": "d0350001", "mine": filepath.Join(folder, "mine"), "../mine.toml": filepath.Join(filepath.Dir(folder), "mine.toml"),
		"/etc/mine.toml": "/etc/mine.toml",
	} {
		c := load(t, folder, "[flows]\nelectricity_layout = \""+layout+"\"")
		if c.Flows.ElectricityLayout != want {
			t.Errorf("%s becomes %s, want %s", layout, c.Flows.ElectricityLayout, want)
		}
	}
}

func TestPrintedConfigurationLoadsAsItself(t *testing.T) {
	for name, text := range map[string]string{
		"defaults": "", "everything": everything,
		"odd words": "values.device_status.\"a\\u007f'\\\"\\\\ .é\" = \"Pending\"\n[columns.devices]\nmpxn = 'C:\\\\\"x'\n",
	} {
		t.Run(name, func(t *testing.T) {
			c := load(t, t.TempDir(), text)
			printed := tomlOf(t, c)
			if diff := cmp.Diff(c, load(t, t.TempDir(), printed)); diff != "" {
				t.Errorf("printed:\n%s\nloads differently:\n%s", printed, diff)
			}
		})
	}
}

func TestPrintedConfigurationShowsEveryKey(t *testing.T) {
	printed := tomlOf(t, Default())
	for _, s := range sections {
		for _, k := range s.settings {
			if !strings.Contains(printed, "\n"+k.key+" = ") && !strings.Contains(printed, "\n# "+k.key+" = ") {
				t.Errorf("%s.%s is not printed", s.name, k.key)
			}
		}
	}
	for _, line := range []string{"installed_status = true", `mixed = "hold"`, `gas = ["XOSERVE"]`, "# first_file_id = 1",
		"# gas_organisation_id = 0", `delimiter = ","`, "# first_generation = 1", `24 = "IPNL"`, `# device_status = "device_status"`, "[values.device_type]"} {
		if !strings.Contains(printed, "\n"+line+"\n") {
			t.Errorf("no line %s in:\n%s", line, printed)
		}
	}
	for line := range strings.Lines(printed) {
		if len([]rune(strings.TrimSpace(line))) > commentWidth {
			t.Errorf("line is too long: %s", line)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"[rules]\n\nmixd = \"hold\"", "unknown key rules.mixd at line 3 – did you mean mixed?"},
		{"[rulez]", "unknown key rulez at line 1 – did you mean rules?"},
		{"mixed = \"hold\"", "unknown key mixed at line 1"},
		{"[flows]\nunheard_of = 1", "Keys here: max_records, test_flag"},
		{"\"rules.mixed\" = \"hold\"", `unknown key "rules.mixed" at line 1`},
		{"[rules]\nmixed = \"holds\"", `rules.mixed at line 2 is "holds"`},
		{"[rules]\nmixed = \"holds\"", `Allowed: "hold", "installed" or "not-active" – did you mean "hold"?`},
		{"rules = { recovery = \"yes\" }", `rules.recovery at line 1 is "yes"`},
		{"rules = 3", "rules at line 1 is 3, but names a table"},
		{"[[rules]]", "rules at line 1 is the list"},
		{"[rules.mixed]", "rules.mixed at line 1 is a table"},
		{"[switches]\nreport_gas = 1", "switches.report_gas at line 2 is 1"},
		{"[validation]\nmprn_min_digits = 0", "Allowed: a whole number from 1 to 12"},
		{"[validation]\nmprn_max_digits = 13", "validation.mprn_max_digits at line 2 is 13"},
		{"[validation]\nmprn_min_digits = 11", "mprn_min_digits is 11, more than mprn_max_digits, 10"},
		{"[validation]\nmpan_check_digit = \"on\"", `Allowed: "reject", "warn" or "off"`},
		{"[rdp]\ngas = []", "rdp.gas at line 2 is the list"},
		{"[rdp]\ngas = \"XOSERVE\"", `rdp.gas at line 2 is "XOSERVE"`},
		{"[rdp]\ngas = [\"XOSERVE\", \"XOSERVE\"]", "different names"},
		{"[rdp]\ngas = [\"..\"]", "1 to 20 of A–Z"},
		{"[rdp]\ngas = [\"-X\"]", "beginning with a letter or digit"},
		{"[rdp]\ngas = [\"_X\"]", "beginning with a letter or digit"},
		{"[rdp]\ngas = [\"A/B\"]", "1 to 20 of A–Z"},
		{"[rdp]\ngas = [\"ABCDEFGHIJKLMNOPQRSTU\"]", "1 to 20 of A–Z"},
		{"[rdp.distributors]\n9 = \"EELC\"", "rdp.distributors.9 at line 2 is no distributor"},
		{"[rdp.distributors]\n09 = \"EELC\"", "from 10 to 99"},
		{"[rdp.distributors]\n100 = \"EELC\"", "two digits"},
		{"[rdp.distributors]\n+9 = \"EELC\"", "(line 2, column 1)"},
		{"[rdp.distributors]\n\"+9\" = \"EELC\"", `rdp.distributors."+9" at line 2 is no distributor`},
		{"[rdp.distributors]\n24 = \"ipnl\"", "four of A–Z and 0–9"},
		{"[rdp.distributors]\n24 = 17", "is 17"},
		{"[flows]\nmax_records = 0", "flows.max_records at line 2 is 0"},
		{"[flows]\nmax_records = 1e3", "Allowed: a whole number"},
		{"[flows]\ntest_flag = \"TR1\"", `"OPER", or "TR" and two digits`},
		{"[flows]\nfirst_file_id = 10000000000", "to 9999999999"},
		{"[flows]\nfirst_generation = 1000000", "to 999999"},
		{"[flows]\ngas_organisation_id = -1", "from 0 to 9999999999"},
		{"[flows]\ngas_layout = \" \"", "the name of a built-in layout"},
		{"[input]\ndelimiter = \"\"", `",", ";", "\t", "|" or another ASCII character`},
		{"[input]\ndelimiter = \"||\"", `input.delimiter at line 2 is "||"`},
		{"[input]\ndelimiter = \"\\n\"", "or line end"},
		{"[input]\ndelimiter = \"A\"", "but no letter"},
		{"[input]\ndelimiter = \"é\"", "ASCII"},
		{"[input]\ndelimiter = 9", "input.delimiter at line 2 is 9"},
		{"[columns.devices]\nservice_status = \"X\"", "unknown key columns.devices.service_status at line 2 – did you mean device_status?"},
		{"[columns.devices]\nmpxn = \" \"", "columns.devices.mpxn at line 2 is empty"},
		{"[columns.devices]\nmpxn = \"A\"\nexport_mpan = \"a\"", `columns.devices.export_mpan at line 3 is "a", which is mpxn already`},
		{"[columns.device]\nmpxn = \"A\"", "unknown key columns.device at line 1 – did you mean devices?"},
		{"[values.device_status]\n\"LIVE\" = \"Comissioned\"", `did you mean "Commissioned"?`},
		{"[values.device_status]\n\"Live\" = \"Commissioned\"\n\"LI-VE\" = \"Suspended\"", `is the same word as "Live"`},
		{"[values.device_status]\n\" - \" = \"Pending\"", "empty word"},
		{"[values.device_type]\nX = \"SMETS2\"", `values.device_type.X at line 2 is "SMETS2"`},
		{"[rules]\nmixed = hold", "(line 2, column 9)"},
		{"[rules]\nmixed = \"hold\"\nmixed = \"hold\"", "line 3"},
	} {
		_, err := parse("flagfill.toml", []byte(c.text))
		refusal := (*engine.Refusal)(nil)
		if !errors.As(err, &refusal) {
			t.Errorf("%q gives %v, want a refusal", c.text, err)
			continue
		}
		if refusal.Kind != engine.RefusedUsage || refusal.Next == "" || !strings.Contains(refusal.Problem, "flagfill.toml") {
			t.Errorf("%q gives the refusal %+v", c.text, refusal)
		}
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q says\n%s\nwant: %s", c.text, err, c.want)
		}
	}
}

func TestTheFirstProblemByLineIsNamed(t *testing.T) {
	for range 20 {
		_, err := parse("f", []byte("[flows]\nmax_records = 0\n[rules]\nmixed = 1\nrecovery = 2\n"))
		if err == nil || !strings.Contains(err.Error(), "flows.max_records at line 2") {
			t.Fatalf("got %v", err)
		}
	}
}

func TestMissingFile(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "none.toml"))
	refusal := (*engine.Refusal)(nil)
	if !errors.As(err, &refusal) || refusal.Kind != engine.RefusedUsage || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// FuzzParse holds that whatever loads is printed as something that loads as
// the same.
func FuzzParse(f *testing.F) {
	f.Add(everything)
	f.Add("rules = { mixed = \"hold\" }\n[values]\ndevice_status.\"a b\" = \"Pending\"")
	f.Add("[[rules]]\n[rules.mixed]\nx = [1, {y = 2}]")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parse("f", []byte(text))
		if err != nil {
			if refusal := (*engine.Refusal)(nil); !errors.As(err, &refusal) {
				t.Fatalf("error is %T", err)
			}
			return
		}
		printed := tomlOf(t, c)
		again, err := parse("printed", []byte(printed))
		if err != nil {
			t.Fatalf("%v in:\n%s", err, printed)
		}
		if diff := cmp.Diff(c, again); diff != "" {
			t.Errorf("printed:\n%s\nloads differently:\n%s", printed, diff)
		}
	})
}

func load(t *testing.T, folder, text string) *Config {
	t.Helper()
	path := filepath.Join(folder, "flagfill.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func tomlOf(t *testing.T, c *Config) string {
	t.Helper()
	var out bytes.Buffer
	if err := c.WriteTOML(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
