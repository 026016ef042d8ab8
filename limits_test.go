package layout_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"
)

// triedBy says which test tries a limit of docs/formats/inputs.md at it and one
// past it, by the first and the last column of the table.
var triedBy = map[string]string{
	"footer, a Parquet file": "loaders/limits_test.go TestFootersAtTheirLimits",
	"page, Parquet":          "loaders/limits_test.go TestPagesAtTheirLimits",
	"page header, Parquet":   "loaders/limits_test.go TestPageHeadersAtTheirLimit",
	"text, one column in one batch of up to 16,384 rows, Parquet and Arrow": "loaders/limits_test.go TestTextAtItsLimit",
	"metadata, a message or the footer of an Arrow file":                    "loaders/arrow_refusal_test.go TestArrowLimits",
	"compressed buffer, a column of an Arrow record batch":                  "loaders/arrow_refusal_test.go TestArrowRefusals",
	"dictionary, Arrow":                  "loaders/limits_test.go TestDictionariesAtTheirLimits",
	"columns, Arrow":                     "loaders/limits_test.go TestArrowColumnsAtTheirLimit",
	"field, CSV":                         "loaders/csv_scanner_test.go TestCSVScannerLimits",
	"row, CSV":                           "loaders/csv_scanner_test.go TestCSVScannerLimits",
	"columns, CSV":                       "loaders/csv_scanner_test.go TestCSVScannerLimits",
	"unpacked size, CSV in gzip or zstd": "loaders/packing_test.go TestUnpackingLimits",
	"window, CSV in zstd":                "loaders/packing_test.go TestUnpackingLimits",
	"gzip header, CSV in gzip":           "loaders/packing_test.go TestUnpackingLimits",
	"identifier, any format":             "engine/meterpoint/mpxn_test.go TestParseMPxN",
	"date, any format":                   "engine/limits_test.go TestDatesAtTheirLimits",
	"RDPs, a snapshot":                   "engine/limits_test.go TestRDPsAtTheirLimit",
	"list of digests, `--expect-inputs`": "loaders/digests_test.go TestExpectedNamesWhatDiffers",
	"value, as exceptions quote it":      "engine/limits_test.go TestQuotedValuesAtTheirLimit",
	"exceptions, a run, whatever `--max-exceptions` allows":       "engine/limits_test.go TestListsAtTheirLimits",
	"unreadable extract rows, a reconciliation":                   "engine/limits_test.go TestListsAtTheirLimits",
	"publications, `--extract publication:DIR`, a reconciliation": "engine/limits_test.go TestPublicationsAtTheirLimit",
}

// Every limit that is documented is tried by a test that is there.
func TestEveryLimitIsTried(t *testing.T) {
	text, err := os.ReadFile("docs/formats/inputs.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "| limit | value | of |\n|---|---|---|\n")
	if !found {
		t.Fatal("docs/formats/inputs.md has no table of limits")
	}
	limits := 0
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, "|") {
			break
		}
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if len(cells) != 3 {
			t.Fatalf("a row of the table of limits has %d cells: %s", len(cells), line)
		}
		if strings.HasPrefix(cells[1], "none") {
			continue
		}
		limit := strings.TrimPrefix(cells[0], "| ") + ", " + strings.TrimSuffix(cells[2], " |")
		path, test, _ := strings.Cut(triedBy[limit], " ")
		if path == "" {
			t.Errorf("nobody says which test tries the limit %q", limit)
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(file.Decls, func(d ast.Decl) bool { f, is := d.(*ast.FuncDecl); return is && f.Name.Name == test }) {
			t.Errorf("%s has no %s, which is to try the limit %q", path, test, limit)
		}
		limits++
	}
	if limits != len(triedBy) {
		t.Errorf("%d limits are documented, and tests are named for %d", limits, len(triedBy))
	}
	t.Logf("%d limits are each tried at the limit and one past it", limits)
}
