package loaders

import (
	"encoding/csv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"flagfill/assurance/property"
)

// Whatever the bytes, reading ends in rows or in a refusal that says where.
func TestPropertyDamagedArrow(t *testing.T) {
	p := property.Property{Goal: "R7", Name: "damaged Arrow files and streams are read or refused, within 5 s and 1 GiB", Unit: "damaged files", Seeds: 30}
	inLimitedProcess(t, p, func(t *testing.T, seed int) {
		r := damageRun{
			devices:     &mutator{arrows: arrowTables(t, "devices.csv")},
			meterPoints: &mutator{arrows: arrowTables(t, "meter_points.csv")},
			damage:      (*mutator).arrow, ending: ".arrow",
		}
		r.any = &mutator{arrows: append(append(arrowSeeds(t, 40), r.devices.arrows...), r.meterPoints.arrows...)}
		r.try(t, seed)
	})
}

// arrowSeeds are small files and streams of every type and codec.
func arrowSeeds(t testing.TB, rows int) (all []soundArrow) {
	for _, w := range arrowWritings {
		all = append(all, arrowApart(t, w.write(t, w.records(rand.New(rand.NewPCG(1, 2)), everyArrowType, rows, rows/2, 3)...)))
	}
	return all
}

// arrowTables are the first rows of a CSV file in every writing.
func arrowTables(t testing.TB, name string) (all []soundArrow) {
	t.Helper()
	record := csvRecord(t, name).NewSlice(0, 100)
	for _, w := range arrowWritings {
		all = append(all, arrowApart(t, w.write(t, record)))
	}
	return all
}

// csvRecord is a table that DuckDB wrote as CSV: enumerations in dictionaries,
// dates as dates, the rest as text.
func csvRecord(t testing.TB, name string) arrow.Record {
	t.Helper()
	file, err := os.Open(filepath.Join(duckdbFolder, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	schema, columns := arrowSchemaOf(rows[0])
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for _, row := range rows[1:] {
		for i, column := range columns {
			if row[column] == `\N` {
				b.Field(i).AppendNull()
			} else {
				must(b.Field(i).AppendValueFromString(row[column]))
			}
		}
	}
	return b.NewRecord()
}

func arrowSchemaOf(header []string) (schema *arrow.Schema, columns []int) {
	var fields []arrow.Field
	for i, name := range header {
		field := arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true}
		switch {
		case name == "device_id":
			continue
		case strings.HasSuffix(name, "_type") || strings.HasSuffix(name, "_status") || name == "rdp_id":
			field.Type = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
		case name == "export_mpan":
			field.Type = arrow.BinaryTypes.LargeString
		case name == "service_status_changed_on":
			field.Type = arrow.FixedWidthTypes.Date32
		}
		fields, columns = append(fields, field), append(columns, i)
	}
	return arrow.NewSchema(fields, nil), columns
}

// Seeds are small: a fuzzer gets through them faster. More stand in
// testdata/fuzz.
func FuzzArrow(f *testing.F) {
	few := arrow.NewSchema([]arrow.Field{everyArrowType.Field(0), everyArrowType.Field(1), everyArrowType.Field(5), everyArrowType.Field(15)}, nil)
	for _, w := range arrowWritings {
		f.Add(w.write(f, w.records(rand.New(rand.NewPCG(1, 3)), few, 5, 3)...))
	}
	f.Add(arrowWritings[0].write(f, arrowWritings[0].records(rand.New(rand.NewPCG(1, 4)), everyArrowType, 3)...))
	f.Fuzz(func(t *testing.T, content []byte) {
		if len(content) > 0 {
			mustReadOrRefuse(t, saved(t, "x.arrow", content))
		}
	})
}
