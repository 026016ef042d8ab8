package writers

import (
	"os"
	"slices"
	"strings"
	"time"
)

// listingForgeries change what is listed and what is evidence, and every digest.
var listingForgeries = []tampering{
	{"a file added and listed everywhere", func(f *forger) *due {
		f.write("notes.txt", []byte("new"))
		f.m.Files = append(f.m.Files, FileListing{Path: "notes.txt"})
		sortListings(f.m.Files)
		f.seal()
		return found("notes.txt", "does not belong to a publication")
	}},
	{"a file added and listed in SHA256SUMS", func(f *forger) *due {
		f.write("flows/notes.txt", []byte("new"))
		f.sealAsStated()
		return found("flows/notes.txt", "is not listed in manifest.json")
	}},
	{"run.json removed from everywhere", func(f *forger) *due { return f.withoutFile(runName) }},
	{"exceptions.parquet removed from everywhere", func(f *forger) *due { return f.withoutFile(exceptionsName) }},
	{"a file of a size and digest that are not listed", func(f *forger) *due {
		name, _ := anyOf(f, []string{runName, exceptionsName, changesName})
		f.write(name, append(f.read(name), 0))
		f.sealAsStated()
		return found(name, "is not the file that manifest.json lists")
	}},
	{"an input's rows changed", inEvidence(func(f *forger) { f.m.Inputs[f.below(2)].Rows++ }, "rows of its files|rows: it states")},
	{"an input's bytes changed", inEvidence(func(f *forger) { f.m.Inputs[f.below(2)].Bytes-- }, "bytes of its files")},
	{"an input file's rows changed", inEvidence(func(f *forger) { f.m.Inputs[f.below(2)].Files[0].Rows++ }, "rows of its files")},
	{"an input's fingerprint changed", inEvidence(func(f *forger) { f.m.Inputs[f.below(2)].Fingerprint = "none" }, "its fingerprint is not")},
	{"an input file's fingerprint changed", inEvidence(func(f *forger) { f.m.Inputs[f.below(2)].Files[0].Fingerprint = "x" }, "its fingerprint is not")},
	{"an input file's digest is none", inEvidence(func(f *forger) { f.m.Inputs[f.below(2)].Files[0].SHA256 = strings.Repeat("g", 64) }, "has a SHA-256 that is none")},
	{"a newest change after as-of", inEvidence(func(f *forger) {
		later := f.m.Content.AsOf.AddDate(0, 0, 2).Format(time.DateOnly)
		f.m.Snapshot.NewestChangeOn = &later
	}, "its newest change is no date, or after as_of")},
	{"more later changes than rows", inEvidence(func(f *forger) { f.m.Snapshot.ChangesAfterAsOf = f.m.Content.Totals.MeterPoints.Rows + 1 }, "its numbers contradict the totals")},
	{"a table taken at a fraction of a second", inEvidence(func(f *forger) {
		at := f.m.Content.AsOf.Add(time.Millisecond)
		f.m.Snapshot.MeterPointsAt = &at
	}, "an instant is not in UTC and whole seconds")},
	{"the rows of exceptions changed", inEvidence(func(f *forger) { f.m.Exceptions.Rows++ }, "rows of exceptions.parquet")},
	{"the schema changed", inEvidence(func(f *forger) { f.m.Schema = "flagfill.manifest/2" }, "its schema is")},

	{"an exception's code changed", inExceptions("it has not as many rows of", func(f *forger, rows []exceptionRow) []exceptionRow {
		r := &rows[f.below(len(rows))]
		r.Code = otherOf(f, r.Code, "BAD_MPXN", "NO_RDP", "ORPHAN_MPXN", "none")
		return rows
	})},
	{"an exception removed", inExceptions("it has not as many rows of", func(f *forger, rows []exceptionRow) []exceptionRow {
		at := f.below(len(rows))
		return slices.Delete(rows, at, at+1)
	})},
	{"an exception added", inExceptions("it has not as many rows of", func(f *forger, rows []exceptionRow) []exceptionRow {
		return append(rows, rows[f.below(len(rows))])
	})},
	{"exceptions emptied", inExceptions("it has not as many rows of", func(*forger, []exceptionRow) []exceptionRow { return nil })},
	{"an exception's table is none", inExceptions("a table that is neither", func(f *forger, rows []exceptionRow) []exceptionRow {
		rows[f.below(len(rows))].Table = "none"
		return rows
	})},
	{"an exception said to be of the other table", inExceptions("not used", func(_ *forger, rows []exceptionRow) []exceptionRow {
		at := slices.IndexFunc(rows, func(r exceptionRow) bool { return r.Table == "devices" })
		rows[at].Table = "meter_points"
		return rows
	})},
	{"exceptions of other columns", func(f *forger) *due {
		type shorter struct {
			Code string `parquet:"code,dict"`
		}
		rewriteAs(f, exceptionsName, make([]shorter, f.m.Exceptions.Rows))
		f.seal()
		return found(exceptionsName, "its columns are not those")
	}},
	{"exceptions of no Parquet", func(f *forger) *due {
		f.write(exceptionsName, []byte("PAR1"))
		f.seal()
		return found(exceptionsName, "not a readable Parquet file")
	}},
}

// inEvidence changes the evidence of the manifest.
func inEvidence(change func(f *forger), problem string) func(f *forger) *due {
	return func(f *forger) *due {
		change(f)
		f.sealAsStated()
		return found(manifestName, problem)
	}
}

func inExceptions(problem string, change func(f *forger, rows []exceptionRow) []exceptionRow) func(f *forger) *due {
	return func(f *forger) *due {
		rewriteRows(f, exceptionsName, func(rows []exceptionRow) []exceptionRow { return change(f, rows) })
		f.seal()
		return found(exceptionsName, problem)
	}
}

func (f *forger) withoutFile(name string) *due {
	f.t.Helper()
	f.check(os.Remove(f.path(name)))
	f.m.Files = slices.DeleteFunc(f.m.Files, func(l FileListing) bool { return l.Path == name })
	f.seal()
	return found(name, "every publication has it")
}
