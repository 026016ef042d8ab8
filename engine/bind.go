package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
)

// field is a column of the input tables as this program names it.
type field uint8

// The fields of all tables. A table has a slot for each of its own.
const (
	fieldDeviceType field = iota
	fieldDeviceStatus
	fieldImportMPxN
	fieldSecondaryImportMPAN
	fieldExportMPAN
	fieldMPxN
	fieldServiceStatus
	fieldRDPID
	fieldChangedOn
	fieldEverInstalled
	fieldReportedStatus
	fieldFlag
	fieldFlagOn
	fieldDisposition
	fieldDeviceID // explanations alone read it
	fields        = 15
)

var fieldNames = [fields]string{"device_type", "device_status", "import_mpxn", "secondary_import_mpan", "export_mpan",
	"mpxn", "service_status", "rdp_id", "service_status_changed_on", "ever_installed", "reported_status",
	"dcc_service_flag", "dcc_service_flag_efd", "disposition", "device_id"}

func (f field) String() string { return fieldNames[f] }

// isIdentifier tells whether the field holds MPxNs.
func (f field) isIdentifier() bool {
	return f == fieldMPxN || f == fieldImportMPxN || f == fieldSecondaryImportMPAN || f == fieldExportMPAN
}

// accepts says which Arrow types a field is read from, in words and by test.
func (f field) accepts(t arrow.Type) (bool, string) {
	text := t == arrow.STRING || t == arrow.LARGE_STRING || t == arrow.DICTIONARY
	switch {
	case f.isIdentifier():
		return text || arrow.IsInteger(t), "text or an integer"
	case f == fieldChangedOn || f == fieldFlagOn:
		return text || t == arrow.DATE32 || t == arrow.DATE64 || t == arrow.TIMESTAMP, "a date, a timestamp or ISO text"
	case f == fieldEverInstalled:
		return text || t == arrow.BOOL || arrow.IsInteger(t), "a boolean, 0 and 1, or text"
	}
	return text, "text"
}

var (
	devicesRequired     = []field{fieldDeviceType, fieldDeviceStatus}
	threeMPxNFields     = []field{fieldImportMPxN, fieldSecondaryImportMPAN, fieldExportMPAN}
	meterPointsRequired = []field{fieldMPxN, fieldServiceStatus}
	meterPointsOptional = []field{fieldRDPID, fieldChangedOn, fieldEverInstalled, fieldReportedStatus}
	extractRequired     = []field{fieldMPxN, fieldFlag}
	extractOptional     = []field{fieldFlagOn, fieldRDPID}
	publicationRequired = []field{fieldMPxN, fieldFlag, fieldFlagOn, fieldRDPID, fieldDisposition}
)

// fieldsOf a table: those that every file must have, and those that it may.
// Devices must have some of the latter too: mpxn or any of the other three.
func fieldsOf(name Table) (required, optional []field) {
	switch name {
	case MeterPoints:
		return meterPointsRequired, meterPointsOptional
	case Extract:
		return extractRequired, extractOptional
	}
	return devicesRequired, append(slices.Clone(threeMPxNFields), fieldMPxN)
}

// publicationColumns are what changes.parquet calls the columns of an extract.
var publicationColumns = map[string]string{fieldFlag.String(): "new_status", fieldFlagOn.String(): "effective_on"}

// binding says which columns of one file are read, and for which fields.
type binding struct {
	columns []int    // indexes into File.Columns
	fields  []field  // beside columns
	names   []string // the file's own, beside columns
	mpxns   []field  // of devices: those among fields, in the order in which they count
}

// bindTable binds every file of a table. Names compare without case; mapping
// gives the file's name for ours. What is missing or does not fit is refused
// with the names found.
func bindTable(table Table, files []File, mapping map[string]string) ([]binding, error) {
	bindings := make([]binding, len(files))
	for i, file := range files {
		b, err := bindFile(table, file, mapping)
		if err != nil {
			return nil, err
		}
		if i > 0 && table == Devices && b.has(fieldMPxN) != bindings[0].has(fieldMPxN) {
			return nil, bothForms(files[0], file)
		}
		bindings[i] = b
	}
	return bindings, nil
}

func bindFile(table Table, file File, mapping map[string]string) (binding, error) {
	var b binding
	if table == Extract && file.Publication > 0 {
		return b, b.require(table, file, publicationColumns, publicationRequired...)
	}
	required, optional := fieldsOf(table)
	if err := b.require(table, file, mapping, required...); err != nil {
		return b, err
	}
	if err := b.allow(table, file, mapping, optional...); err != nil || table != Devices {
		return b, err
	}
	three := b.has(fieldImportMPxN) || b.has(fieldSecondaryImportMPAN) || b.has(fieldExportMPAN)
	switch {
	case three && b.has(fieldMPxN):
		return b, bothForms(file)
	case !three && !b.has(fieldMPxN):
		return b, missing(table, file, mapping, fieldImportMPxN)
	}
	b.mpxns = b.fields[len(devicesRequired):]
	return b, nil
}

func bothForms(files ...File) *Refusal {
	where := ShownPath(files[0].Path)
	if len(files) > 1 {
		where += " and " + ShownPath(files[1].Path)
	}
	return &Refusal{Kind: RefusedInput,
		Problem: fmt.Sprintf("cannot read devices: %s: both forms of the table are used, the single column mpxn and the columns import_mpxn, secondary_import_mpan, export_mpan", where),
		Next:    "Give the devices in one form: leave either mpxn or the others out of the extract."}
}

// name is what the file calls a field, or our own name for it.
func (b *binding) name(f field) string {
	if at := slices.Index(b.fields, f); at >= 0 {
		return b.names[at]
	}
	return f.String()
}

func (b *binding) has(f field) bool { return slices.Contains(b.fields, f) }

func (b *binding) require(table Table, file File, mapping map[string]string, wanted ...field) error {
	for _, f := range wanted {
		found, err := b.add(table, file, mapping, f)
		if err != nil {
			return err
		}
		if !found {
			return missing(table, file, mapping, f)
		}
	}
	return nil
}

// allow binds optional fields. A field that the mapping names must be there.
func (b *binding) allow(table Table, file File, mapping map[string]string, wanted ...field) error {
	for _, f := range wanted {
		found, err := b.add(table, file, mapping, f)
		if err != nil {
			return err
		}
		if _, mapped := mapping[f.String()]; mapped && !found {
			return missing(table, file, mapping, f)
		}
	}
	return nil
}

// add binds one field if the file has its column.
func (b *binding) add(table Table, file File, mapping map[string]string, f field) (bool, error) {
	name := columnName(mapping, f)
	found := -1
	for i, c := range file.Columns {
		if !strings.EqualFold(c.Name, name) {
			continue
		}
		if found >= 0 {
			return false, &Refusal{Kind: RefusedInput,
				Problem: fmt.Sprintf("cannot read %s: %s: the columns %s and %s differ only in case", table, ShownPath(file.Path), Shown(file.Columns[found].Name), Shown(c.Name)),
				Next:    "Rename one of them."}
		}
		found = i
	}
	if found < 0 {
		return false, nil
	}
	c := file.Columns[found]
	fits, wanted := false, ""
	if c.Type != nil {
		fits, wanted = f.accepts(c.Type.ID())
	} else {
		_, wanted = f.accepts(arrow.NULL)
	}
	if !fits {
		problem := fmt.Sprintf("cannot read %s: %s: column %s is %s, but %s must be %s", table, ShownPath(file.Path), Shown(c.Name), c.Native, f, wanted)
		if c.Obstacle != "" {
			problem += ": " + c.Obstacle
		}
		return false, &Refusal{Kind: RefusedInput, Problem: problem,
			Next: fmt.Sprintf("Export the column as %s, or name another one: [columns.%s] %s = \"…\"", wanted, table, f)}
	}
	b.columns = append(b.columns, found)
	b.fields = append(b.fields, f)
	b.names = append(b.names, c.Name)
	return true, nil
}

func columnName(mapping map[string]string, f field) string {
	if theirs, ok := mapping[f.String()]; ok {
		return theirs
	}
	return f.String()
}

// missing says which column is not there, which are, and which of them was
// probably meant.
func missing(table Table, file File, mapping map[string]string, f field) error {
	names := make([]string, len(file.Columns))
	for i, c := range file.Columns {
		names[i] = c.Name
	}
	wanted := columnName(mapping, f)
	what := Shown(wanted)
	if f == fieldImportMPxN && table == Devices && wanted == f.String() {
		what = "import_mpxn, secondary_import_mpan, export_mpan (at least one) or mpxn"
	}
	next := fmt.Sprintf("Name the column in the configuration: [columns.%s] %s = \"…\"", table, f)
	if nearest, ok := nearestColumn(table, file, mapping, f, wanted); ok && isShownWhole(Shown(nearest)) {
		next = fmt.Sprintf("If %s is meant, say so in the configuration: [columns.%s] %s = %q", nearest, table, f, nearest)
	}
	return &Refusal{Kind: RefusedInput,
		Problem: fmt.Sprintf("cannot read %s: %s has no column %s; its columns are %s", table, ShownPath(file.Path), what, ShownAll(names)),
		Next:    next}
}
