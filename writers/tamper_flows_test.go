package writers

import (
	"bytes"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"flagfill/engine/meterpoint"
)

const notTheRows = "its records are not the rows that changes.parquet has for it"

// flowForgeries change a flow file and then every digest, so that only its
// form, or the story that the other files tell, gives it away.
var flowForgeries = []tampering{
	{"a record's status changed", inRecords(notTheRows, func(f *forger, r []Record) []Record {
		at := f.below(len(r))
		r[at].Status = otherStatus(f, r[at].Status)
		return r
	})},
	{"a record's date changed", inRecords(notTheRows, func(f *forger, r []Record) []Record {
		r[f.below(len(r))].EffectiveOn += int32(1 + f.below(300))
		return r
	})},
	{"a record's meter point changed", inRecords(notTheRows, func(f *forger, r []Record) []Record {
		r[f.below(len(r))].MPxN++
		return r
	})},
	{"two records exchanged", inRecords(notTheRows, func(f *forger, r []Record) []Record {
		if len(r) < 2 {
			return nil
		}
		at := f.below(len(r) - 1)
		r[at], r[at+1] = r[at+1], r[at]
		return r
	})},
	{"a record repeated over another", inRecords(notTheRows, func(f *forger, r []Record) []Record {
		if len(r) < 2 {
			return nil
		}
		at := f.below(len(r) - 1)
		r[at] = r[at+1]
		return r
	})},
	{"a record removed", inRecords(`it holds \d+ records, where manifest.json states \d+`, func(f *forger, r []Record) []Record {
		at := f.below(len(r))
		return slices.Delete(r, at, at+1)
	})},
	{"a record inserted", inRecords(`it holds \d+ records, where manifest.json states \d+`, func(f *forger, r []Record) []Record {
		at := f.below(len(r))
		one := r[at]
		one.MPxN++
		return slices.Insert(r, at, one)
	})},
	{"a record repeated", inRecords(`it holds \d+ records, where manifest.json states \d+`, func(f *forger, r []Record) []Record {
		at := f.below(len(r))
		return slices.Insert(r, at, r[at])
	})},
	{"a record moved to another file", func(f *forger) *due {
		from, to, ok := f.twoShards()
		if !ok {
			return nil
		}
		given, taken := f.records(from), f.records(to)
		at := f.below(len(given))
		f.writeFlow(to, append(taken, given[at]))
		f.writeFlow(from, slices.Delete(given, at, at+1))
		f.seal()
		return found(f.m.Content.Shards[from].Path, `it holds \d+ records`)
	}},
	{"a record moved to another file, and both counted so", func(f *forger) *due {
		from, to, ok := f.twoShards()
		if !ok {
			return nil
		}
		given, taken := f.records(from), f.records(to)
		f.writeFlow(to, append(taken, given[len(given)-1]))
		f.writeFlow(from, given[:len(given)-1])
		f.m.Content.Shards[from].Records--
		f.m.Content.Shards[to].Records++
		f.seal()
		return found(manifestName, "records more than the flow files hold|is cut at|records, where 1 to")
	}},
	{"the records of two files exchanged", func(f *forger) *due {
		a, b, ok := f.twoShards()
		if !ok || f.m.Content.Shards[a].Fuel != f.m.Content.Shards[b].Fuel {
			return nil
		}
		recordsA, recordsB := f.records(a), f.records(b)
		f.writeFlow(a, recordsB)
		f.writeFlow(b, recordsA)
		f.seal()
		return found(f.m.Content.Shards[a].Path, notTheRows+`|it holds \d+ records`)
	}},

	{"another receiver in the header", inEnvelope("here should stand the header", func(_ *forger, e *Envelope) { e.RDP += "X" })},
	{"another time in the header", inEnvelope("here should stand the header", func(_ *forger, e *Envelope) {
		e.CreatedAt = e.CreatedAt.Add(1e9 * 60 * 60 * 24 * 7)
	})},
	{"another number in the header", inEnvelope("here should stand the header", func(_ *forger, e *Envelope) { e.FileNumber++ })},
	{"another test flag in the header", inEnvelope("here should stand the header", func(_ *forger, e *Envelope) { e.TestFlag = "TR42" })},
	{"another count in the trailer", inLines("here should stand the trailer", func(_ *forger, lines []string) []string {
		last := &lines[len(lines)-1]
		*last = strings.NewReplacer("1", "2", "2", "3", "3", "4", "4", "5", "5", "6").Replace(*last)
		return lines
	})},
	{"no header", inLines("here should stand the header", func(_ *forger, lines []string) []string { return lines[1:] })},
	{"no trailer", inLines("here should stand the trailer", func(_ *forger, lines []string) []string { return lines[:len(lines)-1] })},
	{"the trailer before a record", inLines("here should stand the trailer|there is more after the trailer|is not as laid down", func(f *forger, lines []string) []string {
		return slices.Insert(lines[:len(lines)-1], 1+f.below(len(lines)-2), lines[len(lines)-1])
	})},
	{"text after the trailer", inLines("there is more after the trailer", func(_ *forger, lines []string) []string { return append(lines, "\n") })},
	{"a blank line between records", inLines("line \\d+: ", func(f *forger, lines []string) []string {
		return slices.Insert(lines, 1+f.below(len(lines)-2), "\n")
	})},
	{"line ends of two bytes in a flow", inLines("here should stand the header", func(_ *forger, lines []string) []string {
		for i, l := range lines {
			lines[i] = strings.TrimSuffix(l, "\n") + "\r\n"
		}
		return lines
	})},
	{"no line end at the end of a flow", inLines("here should stand the trailer", func(_ *forger, lines []string) []string {
		lines[len(lines)-1] = strings.TrimSuffix(lines[len(lines)-1], "\n")
		return lines
	})},
	{"a status that is none", inLines("the service status is not A, I or N", func(_ *forger, lines []string) []string {
		none := strings.NewReplacer("|A|", "|W|", "|I|", "|i|", "|N|", "||", `"A"`, `"W"`, `"I"`, `"i"`, `"N"`, `""`)
		last := &lines[len(lines)-2]
		*last = none.Replace(*last)
		return lines
	})},
	{"a day that is none", inLines("the effective from is not a date", func(_ *forger, lines []string) []string {
		last := &lines[len(lines)-2]
		*last = regexp.MustCompile(`\b20\d{6}\b`).ReplaceAllString(*last, "20260231")
		return lines
	})},

	{"a flow file removed with its listing", func(f *forger) *due {
		at, ok := f.shard()
		if !ok {
			return nil
		}
		name := f.m.Content.Shards[at].Path
		f.remove(name)
		f.m.Content.Shards = slices.Delete(f.m.Content.Shards, at, at+1)
		f.seal()
		return found(manifestName, "emitted = sum of the shards' records")
	}},
	{"a flow file added with a listing", func(f *forger) *due {
		at, ok := f.shard()
		if !ok {
			return nil
		}
		s := f.m.Content.Shards[at]
		f.m.Content.Shards = append(f.m.Content.Shards, s)
		last := len(f.m.Content.Shards) - 1
		f.m.Content.Shards[last].Path = path.Dir(s.Path) + "/zz" + path.Base(s.Path)
		f.write(f.m.Content.Shards[last].Path, f.read(s.Path))
		f.m.Files = append(f.m.Files, FileListing{Path: f.m.Content.Shards[last].Path})
		sortListings(f.m.Files)
		f.seal()
		return found(manifestName, "its file id is|its layout calls it")
	}},
	{"a flow file added without a shard", func(f *forger) *due {
		at, ok := f.shard()
		if !ok {
			return nil
		}
		name := f.m.Content.Shards[at].Path + "2"
		f.write(name, f.read(f.m.Content.Shards[at].Path))
		f.m.Files = append(f.m.Files, FileListing{Path: name})
		sortListings(f.m.Files)
		f.seal()
		return found(name, "does not belong to a publication")
	}},
}

func (f *forger) shard() (index int, ok bool) {
	n := len(f.m.Content.Shards)
	if n == 0 {
		return 0, false
	}
	return f.below(n), true
}

// twoShards of one layout or of two.
func (f *forger) twoShards() (a, b int, ok bool) {
	n := len(f.m.Content.Shards)
	if n < 2 {
		return 0, 0, false
	}
	a = f.below(n)
	return a, (a + 1 + f.below(n-1)) % n, true
}

func (f *forger) remove(name string) {
	f.t.Helper()
	f.check(os.Remove(f.path(name)))
	if left, err := os.ReadDir(path.Dir(f.path(name))); err == nil && len(left) == 0 {
		f.check(os.Remove(path.Dir(f.path(name))))
	}
	f.m.Files = slices.DeleteFunc(f.m.Files, func(l FileListing) bool { return l.Path == name })
}

func (f *forger) layout(shard int) *Layout {
	f.t.Helper()
	layouts, err := f.m.Content.layoutsInForce()
	f.check(err)
	fuel, _ := fuelNamed(f.m.Content.Shards[shard].Fuel)
	return layouts[fuel]
}

func (f *forger) records(shard int) (records []Record) {
	f.t.Helper()
	s := f.m.Content.Shards[shard]
	_, err := f.layout(shard).Parse(bytes.NewReader(f.read(s.Path)), f.m.Content.envelope(s), func(r Record) error {
		records = append(records, r)
		return nil
	})
	f.check(err)
	return records
}

// writeFlow writes a flow file as the program would.
func (f *forger) writeFlow(shard int, records []Record) {
	f.t.Helper()
	s := f.m.Content.Shards[shard]
	f.write(s.Path, f.flow(shard, f.m.Content.envelope(s), records))
}

func (f *forger) flow(shard int, e Envelope, records []Record) []byte {
	f.t.Helper()
	layout := f.layout(shard)
	text, encoder := layout.AppendHeader(nil, e), layout.newRecordEncoder()
	for _, r := range records {
		var err error
		text, err = encoder.append(text, r)
		f.check(err)
	}
	return layout.AppendTrailer(text, e, int64(len(records)))
}

func inRecords(problem string, change func(f *forger, r []Record) []Record) func(f *forger) *due {
	return func(f *forger) *due {
		at, ok := f.shard()
		if !ok {
			return nil
		}
		records := change(f, f.records(at))
		if records == nil {
			return nil
		}
		f.writeFlow(at, records)
		f.seal()
		return found(f.m.Content.Shards[at].Path, problem)
	}
}

// inEnvelope writes the file under another envelope, where its layout shows
// that at all.
func inEnvelope(problem string, change func(f *forger, e *Envelope)) func(f *forger) *due {
	return func(f *forger) *due {
		at, ok := f.shard()
		if !ok {
			return nil
		}
		s := f.m.Content.Shards[at]
		e := f.m.Content.envelope(s)
		change(f, &e)
		text := f.flow(at, e, f.records(at))
		if bytes.Equal(text, f.read(s.Path)) {
			return nil
		}
		f.write(s.Path, text)
		f.seal()
		return found(s.Path, problem)
	}
}

func inLines(problem string, change func(f *forger, lines []string) []string) func(f *forger) *due {
	return func(f *forger) *due {
		at, ok := f.shard()
		if !ok {
			return nil
		}
		name := f.m.Content.Shards[at].Path
		before := string(f.read(name))
		lines := strings.SplitAfter(before, "\n")
		after := strings.Join(change(f, lines[:len(lines)-1]), "")
		if after == before {
			return nil
		}
		f.write(name, []byte(after))
		f.seal()
		return found(name, problem)
	}
}

func otherStatus(f *forger, s meterpoint.ServiceStatus) meterpoint.ServiceStatus {
	others := slices.DeleteFunc([]meterpoint.ServiceStatus{meterpoint.Active, meterpoint.Installed, meterpoint.NotActive},
		func(o meterpoint.ServiceStatus) bool { return o == s })
	return others[f.below(len(others))]
}
