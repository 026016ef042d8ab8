package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// Inspection is what one table holds, and what a run would make of it, or of an
// extract a reconciliation. No
// MPxN stands in it.
type Inspection struct {
	Table        string             `json:"table"`
	Rows         int64              `json:"rows"` // −1 where a file without a column of ours was not read
	Files        []InspectedFile    `json:"files"`
	Words        []Vocabulary       `json:"words"`       // of the enumerations, in the order of our columns
	Identifiers  []IdentifierCounts `json:"identifiers"` // of the columns that hold MPxNs
	Exceptions   []InspectedCode    `json:"exceptions"`  // those that a row shows by itself
	Limit        *Margin            `json:"limit"`       // of these exceptions; nil where they cannot be counted
	WouldRefuse  []Finding          `json:"would_refuse"`
	WorthKnowing []Finding          `json:"worth_knowing"`
}

// InspectedFile is one file with what becomes of its columns.
type InspectedFile struct {
	Path    string            `json:"path"`
	Format  string            `json:"format"`
	Rows    int64             `json:"rows"`
	Bytes   int64             `json:"bytes"`
	Columns []InspectedColumn `json:"columns"`
}

// InspectedColumn says as which of our columns a file's column is read: "" is
// not at all. Mapped tells that the configuration says so, and not the name.
type InspectedColumn struct {
	Name   string `json:"name"` // as Shown gives it: a header may be data
	Native string `json:"type"`
	Ours   string `json:"ours"`
	Mapped bool   `json:"mapped"`
}

// Vocabulary counts the words of an enumeration, most frequent first. Past
// wordsKept different ones the rows of further words are counted in Others.
type Vocabulary struct {
	Column string      `json:"column"` // ours
	Words  []WordCount `json:"words"`
	Others int64       `json:"others"`
}

// WordCount is a word as the files spell it, and what it is to us.
type WordCount struct {
	Word    string `json:"word"`
	Rows    int64  `json:"rows"`
	Meaning string `json:"meaning"`
	Known   bool   `json:"known"`
}

// IdentifierCounts counts the rows of a column that holds MPxNs by what stands
// there. The wrong digits are not among MPAN and MPRN.
type IdentifierCounts struct {
	Column          string `json:"column"` // ours
	MPAN            int64  `json:"mpan"`
	MPRN            int64  `json:"mprn"`
	MPANWrongDigit  int64  `json:"mpan_wrong_digit"`
	MPRNWrongDigits int64  `json:"mprn_wrong_digits"`
	NoMPxN          int64  `json:"no_mpxn"`
	Empty           int64  `json:"empty"`

	Shapes []ShapeCount `json:"shapes"` // of what is no MPxN, most frequent first
}

// ShapeCount counts texts by their shape: # is a digit, A a letter.
type ShapeCount struct {
	Shape string `json:"shape"`
	Rows  int64  `json:"rows"`
}

// InspectedCode counts an exception or a warning.
type InspectedCode struct {
	Code    string `json:"code"`
	Count   int64  `json:"count"`
	Warning bool   `json:"warning"`
}

// Finding is something to mend or to know, and what to do about it.
type Finding struct {
	Problem string `json:"problem"`
	Next    string `json:"next"`
}

// Inspect reads every row of a table once, in the memory of its words, and
// says what is there. Columns that are missing or do not fit are part of the
// answer; only a file that cannot be read is an error.
func Inspect(ctx context.Context, cfg Config, name Table, source Source, workers int) (*Inspection, error) {
	p, err := source.Plan(ctx)
	if err != nil {
		return nil, err
	}
	t := &table{name: name, source: source, plan: p, readRows: make([]int64, len(p.Splits))}
	in := &Inspection{Table: name.String(), Files: []InspectedFile{}, Words: []Vocabulary{}, Identifiers: []IdentifierCounts{},
		Exceptions: []InspectedCode{}, WouldRefuse: []Finding{}, WorthKnowing: []Finding{}}
	for _, file := range p.Files {
		b, columns, problems := inspectFile(name, file, cfg.Columns[name])
		t.bindings = append(t.bindings, b)
		in.Files = append(in.Files, InspectedFile{file.Path, file.Format, file.Rows, file.Bytes, columns})
		in.WouldRefuse = append(in.WouldRefuse, problems...)
	}
	in.WouldRefuse = append(in.WouldRefuse, formsDiffer(t)...)
	total, err := inspectRows(ctx, &cfg, t, workers)
	if err != nil {
		return nil, err
	}
	in.fill(&cfg, t, total)
	return in, nil
}

// inspectFile binds what can be bound, and says what is wrong with the rest.
func inspectFile(name Table, file File, mapping map[string]string) (b binding, columns []InspectedColumn, problems []Finding) {
	for _, c := range file.Columns {
		columns = append(columns, InspectedColumn{Name: Shown(c.Name), Native: c.Native})
	}
	wrong := func(err error) {
		if refusal := (*Refusal)(nil); errors.As(err, &refusal) {
			problems = append(problems, Finding{refusal.Problem, refusal.Next})
		}
	}
	required, optional := fieldsOf(name)
	refusedMPxN := false
	for i, f := range slices.Concat(required, optional) {
		found, err := b.add(name, file, mapping, f)
		_, mapped := mapping[f.String()]
		switch {
		case err != nil:
			wrong(err)
			refusedMPxN = refusedMPxN || i >= len(required)
		case !found && (i < len(required) || mapped):
			wrong(missing(name, file, mapping, f))
		case found:
			at := b.columns[len(b.columns)-1]
			columns[at].Ours, columns[at].Mapped = f.String(), mapped
		}
	}
	if name == Devices {
		wrong(b.bindMPxNs(file, mapping, refusedMPxN))
	}
	return b, columns, problems
}

// bindMPxNs settles in which form a devices file names its meter points. Of
// both forms the three columns are read on.
func (b *binding) bindMPxNs(file File, mapping map[string]string, refused bool) error {
	var err error
	three := slices.ContainsFunc(threeMPxNFields, b.has)
	switch {
	case three && b.has(fieldMPxN):
		last := len(b.fields) - 1
		b.columns, b.fields, b.names = b.columns[:last], b.fields[:last], b.names[:last]
		err = bothForms(file)
	case !three && !b.has(fieldMPxN) && !refused:
		err = missing(Devices, file, mapping, fieldImportMPxN)
	}
	for _, f := range b.fields {
		if f == fieldMPxN || slices.Contains(threeMPxNFields, f) {
			b.mpxns = append(b.mpxns, f)
		}
	}
	return err
}

// formsDiffer looks for devices files of different forms.
func formsDiffer(t *table) []Finding {
	for i := range t.bindings {
		if t.name == Devices && t.bindings[i].has(fieldMPxN) != t.bindings[0].has(fieldMPxN) &&
			len(t.bindings[i].mpxns) > 0 && len(t.bindings[0].mpxns) > 0 {
			refusal := bothForms(t.plan.Files[0], t.plan.Files[i])
			return []Finding{{refusal.Problem, refusal.Next}}
		}
	}
	return nil
}

// inspectRows reads every split whose file has a column of ours.
func inspectRows(ctx context.Context, cfg *Config, t *table, workers int) (*inspector, error) {
	shared := newInspected(cfg, t)
	inspectors := make([]*inspector, workers)
	var next atomic.Int64
	err := each(ctx, workers, func(ctx context.Context, worker int) error {
		w := newInspector(shared)
		inspectors[worker] = w
		for ctx.Err() == nil {
			i := int(next.Add(1) - 1)
			if i >= len(t.plan.Splits) {
				return nil
			}
			if len(t.bound(i).columns) == 0 {
				continue
			}
			if err := w.scan(ctx, i); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	total := inspectors[0]
	for _, w := range inspectors[1:] {
		total.merge(w)
	}
	return total, nil
}

// Recognise tells a table by the columns of a file: ours, those that the
// configuration maps, and names that are nearly ours. It reports false where
// they fit no table, or devices and meter_points equally well.
func Recognise(columns []Column, mapping [3]map[string]string) (Table, bool) {
	var names []string
	for _, c := range columns {
		names = append(names, c.Name)
	}
	score := func(name Table) (score int) {
		required, optional := fieldsOf(name)
		fields := slices.Concat(required, optional)
		rest := slices.Clone(names) // what is ours by name is nobody's misspelling
		for _, f := range fields {
			wanted := columnName(mapping[name], f)
			isWanted := func(n string) bool { return strings.EqualFold(n, wanted) }
			if slices.ContainsFunc(names, isWanted) {
				score += 4
				rest = slices.DeleteFunc(rest, isWanted)
			}
		}
		for _, f := range fields {
			wanted := columnName(mapping[name], f)
			if nearest, near := Nearest(wanted, rest); near {
				score++
				if meterpoint.Fold([]byte(nearest)) == meterpoint.Fold([]byte(wanted)) {
					score += 2
				}
			}
		}
		return score
	}
	devices, points := score(Devices), score(MeterPoints)
	switch {
	case score(Extract) > max(devices, points): // its columns are those of meter_points but for the flag
		return Extract, true
	case devices > points:
		return Devices, true
	}
	return MeterPoints, points > devices
}

// classCounts counts rows by the class of the MPxN in a column.
type classCounts [kernel.Classes]int64

func (c *classCounts) identifiers(column string, shapes *wordCounts) IdentifierCounts {
	counts := IdentifierCounts{Column: column, MPAN: c[kernel.MPAN], MPRN: c[kernel.MPRN], MPANWrongDigit: c[kernel.MPANWrongDigit],
		MPRNWrongDigits: c[kernel.MPRNWrongDigits], NoMPxN: c[kernel.NoMPxN], Empty: c[kernel.NoValue], Shapes: []ShapeCount{}}
	for shape, n := range shapes.counts {
		counts.Shapes = append(counts.Shapes, ShapeCount{shape, n})
	}
	slices.SortFunc(counts.Shapes, func(a, b ShapeCount) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), strings.Compare(a.Shape, b.Shape))
	})
	return counts
}

func (m Margin) share() string {
	if m.Base == 0 {
		return "0 %"
	}
	return fmt.Sprintf("%.3g %%", 100*float64(m.Count)/float64(m.Base))
}
