package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"flagfill/config"
	"flagfill/engine"
	"flagfill/loaders"
)

// inspectFlags are the flags of inspect.
type inspectFlags struct {
	config string
	table  int
	top    int
	json   bool
}

// tableChoices are what --table may be: told by the columns, or one of them.
var tableChoices = []string{"auto", "devices", "meter-points", "extract"}

func newInspect() *cobra.Command {
	f := inspectFlags{top: 12}
	cmd := &cobra.Command{
		Use:   "inspect PATH… [flags]",
		Short: "What is in an extract, how it maps to ours, what a run would refuse",
		Example: examples(
			"flagfill inspect devices.parquet meter_points.parquet",
			"flagfill inspect 'extract/*.parquet' --config flagfill.toml",
			"flagfill inspect extracts/ --table extract",
			"flagfill inspect part-0.parquet --table devices --json"),
		Long: `inspect reads every row of the files once and says what is there: columns and
as what they are read, the words of each enumeration and what they are taken
for, what kind of MPxN the identifiers are, and what a run would refuse, or a
reconciliation of what RDPs hold, with the line of the configuration that mends it. It prints no MPxN and writes
nothing. It ends in 0 also where a run would not.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("flagfill inspect devices.parquet meter_points.parquet", "inspect takes at least one path, and none was given")
			}
			return nil
		},
		RunE: f.execute,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.config, "config", "", "configuration `FILE`; flagfill config prints one")
	flags.Var(choiceFlag{&f.table, tableChoices}, "table", "which table the files are; auto tells by their columns")
	flags.IntVar(&f.top, "top", f.top, "most known words of a column to show, `N`; --json has all")
	flags.BoolVar(&f.json, "json", false, "the result as one JSON document")
	return cmd
}

// inspectDocument is what inspect --json prints.
type inspectDocument struct {
	Schema       string               `json:"schema"`
	Tables       []*engine.Inspection `json:"tables"`
	Unrecognised []unrecognisedFile   `json:"unrecognised"` // files that look like no table
}

type unrecognisedFile struct {
	Path    string   `json:"path"`
	Columns []string `json:"columns"`
}

func (f *inspectFlags) execute(cmd *cobra.Command, paths []string) error {
	if f.top < 1 {
		return usage("Leave --top out to see the most frequent ones.", "--top is %d, and 1 is the least", f.top)
	}
	file, err := config.Load(f.config)
	if err != nil {
		return err
	}
	cfg := engine.Config{Limits: engine.DefaultLimits(), Workers: runtime.GOMAXPROCS(0)}
	file.Apply(&cfg)
	document := inspectDocument{Schema: "flagfill.inspection/1", Tables: []*engine.Inspection{}, Unrecognised: []unrecognisedFile{}}
	options := loaders.Options{Delimiter: file.Input.Delimiter}
	byTable, err := f.sort(cmd.Context(), &cfg, paths, options, &document)
	if err != nil {
		return err
	}
	for _, name := range []engine.Table{engine.Devices, engine.MeterPoints, engine.Extract} {
		if len(byTable[name]) == 0 {
			continue
		}
		source, err := loaders.Open(byTable[name], name, options)
		if err != nil {
			return err
		}
		in, err := engine.Inspect(cmd.Context(), cfg, name, source, cfg.Workers)
		if err != nil {
			return err
		}
		document.Tables = append(document.Tables, in)
	}
	if f.json {
		return writeJSON(cmd.OutOrStdout(), document)
	}
	f.write(cmd.OutOrStdout(), &document)
	return nil
}

// sort tells which table each file belongs to.
func (f *inspectFlags) sort(ctx context.Context, cfg *engine.Config, paths []string, options loaders.Options, document *inspectDocument) (map[engine.Table][]string, error) {
	forced := []engine.Table{engine.Devices, engine.Devices, engine.MeterPoints, engine.Extract}[f.table]
	source, err := loaders.Open(paths, forced, options)
	var plan *engine.Plan
	if err == nil {
		plan, err = source.Plan(ctx)
	}
	if err != nil {
		return nil, f.nameless(err)
	}
	byTable := map[engine.Table][]string{}
	for _, file := range plan.Files {
		name, known := forced, true
		if f.table == 0 {
			name, known = engine.Recognise(file.Columns, cfg.Columns)
		}
		if known {
			byTable[name] = append(byTable[name], file.Path)
			continue
		}
		unknown := unrecognisedFile{Path: file.Path, Columns: []string{}}
		for _, c := range file.Columns {
			unknown.Columns = append(unknown.Columns, engine.Shown(c.Name))
		}
		document.Unrecognised = append(document.Unrecognised, unknown)
	}
	return byTable, nil
}

// nameless takes the table out of a refusal while none is known.
func (f *inspectFlags) nameless(err error) error {
	var refusal *engine.Refusal
	if f.table != 0 || !errors.As(err, &refusal) {
		return err
	}
	told := *refusal
	told.Problem = strings.Replace(told.Problem, "cannot read "+engine.Devices.String()+" ", "cannot read ", 1)
	return &told
}

func (f *inspectFlags) write(w io.Writer, document *inspectDocument) {
	refused := len(document.Unrecognised) > 0
	for _, in := range document.Tables {
		f.writeInspection(w, in)
		refused = refused || len(in.WouldRefuse) > 0
	}
	for _, u := range document.Unrecognised {
		fmt.Fprintf(w, "%s looks like no table: its columns are %s.\n  If it is one, say which with --table, and name its columns in [columns.devices], [columns.meter_points] or [columns.extract].\n\n",
			engine.ShownPath(u.Path), strings.Join(u.Columns, ", "))
	}
	has := func(name engine.Table) bool {
		return slices.ContainsFunc(document.Tables, func(in *engine.Inspection) bool { return in.Table == name.String() })
	}
	switch {
	case refused || !has(engine.MeterPoints):
	case has(engine.Extract):
		fmt.Fprintln(w, "Next: flagfill reconcile --devices … --meter-points … --extract … --out reconciliation --dry-run")
	case has(engine.Devices):
		fmt.Fprintln(w, "Next: flagfill run --devices … --meter-points … --out publication --dry-run")
	}
}

func (f *inspectFlags) writeInspection(w io.Writer, in *engine.Inspection) {
	rows := "unknown rows"
	if in.Rows >= 0 {
		rows = counted(in.Rows, "row")
	}
	fmt.Fprintf(w, "%s: %s, %s\n\n", in.Table, counted(int64(len(in.Files)), "file"), rows)
	files := newTable(w, "file", "format", "rows", "size")
	alignNumbers(files, 3, 4)
	for _, file := range in.Files {
		files.AppendRow(table.Row{engine.ShownPath(file.Path), file.Format, rowsWords(file.Rows), sizeWords(file.Bytes)})
	}
	files.Render()
	fmt.Fprintln(w)
	writeColumns(w, in.Files)
	f.writeWords(w, in.Words)
	writeIdentifiers(w, in.Identifiers)
	writeInspectedCodes(w, in)
	reader := "run"
	if in.Table == engine.Extract.String() {
		reader = "reconciliation"
	}
	writeFindings(w, "A "+reader+" would refuse this table", in.WouldRefuse)
	writeFindings(w, "Worth knowing", in.WorthKnowing)
	if len(in.WouldRefuse) == 0 {
		fmt.Fprintf(w, "Nothing in %s alone would make a %s refuse it.\n\n", in.Table, reader)
	}
}

// writeColumns shows the columns of each file whose columns differ from those
// of the files before it.
func writeColumns(w io.Writer, files []engine.InspectedFile) {
	var shown [][]engine.InspectedColumn
	for _, file := range files {
		if slices.ContainsFunc(shown, func(c []engine.InspectedColumn) bool { return slices.Equal(c, file.Columns) }) {
			continue
		}
		shown = append(shown, file.Columns)
		if len(files) > 1 {
			fmt.Fprintf(w, "columns of %s, and of every file with the same ones\n", engine.ShownPath(file.Path))
		}
		columns := newTable(w, "column", "type", "read as")
		for _, c := range file.Columns {
			ours := c.Ours
			switch {
			case ours == "":
				ours = "– not read"
			case c.Mapped:
				ours += ", by the configuration"
			}
			columns.AppendRow(table.Row{c.Name, c.Native, ours})
		}
		columns.Render()
		fmt.Fprintln(w)
	}
}

func (f *inspectFlags) writeWords(w io.Writer, words []engine.Vocabulary) {
	if len(words) == 0 {
		return
	}
	t := newTable(w, "column", "as the files spell it", "rows", "taken for")
	alignNumbers(t, 3)
	for _, v := range words {
		column, left := v.Column, int64(0)
		for i, word := range v.Words {
			if i >= f.top && (word.Known || i >= 10*f.top) {
				left++
				continue
			}
			spelling := word.Word
			if spelling == "" {
				spelling = "(empty)"
			}
			t.AppendRow(table.Row{column, spelling, count(word.Rows), word.Meaning})
			column = ""
		}
		if left > 0 {
			t.AppendRow(table.Row{"", fmt.Sprintf("… and %s more", count(left)), "", ""})
		}
		if v.Others > 0 {
			t.AppendRow(table.Row{"", "… and words not counted one by one", count(v.Others), ""})
		}
	}
	t.Render()
	fmt.Fprintln(w)
}

func writeIdentifiers(w io.Writer, identifiers []engine.IdentifierCounts) {
	if len(identifiers) == 0 {
		return
	}
	t := newTable(w, "identifiers", "MPAN", "MPRN", "MPAN, wrong digit", "MPRN, wrong digits", "no MPxN", "empty")
	alignNumbers(t, 2, 3, 4, 5, 6, 7)
	for _, c := range identifiers {
		t.AppendRow(table.Row{c.Column, count(c.MPAN), count(c.MPRN), count(c.MPANWrongDigit), count(c.MPRNWrongDigits), count(c.NoMPxN), count(c.Empty)})
	}
	t.Render()
	fmt.Fprintln(w)
}

func writeInspectedCodes(w io.Writer, in *engine.Inspection) {
	if len(in.Exceptions) > 0 {
		t := newTable(w, "exception", "count", "")
		alignNumbers(t, 2)
		for _, e := range in.Exceptions {
			kind := ""
			if e.Warning {
				kind = "warning"
			}
			t.AppendRow(table.Row{e.Code, count(e.Count), kind})
		}
		t.Render()
		fmt.Fprintln(w)
	}
	if m := in.Limit; m != nil {
		fmt.Fprintf(w, "Exceptions: %s of %s %s; %s are allowed, which is %s.\n", count(m.Count), count(m.Base), m.Of, m.InForce, allowedWords(*m))
		fmt.Fprint(w, "Orphans, duplicates and conflicts show only when a run brings rows together.\n\n")
	}
}

func writeFindings(w io.Writer, heading string, findings []engine.Finding) {
	if len(findings) == 0 {
		return
	}
	fmt.Fprintln(w, heading)
	for i, f := range findings {
		fmt.Fprintf(w, "  %s\n", f.Problem)
		if i+1 == len(findings) || findings[i+1].Next != f.Next { // once for all that it mends
			fmt.Fprintf(w, "    %s\n", strings.ReplaceAll(f.Next, "\n", "\n    "))
		}
	}
	fmt.Fprintln(w)
}

func rowsWords(rows int64) string {
	if rows < 0 {
		return "unknown"
	}
	return count(rows)
}

func counted(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(n) + " " + noun + "s"
}

// allowedWords is the largest count that a limit allows.
func allowedWords(m engine.Margin) string {
	if m.Allowed < 0 {
		return "any number"
	}
	return count(m.Allowed)
}
