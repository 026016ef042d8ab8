package writers

import (
	"slices"
	"strconv"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

const notAsTheFacts = "beyond what the facts call for"

// changesForgeries change rows of changes.parquet and then every digest.
var changesForgeries = []tampering{
	{"a row's new status changed", inRow(notAsTheFacts+"|not on the date of as-of", func(f *forger, r *changeRow) bool {
		r.New = otherWord(f, r.New, "A", "I", "N")
		return true
	})},
	{"a row's old status changed", inRow(notAsTheFacts+"|not on the date of as-of", func(f *forger, r *changeRow) bool {
		r.Old = otherWord(f, r.Old, "A", "I", "N")
		return true
	})},
	{"a row's old status emptied", inRow(notAsTheFacts+"|not on the date of as-of", func(_ *forger, r *changeRow) bool {
		was := r.Old
		r.Old = nil
		return was != nil
	})},
	{"a row's rule changed", inRow(notAsTheFacts, func(f *forger, r *changeRow) bool {
		was := r.Rule
		r.Rule = meterpoint.Rule(f.below(meterpoint.RuleCount)).String()
		return was != r.Rule
	})},
	{"a row's disposition changed", inRow(notAsTheFacts+"|have no date|have a shard", func(f *forger, r *changeRow) bool {
		was := r.Disposition
		r.Disposition = engine.Dispositions()[f.below(6)]
		return was != r.Disposition
	})},
	{"the date of a change changed", inRow("not on the date of as-of", func(f *forger, r *changeRow) bool {
		if r.EffectiveOn == nil || orDash(r.Old) == orDash(r.New) {
			return false
		}
		day := *r.EffectiveOn + int32(1+f.below(9))
		r.EffectiveOn = &day
		return true
	})},
	{"the date of an emitted row changed", func(f *forger) *due {
		i, ok := f.row(func(r changeRow) bool { return r.Shard != nil && orDash(r.Old) == orDash(r.New) })
		if !ok {
			return nil
		}
		name := *f.rows()[i].Shard
		f.changeRows(func(rows []changeRow) []changeRow {
			day := *rows[i].EffectiveOn - 1
			rows[i].EffectiveOn = &day
			return rows
		})
		f.seal()
		return found(name, notTheRows)
	}},
	{"a row's date removed", inRow("have no date", func(_ *forger, r *changeRow) bool {
		had := r.EffectiveOn != nil
		r.EffectiveOn = nil
		return had
	})},
	{"a held row dated", inRow("have no date", func(_ *forger, r *changeRow) bool {
		day, none := int32(testDay), r.EffectiveOn == nil
		r.EffectiveOn = &day
		return none
	})},
	{"a row's shard changed", inRow(`another fuel or RDP|nor the next|which states \d+ records|does not list`, func(f *forger, r *changeRow) bool {
		if r.Shard == nil {
			return false
		}
		was, other := *r.Shard, "flows/gas/NOBODY/1.DXI"
		if at, ok := f.shard(); ok && f.below(4) > 0 {
			other = f.m.Content.Shards[at].Path
		}
		r.Shard = &other
		return was != other
	})},
	{"a row's shard removed", inRow("have a shard", func(_ *forger, r *changeRow) bool {
		had := r.Shard != nil
		r.Shard = nil
		return had
	})},
	{"a row given a shard", inRow("have a shard", func(f *forger, r *changeRow) bool {
		at, ok := f.shard()
		if !ok || r.Shard != nil {
			return false
		}
		r.Shard = &f.m.Content.Shards[at].Path
		return true
	})},
	{"a row's RDP changed", inRow("not the one that is told|beyond what the facts|another fuel or RDP", func(f *forger, r *changeRow) bool {
		r.RDP = otherWord(f, r.RDP, "EELC", "LOND", "XOSERVE", "NOBODY")
		return true
	})},
	{"a row's RDP removed", inRow(notAsTheFacts+"|another fuel or RDP", func(_ *forger, r *changeRow) bool {
		had := r.RDP != nil
		r.RDP = nil
		return had
	})},
	{"a row's fuel changed", inRow("its fuel is not that of its MPxN", func(f *forger, r *changeRow) bool {
		r.Fuel = *otherWord(f, &r.Fuel, "gas", "electricity")
		return true
	})},
	{"a row's word is none", inRow("a word that does not belong there", func(f *forger, r *changeRow) bool {
		none := "none"
		switch f.below(5) {
		case 0:
			r.Fuel = none
		case 1:
			r.Rule = none
		case 2:
			r.Disposition = none
		case 3:
			r.New = &none
		case 4:
			r.Old = &none
		}
		return true
	})},
	{"a row's MPxN is none", inRow("no MPxN in canonical form|too many or too few digits|not larger", func(f *forger, r *changeRow) bool {
		r.MPxN = []string{"", "0" + r.MPxN, r.MPxN + " ", r.MPxN[:5], r.MPxN + "00000"}[f.below(5)]
		return true
	})},
	{"a row's check digit is wrong", inRow("wrong check digit", func(_ *forger, r *changeRow) bool {
		digit := r.MPxN[len(r.MPxN)-1] - '0'
		r.MPxN = r.MPxN[:len(r.MPxN)-1] + strconv.Itoa(int(digit+1)%10)
		return r.Fuel == "electricity"
	})},
	{"two rows of changes exchanged", inRows("not larger than the one before", func(f *forger, rows []changeRow) []changeRow {
		if len(rows) < 2 {
			return nil
		}
		at := f.below(len(rows) - 1)
		rows[at], rows[at+1] = rows[at+1], rows[at]
		return rows
	})},
	{"a row of changes removed", inRows(`it has \d+ rows, where manifest.json states \d+`, func(f *forger, rows []changeRow) []changeRow {
		at := f.below(len(rows))
		return slices.Delete(rows, at, at+1)
	})},
	{"a row of changes repeated", inRows(`it has \d+ rows, where manifest.json states \d+`, func(f *forger, rows []changeRow) []changeRow {
		at := f.below(len(rows))
		return slices.Insert(rows, at, rows[at])
	})},
	{"a row of changes repeated over another", inRows("not larger than the one before", func(f *forger, rows []changeRow) []changeRow {
		if len(rows) < 2 {
			return nil
		}
		at := f.below(len(rows) - 1)
		rows[at] = rows[at+1]
		return rows
	})},
	{"a row of changes removed, and counted so", func(f *forger) *due {
		if len(f.rows()) == 0 {
			return nil
		}
		f.changeRows(func(rows []changeRow) []changeRow { return rows[1:] })
		f.m.Content.Changes.Rows--
		f.seal()
		return found(manifestName, "rows of changes.parquet")
	}},
	{"changes of other columns", func(f *forger) *due {
		type shorter struct {
			MPxN string `parquet:"mpxn,plain"`
		}
		rewriteAs(f, changesName, make([]shorter, f.m.Content.Changes.Rows))
		f.seal()
		return found(changesName, "its columns are not those")
	}},
	{"changes of no Parquet", func(f *forger) *due {
		f.write(changesName, f.read(changesName)[:8])
		f.seal()
		return found(changesName, "not a readable Parquet file")
	}},
}

// jointForgeries change flow files and changes.parquet alike, and then every
// digest: the two agree, and only facts and settings say otherwise.
var jointForgeries = []tampering{
	{"a status changed in row and record", func(f *forger) *due {
		return f.jointly(notAsTheFacts+"|not on the date of as-of", func(row *changeRow, record *Record) bool {
			record.Status = otherStatus(f, record.Status)
			row.New = wordOf(record.Status)
			return true
		})
	}},
	{"the date of a change changed in row and record", func(f *forger) *due {
		return f.jointly("not on the date of as-of", func(row *changeRow, record *Record) bool {
			record.EffectiveOn--
			row.EffectiveOn = &record.EffectiveOn
			return orDash(row.Old) != orDash(row.New)
		})
	}},
	{"a wrong check digit in row and record", func(f *forger) *due {
		return f.jointly("wrong check digit", func(row *changeRow, record *Record) bool {
			record.MPxN ^= 1
			row.MPxN = record.MPxN.String()
			return record.MPxN.Fuel() == meterpoint.Electricity
		})
	}},
	{"a distributor that another RDP is told of, in row and record", func(f *forger) *due {
		if f.m.Content.RDP.TrustColumn {
			return nil
		}
		return f.jointly("not the one that is told|not larger", func(row *changeRow, record *Record) bool {
			record.MPxN += 5 * 1e11
			record.MPxN += record.MPxN.CheckDigit() - record.MPxN%10
			row.MPxN = record.MPxN.String()
			return record.MPxN.Fuel() == meterpoint.Electricity
		})
	}},
	{"a point withheld that was emitted", func(f *forger) *due {
		i, ok := f.row(func(r changeRow) bool { return r.Shard != nil })
		if !ok {
			return nil
		}
		shard, at := f.recordOf(i)
		records := f.records(shard)
		f.changeRows(func(rows []changeRow) []changeRow {
			rows[i].Shard, rows[i].Disposition = nil, engine.Withheld.String()
			return rows
		})
		f.writeFlow(shard, slices.Delete(records, at, at+1))
		f.m.Content.Shards[shard].Records--
		f.m.Content.Totals.Reportable.Emitted--
		f.m.Content.Totals.Reportable.Withheld++
		f.seal()
		return found(manifestName, "reportable: it states")
	}},
	{"a point left out everywhere but in the facts", func(f *forger) *due {
		i, ok := f.row(func(r changeRow) bool { return r.Shard != nil })
		if !ok {
			return nil
		}
		shard, at := f.recordOf(i)
		records := f.records(shard)
		f.changeRows(func(rows []changeRow) []changeRow { return slices.Delete(rows, i, i+1) })
		f.writeFlow(shard, slices.Delete(records, at, at+1))
		f.m.Content.Shards[shard].Records--
		f.m.Content.Changes.Rows--
		f.seal()
		return found(manifestName, "rows of changes.parquet")
	}},
	{"the numbers of two files exchanged", func(f *forger) *due {
		a, b, ok := f.twoShards()
		if !ok || f.m.Content.Shards[a].Fuel != f.m.Content.Shards[b].Fuel {
			return nil
		}
		recordsA, recordsB := f.records(a), f.records(b)
		shards := f.m.Content.Shards
		shards[a].FileID, shards[b].FileID = shards[b].FileID, shards[a].FileID
		f.writeFlow(a, recordsA)
		f.writeFlow(b, recordsB)
		f.seal()
		return found(manifestName, "its file id is")
	}},
	{"all files numbered otherwise", func(f *forger) *due {
		at, ok := f.shard()
		if !ok {
			return nil
		}
		records := f.records(at)
		f.m.Content.Shards[at].FileID += 100
		f.writeFlow(at, records)
		f.seal()
		return found(manifestName, "its file id is")
	}},
}

// jointly changes an emitted row and its record.
func (f *forger) jointly(problem string, change func(row *changeRow, record *Record) bool) *due {
	f.t.Helper()
	i, ok := f.row(func(r changeRow) bool { return r.Shard != nil })
	if !ok {
		return nil
	}
	shard, at := f.recordOf(i)
	records, rows := f.records(shard), f.rows()
	if !change(&rows[i], &records[at]) {
		return nil
	}
	f.changeRows(func([]changeRow) []changeRow { return rows })
	f.writeFlow(shard, records)
	f.seal()
	return found(changesName, problem)
}

// row gives the index of any row that fits.
func (f *forger) row(fits func(changeRow) bool) (index int, ok bool) {
	f.t.Helper()
	var fitting []int
	for i, r := range f.rows() {
		if fits(r) {
			fitting = append(fitting, i)
		}
	}
	return anyOf(f, fitting)
}

// recordOf finds the record of an emitted row: its shard and its place there.
func (f *forger) recordOf(row int) (shard, record int) {
	f.t.Helper()
	r := f.rows()[row]
	shard = slices.IndexFunc(f.m.Content.Shards, func(s Shard) bool { return s.Path == *r.Shard })
	record = slices.IndexFunc(f.records(shard), func(rec Record) bool { return rec.MPxN.String() == r.MPxN })
	return shard, record
}

func inRow(problem string, change func(f *forger, r *changeRow) bool) func(f *forger) *due {
	return func(f *forger) *due {
		rows := f.rows()
		for range 10 {
			i, ok := f.row(func(changeRow) bool { return true })
			if !ok {
				return nil
			}
			if row := rows[i]; change(f, &row) {
				rows[i] = row
				f.changeRows(func([]changeRow) []changeRow { return rows })
				f.seal()
				return found(changesName, problem)
			}
		}
		return nil
	}
}

func inRows(problem string, change func(f *forger, rows []changeRow) []changeRow) func(f *forger) *due {
	return func(f *forger) *due {
		if len(f.rows()) == 0 {
			return nil
		}
		changed := change(f, f.rows())
		if changed == nil {
			return nil
		}
		f.changeRows(func([]changeRow) []changeRow { return changed })
		f.seal()
		return found(changesName, problem)
	}
}

// otherWord gives another of the words.
func otherWord(f *forger, is *string, words ...string) *string {
	others := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return is != nil && w == *is })
	word, _ := anyOf(f, others)
	return &word
}

func wordOf(s meterpoint.ServiceStatus) *string {
	word := s.String()
	return &word
}
