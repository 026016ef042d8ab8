package engine

import (
	"errors"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
)

// file is one of a table, with text columns of the names and those given.
func file(names string, more ...Column) File {
	f := File{Path: "extract.parquet"}
	for _, name := range strings.Fields(names) {
		f.Columns = append(f.Columns, Column{Name: name, Type: arrow.BinaryTypes.String, Native: "BYTE_ARRAY (STRING)"})
	}
	f.Columns = append(f.Columns, more...)
	return f
}

// Every refusal of columns says file, column, what was found, what was expected,
// and the line of the configuration that mends it where there is one.
func TestRefusedColumns(t *testing.T) {
	decimal := Column{Name: "mpxn", Native: "INT64 (DECIMAL(13,2))", Obstacle: "it has 2 places behind the point, and no identifier has one"}
	number := Column{Name: "device_status", Type: arrow.PrimitiveTypes.Int64, Native: "INT64"}
	const atLeastOne = "import_mpxn, secondary_import_mpan, export_mpan (at least one) or mpxn"
	for _, c := range []struct {
		name    string
		table   Table
		file    File
		mapping map[string]string
		problem string
		next    string
	}{
		{"nearly the name", MeterPoints, file("mpxn servicestatus"), nil,
			"cannot read meter_points: extract.parquet has no column service_status; its columns are mpxn, servicestatus",
			`If servicestatus is meant, say so in the configuration: [columns.meter_points] service_status = "servicestatus"`},
		{"a word of the name", Devices, file("DEVICE_TYPE SMI_STATUS_CD import_mpxn"), nil,
			"cannot read devices: extract.parquet has no column device_status; its columns are DEVICE_TYPE, SMI_STATUS_CD, import_mpxn",
			`If SMI_STATUS_CD is meant, say so in the configuration: [columns.devices] device_status = "SMI_STATUS_CD"`},
		{"two columns with a word of the name", Devices, file("device_type smiStatus OldStatus mpxn"), nil,
			"cannot read devices: extract.parquet has no column device_status; its columns are device_type, smiStatus, OldStatus, mpxn",
			`Name the column in the configuration: [columns.devices] device_status = "…"`},
		{"an MPAN is an MPxN", MeterPoints, file("service_status mpanCore"), nil,
			"cannot read meter_points: extract.parquet has no column mpxn; its columns are service_status, mpanCore",
			`If mpanCore is meant, say so in the configuration: [columns.meter_points] mpxn = "mpanCore"`},
		{"no identifier at all", Devices, file("device_type device_status serial"), nil,
			"cannot read devices: extract.parquet has no column " + atLeastOne + "; its columns are device_type, device_status, serial",
			`Name the column in the configuration: [columns.devices] import_mpxn = "…"`},
		{"identifiers of another name", Devices, file("device_type device_status MPAN"), nil,
			"cannot read devices: extract.parquet has no column " + atLeastOne + "; its columns are device_type, device_status, MPAN",
			`If MPAN is meant, say so in the configuration: [columns.devices] import_mpxn = "MPAN"`},
		{"a name that the configuration gives", MeterPoints, file("mpxn FLAG"), map[string]string{"service_status": "FLAGG"},
			"cannot read meter_points: extract.parquet has no column FLAGG; its columns are mpxn, FLAG",
			`If FLAG is meant, say so in the configuration: [columns.meter_points] service_status = "FLAG"`},
		{"a column that stands for another field", MeterPoints, file("mpxn reported_status"), nil,
			"cannot read meter_points: extract.parquet has no column service_status; its columns are mpxn, reported_status",
			`Name the column in the configuration: [columns.meter_points] service_status = "…"`},
		{"a type that does not fit", Devices, file("device_type import_mpxn", number), nil,
			"cannot read devices: extract.parquet: column device_status is INT64, but device_status must be text",
			`Export the column as text, or name another one: [columns.devices] device_status = "…"`},
		{"places behind the point", MeterPoints, file("service_status", decimal), nil,
			"cannot read meter_points: extract.parquet: column mpxn is INT64 (DECIMAL(13,2)), but mpxn must be text or an integer: it has 2 places behind the point, and no identifier has one",
			`Export the column as text or an integer, or name another one: [columns.meter_points] mpxn = "…"`},
		{"a nested column", MeterPoints, file("service_status", Column{Name: "mpxn", Native: "nested", Obstacle: "it may hold several values a row; one column for each is read"}), nil,
			"cannot read meter_points: extract.parquet: column mpxn is nested, but mpxn must be text or an integer: it may hold several values a row; one column for each is read",
			`Export the column as text or an integer, or name another one: [columns.meter_points] mpxn = "…"`},
		{"one name twice", MeterPoints, file("mpxn service_status MPXN"), nil,
			"cannot read meter_points: extract.parquet: the columns mpxn and MPXN differ only in case",
			"Rename one of them."},
		{"both forms", Devices, file("device_type device_status mpxn export_mpan"), nil,
			"cannot read devices: extract.parquet: both forms of the table are used, the single column mpxn and the columns import_mpxn, secondary_import_mpan, export_mpan",
			"Give the devices in one form: leave either mpxn or the others out of the extract."},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := bindTable(c.table, []File{c.file}, c.mapping)
			var refusal *Refusal
			if !errors.As(err, &refusal) || refusal.Kind != RefusedInput {
				t.Fatalf("%v is no refusal of the input", err)
			}
			if refusal.Problem != c.problem || refusal.Next != c.next {
				t.Errorf("it says\n%s\n%s\nwant\n%s\n%s", refusal.Problem, refusal.Next, c.problem, c.next)
			}
		})
	}
}

func TestWordsOfNames(t *testing.T) {
	for name, want := range map[string]string{"SMI_STATUS_CD": "smi status cd", "smiStatusCd": "smi status cd", "Device Status": "device status", "MPAN-core": "mpxn core", "": "", "ÄrgerID": "ärger id"} {
		if got := strings.Join(words(name), " "); got != want {
			t.Errorf("%q has the words %q, want %q", name, got, want)
		}
	}
}
