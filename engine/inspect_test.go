package engine

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/google/go-cmp/cmp"
)

func inspect(t *testing.T, cfg Config, name Table, source Source) *Inspection {
	t.Helper()
	in, err := Inspect(context.Background(), cfg, name, source, 2)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// rowCodes are the exceptions that one row shows by itself.
var rowCodes = map[Table][]Code{
	Devices:     {BadMPxN, BadCheckDigit, UnknownDeviceType, UnknownDeviceStatus, FuelMismatch},
	MeterPoints: {BadMPxN, BadCheckDigit},
}

// What an inspection counts of single rows is what a run counts of them.
func TestInspectionAgreesWithRun(t *testing.T) {
	compared := 0
	for seed := range 100 {
		random := rand.New(rand.NewPCG(uint64(seed), 3))
		numeric := random.IntN(4) == 0
		devices, points := randomSnapshot(random, numeric)
		cfg := testConfig()
		cfg.Limits = noLimits()
		shapedDevices, shapedPoints := devices.shape(random, numeric), points.shape(random, numeric)
		result, err := Run(context.Background(), cfg, Inputs{shapedDevices, shapedPoints}, &memorySink{}, &Progress{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for name, source := range map[Table]Source{Devices: shapedDevices, MeterPoints: shapedPoints} {
			in := inspect(t, cfg, name, source)
			want := map[string]int64{}
			for _, code := range rowCodes[name] {
				warnings := result.Exceptions.Warnings[name][code]
				want[code.String()+" true"] = warnings
				want[code.String()+" false"] = result.Exceptions.All[name][code] - warnings
			}
			got := map[string]int64{}
			for key := range want {
				got[key] = 0
			}
			for _, e := range in.Exceptions {
				if key := e.Code + " " + strconv.FormatBool(e.Warning); slices.ContainsFunc(rowCodes[name], func(c Code) bool { return c.String() == e.Code }) {
					got[key] = e.Count
					compared++
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d, %s (-run +inspection):\n%s", seed, name, diff)
			}
			if len(in.WouldRefuse) > 0 {
				t.Fatalf("seed %d, %s: the run was not refused, and the inspection says %v", seed, name, in.WouldRefuse)
			}
		}
	}
	if compared < 200 {
		t.Errorf("only %d counts compared", compared)
	}
}

// Rows are counted once each: words and classes of every column sum to them.
func TestInspectionSumsToRows(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for range 30 {
		devices, points := randomSnapshot(random, false)
		for name, source := range map[Table]*memoryTable{Devices: devices, MeterPoints: points} {
			in := inspect(t, testConfig(), name, source.shape(random, false))
			rows := int64(len(source.rows))
			if in.Rows != rows {
				t.Fatalf("%s: %d rows, want %d", name, in.Rows, rows)
			}
			for _, v := range in.Words {
				sum := v.Others
				for _, w := range v.Words {
					sum += w.Rows
				}
				if sum != rows {
					t.Fatalf("%s: words on %d rows, want %d", v.Column, sum, rows)
				}
			}
			for _, c := range in.Identifiers {
				if sum := c.MPAN + c.MPRN + c.MPANWrongDigit + c.MPRNWrongDigits + c.NoMPxN + c.Empty; sum != rows {
					t.Fatalf("%s: identifiers on %d rows, want %d", c.Column, sum, rows)
				}
			}
		}
	}
}

var manyDigits = regexp.MustCompile(`[0-9][0-9 ]{5,}`)

// No MPxN is in an inspection, even where a column of words holds nothing else.
func TestInspectionNamesNoMPxN(t *testing.T) {
	numbers := [][]string{{"1200023305967", "1200023305967", " 0001200023305967 "}, {"3938424403", "3938424403", "x3938424403"},
		{"12 0002 3305 967", "1200023305967", "\x1b[31m1200023305967"}, {"12\n00023305967", "1", "½"}}
	for _, table := range []Table{Devices, MeterPoints} {
		columns := []string{"device_type", "device_status", "mpxn"}
		if table == MeterPoints {
			columns = []string{"service_status", "rdp_id", "mpxn"}
		}
		in := inspect(t, testConfig(), table, &memoryTable{columns: columns, rows: numbers})
		text, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		if found := manyDigits.Find(text); found != nil {
			t.Errorf("%s: %q in %s", table, found, text)
		}
		if strings.ContainsRune(string(text), '\x1b') || strings.Contains(string(text), `\u001b`) {
			t.Errorf("%s: a control character in %s", table, text)
		}
		if !strings.Contains(string(text), "•") {
			t.Errorf("%s: nothing is hidden in %s", table, text)
		}
	}
}

// Every mistake in the columns is told at once, each with the line that mends
// it, and the columns that are right are read all the same.
func TestInspectionOfWrongColumns(t *testing.T) {
	for _, c := range []struct {
		name    string
		table   Table
		columns []string
		types   map[string]arrow.DataType
		mapping map[string]string
		refused []string // a part of each finding, problem and next
		ours    []string
	}{
		{"right", Devices, []string{"DEVICE_TYPE", "device_status", "mpxn", "make"}, nil, nil, nil,
			[]string{"device_type", "device_status", "mpxn", ""}},
		{"mapped", Devices, []string{"kind", "device_status", "mpxn"}, nil, map[string]string{"device_type": "Kind"}, nil,
			[]string{"device_type", "device_status", "mpxn"}},
		{"three mistakes", Devices, []string{"devicetype", "device_status", "meter"},
			map[string]arrow.DataType{"device_status": arrow.PrimitiveTypes.Int64}, nil,
			[]string{`device_type = "devicetype"`, "device_status must be text", "at least one"}, []string{"", "", ""}},
		{"both forms", Devices, []string{"device_type", "device_status", "export_mpan", "mpxn"}, nil, nil,
			[]string{"both forms"}, []string{"device_type", "device_status", "export_mpan", "mpxn"}},
		{"mapped to nothing", MeterPoints, []string{"mpxn", "service_status"}, nil, map[string]string{"rdp_id": "RDP"},
			[]string{"no column RDP"}, []string{"mpxn", "service_status"}},
		{"nothing of ours", MeterPoints, []string{"a", "b"}, nil, nil,
			[]string{"no column mpxn", "no column service_status"}, []string{"", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := testConfig()
			cfg.Columns[c.table] = c.mapping
			row := slices.Repeat([]string{"1"}, len(c.columns))
			in := inspect(t, cfg, c.table, &memoryTable{columns: c.columns, rows: [][]string{row}, types: c.types})
			if len(in.WouldRefuse) < len(c.refused) || len(c.refused) == 0 && in.Limit == nil {
				t.Fatalf("would refuse: %v", in.WouldRefuse)
			}
			for i, part := range c.refused {
				if text := in.WouldRefuse[i].Problem + "\n" + in.WouldRefuse[i].Next; !strings.Contains(text, part) {
					t.Errorf("finding %d: %s, want %s", i, text, part)
				}
			}
			var ours []string
			for _, column := range in.Files[0].Columns {
				ours = append(ours, column.Ours)
			}
			if diff := cmp.Diff(c.ours, ours); diff != "" {
				t.Error(diff)
			}
			if in.Rows != 1 {
				t.Errorf("%d rows", in.Rows)
			}
		})
	}
}

// What is no MPxN is told by its shape, and numbers that a spreadsheet has
// rounded by what happened to them.
func TestInspectionShowsShapes(t *testing.T) {
	in := inspect(t, testConfig(), MeterPoints, &memoryTable{columns: []string{"mpxn", "service_status"}, splitRows: 2, rows: [][]string{
		{"1.20002E+12", "A"}, {"1.05000E+12", "A"}, {"12-3\té", "A"}, {"1200023305967", "A"}}})
	want := []ShapeCount{{"#.#####A+##", 2}, {"##-#?AA", 1}}
	if diff := cmp.Diff(want, in.Identifiers[0].Shapes); diff != "" {
		t.Error(diff)
	}
	said := in.WorthKnowing[len(in.WorthKnowing)-1]
	if !strings.Contains(said.Problem, "#.#####A+## on 2, ##-#?AA on 1") || !strings.Contains(said.Next, "spreadsheet") {
		t.Errorf("%v", said)
	}
}

// A column of many words costs bounded memory and says so.
func TestInspectionBoundsWords(t *testing.T) {
	source := &memoryTable{columns: []string{"mpxn", "service_status"}, splitRows: 500, batchRows: 100}
	for i := range 3 * wordsKept {
		source.rows = append(source.rows, []string{"1", "w" + strconv.Itoa(i)})
	}
	in := inspect(t, testConfig(), MeterPoints, source)
	v := in.Words[0]
	if len(v.Words) != wordsKept || v.Others != 2*wordsKept {
		t.Errorf("%d words, %d others", len(v.Words), v.Others)
	}
	if n := len(v.findings(MeterPoints)); n != findingsShown+2 {
		t.Errorf("%d findings", n)
	}
}

// An extract is inspected by what a reconciliation makes of its rows.
func TestInspectExtract(t *testing.T) {
	source := &memoryTable{columns: extractColumns, splitRows: 3, rows: [][]string{
		{"1200023305967", "A", "2026-01-02", "LOND"}, {"1200023305967", "s", "soon", "lond"}, {"1200023305968", "N", "", ""},
		{"12", "A", "", ""}, {"", "I", "", "EELC"}, {"1100013222946", "active", "", ""}, {"1200023305985", "", "", ""},
	}}
	in := inspect(t, testConfig(), Extract, source)
	counts := map[string]int64{}
	for _, e := range in.Exceptions {
		counts[e.Code] = e.Count
	}
	if diff := cmp.Diff(map[string]int64{"BAD_MPXN": 2, "BAD_CHECK_DIGIT": 1, "UNKNOWN_SERVICE_STATUS": 1}, counts); diff != "" {
		t.Errorf("exceptions (-want +got):\n%s", diff)
	}
	meanings := map[string]string{}
	for _, v := range in.Words {
		for _, w := range v.Words {
			meanings[v.Column+" "+w.Word] = w.Meaning
		}
	}
	want := map[string]string{"dcc_service_flag A": "A", "dcc_service_flag s": "S, legacy", "dcc_service_flag N": "N", "dcc_service_flag I": "I",
		"dcc_service_flag ": "Null", "dcc_service_flag active": "unknown", "rdp_id LOND": "LOND", "rdp_id lond": "unknown", "rdp_id EELC": "EELC", "rdp_id ": "not said"}
	if diff := cmp.Diff(want, meanings); diff != "" {
		t.Errorf("words (-want +got):\n%s", diff)
	}
	var said []string
	for _, f := range in.WorthKnowing {
		said = append(said, f.Problem)
	}
	for _, part := range []string{`"active" on 1 row is no flag`, `"lond" on 1 row names no RDP: nobody known holds`, "a value that is no date: 1;", "every row of extract needs its MPxN"} {
		if !strings.Contains(strings.Join(said, "\n"), part) {
			t.Errorf("nothing says %s:\n%s", part, strings.Join(said, "\n"))
		}
	}
	if len(in.WouldRefuse) > 0 || in.Limit != nil {
		t.Errorf("%v, %v", in.WouldRefuse, in.Limit)
	}
}

func TestRecognise(t *testing.T) {
	for _, c := range []struct {
		columns string
		want    Table
		known   bool
	}{
		{"device_type device_status import_mpxn", Devices, true},
		{"mpxn service_status", MeterPoints, true},
		{"Device_Type Status mpxn", Devices, true},
		{"mpxn servicestatus", MeterPoints, true},
		{"mpxn", Devices, false},
		{"mpxn dcc_service_flag", Extract, true},
		{"mpxn DCC_Service_Flag dcc_service_flag_efd rdp_id", Extract, true},
		{"MPXN DCCSERVICEFLAG", Extract, true},
		{"mpxn service_status rdp_id", MeterPoints, true},
		{"mpxn rdp_id state", MeterPoints, true},
		{"a b c", Devices, false},
	} {
		var columns []Column
		for _, name := range strings.Fields(c.columns) {
			columns = append(columns, Column{Name: name})
		}
		got, known := Recognise(columns, [3]map[string]string{})
		if known != c.known || known && got != c.want {
			t.Errorf("%s: %s, %v", c.columns, got, known)
		}
	}
	mapped := [3]map[string]string{MeterPoints: {"service_status": "flag"}}
	if got, known := Recognise([]Column{{Name: "mpxn"}, {Name: "FLAG"}}, mapped); got != MeterPoints || !known {
		t.Errorf("mapped: %s, %v", got, known)
	}
}
