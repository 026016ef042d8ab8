package writers

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// manifestForgeries change values of manifest.json and the digests above them.
var manifestForgeries = []tampering{
	{"a number of the content changed", func(f *forger) *due {
		return f.inContent(isNumber, func(number string) string {
			n, _ := strconv.ParseInt(number, 10, 64)
			return strconv.FormatInt(n+[]int64{-1, 1, 2, 10, 1000}[f.below(5)], 10)
		})
	}},
	{"a total of the content changed", func(f *forger) *due {
		return f.inContent(func(l leaf) bool { return isNumber(l) && strings.HasPrefix(l.place, "totals.") }, func(number string) string {
			n, _ := strconv.ParseInt(number, 10, 64)
			return strconv.FormatInt(n+1, 10)
		})
	}},
	{"a number of the content turned negative", func(f *forger) *due {
		return f.inContent(func(l leaf) bool { return isNumber(l) && l.text != "0" }, func(number string) string { return "-" + strings.TrimPrefix(number, "-") })
	}},
	{"a word of the content is none", func(f *forger) *due {
		return f.inContent(isWord, func(string) string { return `"no such word"` })
	}},
	{"a word of the content emptied", func(f *forger) *due {
		return f.inContent(func(l leaf) bool { return isWord(l) && l.text != `""` }, func(string) string { return `""` })
	}},
	{"a key of the content renamed", func(f *forger) *due {
		text := string(f.read(manifestName))
		keys := regexp.MustCompile(`"[a-z_]+": `).FindAllStringIndex(text, -1)
		at := keys[f.below(len(keys))]
		f.sealText([]byte(text[:at[1]-3] + "x" + text[at[1]-3:]))
		return found(manifestName, "cannot be read|has the digest|its schema|canonical form")
	}},
	{"a setting changed", func(f *forger) *due {
		before, c := f.m.Content, &f.m.Content
		problem := ""
		switch f.below(8) {
		case 0:
			c.Scope, problem = otherOf(f, c.Scope, "full", "backfill"), "facts give|counted|its scope|beyond what"
		case 1:
			c.Baseline, problem = otherOf(f, c.Baseline, "recorded", "go-live", "reported"), "facts give|counted|beyond what"
		case 2:
			c.Switches.InstalledStatus, problem = !c.Switches.InstalledStatus, "facts give|counted|its scope|beyond what"
		case 3:
			c.Switches.ReportGas, problem = !c.Switches.ReportGas, "facts give|counted|beyond what"
		case 4:
			c.Switches.ReportElectricity, problem = !c.Switches.ReportElectricity, "facts give|counted|beyond what"
		case 5:
			a := meterpoint.Ambiguity(f.below(meterpoint.Ambiguities))
			other := a.Choices()[f.below(len(a.Choices()))].String()
			if other == c.Rules[a.String()] {
				return nil
			}
			c.Rules[a.String()], problem = other, "ambiguities"
			f.seal()
			return found(manifestName, problem)
		case 6:
			c.Fuel, problem = otherOf(f, c.Fuel, engine.FuelChoices()...), "its fuel is|other_fuel"
			f.seal()
			return found(manifestName, problem)
		case 7:
			if len(c.Shards) == 0 {
				return nil
			}
			c.AsOf = c.AsOf.AddDate(0, 0, 1+f.below(9))
			f.seal()
			return found(c.Shards[0].Path, "here should stand the header")
		}
		if sameStory(f, &before, c) { // an honest run under the other setting gives the same
			return nil
		}
		f.seal()
		return found(manifestName, problem).or(changesName)
	}},
	{"a setting that no run has", func(f *forger) *due {
		c, problem := &f.m.Content, ""
		switch f.below(4) {
		case 0:
			c.Scope, c.Switches.InstalledStatus, problem = "backfill", false, "no run is made so"
		case 1:
			c.AsOf, problem = c.AsOf.Add(1), "as_of is not in UTC and whole seconds"
		case 2:
			c.Flows.TestFlag, problem = "LIVE", "its flow settings"
		case 3:
			c.Flows.FirstFileID, c.Flows.FirstGeneration, problem = 0, 0, "its flow settings"
		}
		f.seal()
		return found(manifestName, problem)
	}},
	{"a part of a list removed", func(f *forger) *due {
		return f.inLists(func(n, at int) []int { return slices.Delete(upTo(n), at, at+1) })
	}},
	{"a part of a list repeated", func(f *forger) *due {
		return f.inLists(func(n, at int) []int { return slices.Insert(upTo(n), at, at) })
	}},
	{"two parts of a list exchanged", func(f *forger) *due {
		return f.inLists(func(n, at int) []int {
			order := upTo(n)
			order[at], order[(at+1)%n] = order[(at+1)%n], order[at]
			return order
		})
	}},
	{"a cell moved to another RDP", func(f *forger) *due {
		i, ok := anyOf(f, upTo(len(f.m.Content.Facts)))
		if !ok {
			return nil
		}
		f.m.Content.Facts[i].RDP = "NOBODY"
		slices.SortFunc(f.m.Content.Facts, compareCells)
		f.seal()
		return found(manifestName, "which its settings do not know")
	}},
	{"a cell cut in two", func(f *forger) *due {
		i := slices.IndexFunc(f.m.Content.Facts, func(c engine.Cell) bool { return c.Count > 1 })
		if i < 0 {
			return nil
		}
		f.m.Content.Facts[i].Count--
		one := f.m.Content.Facts[i]
		one.Count = 1
		f.m.Content.Facts = slices.Insert(f.m.Content.Facts, i, one)
		f.seal()
		return found(manifestName, "its facts are not in order, or repeat")
	}},
	{"a layout confirmed", func(f *forger) *due {
		f.m.Content.Layouts[f.below(len(f.m.Content.Layouts))].Confirmed = true
		f.seal()
		return found(manifestName, "is not what it says")
	}},
	{"a layout's source changed", func(f *forger) *due {
		l := &f.m.Content.Layouts[f.below(len(f.m.Content.Layouts))]
		l.Source += "\n"
		f.seal()
		return found(manifestName, "is not what it says")
	}},
	{"an exception counted that is none", func(f *forger) *due {
		f.m.Content.Totals.Exceptions["NO_SUCH_CODE"] = int64(f.below(2))
		f.m.Exceptions.Rows += f.m.Content.Totals.Exceptions["NO_SUCH_CODE"]
		f.seal()
		return found(manifestName, "NO_SUCH_CODE, 0 of them warnings, cannot be")
	}},
	{"an exception said to be a warning", func(f *forger) *due {
		f.m.Content.Totals.Warnings[engine.BadMPxN.String()] = 1
		f.seal()
		return found(manifestName, "BAD_MPXN, 1 of them warnings, cannot be")
	}},
	{"an exception said to be of another code", func(f *forger) *due {
		totals := f.m.Content.Totals.Exceptions
		totals[engine.FuelMismatch.String()]--
		totals[engine.BadMPxN.String()]++
		if totals[engine.FuelMismatch.String()] == 0 {
			delete(totals, engine.FuelMismatch.String())
		}
		f.seal()
		return found(exceptionsName, "it has not as many rows of BAD_MPXN")
	}},
}

// inLists takes parts of one of the manifest's lists in another order, fewer or
// more than once.
func (f *forger) inLists(order func(n, at int) []int) *due {
	c := &f.m.Content
	lists := []func() (bool, string){
		func() (bool, string) { return reorder(f, &c.Totals.Transitions, order), "transitions" },
		func() (bool, string) { return reorder(f, &c.Totals.Rules, order), "rules" },
		func() (bool, string) { return reorder(f, &c.Totals.Ambiguities, order), "ambiguities" },
		func() (bool, string) { return reorder(f, &c.Shards, order), "shard |emitted = sum|next " },
		func() (bool, string) {
			return reorder(f, (*[]engine.Cell)(&c.Facts), order), "its facts are not in order|assessed meter points"
		},
		func() (bool, string) {
			return reorder(f, &c.Layouts, order), "its layouts are|is not what it says|no layout in force|its layout"
		},
		func() (bool, string) {
			return reorder(f, &f.m.Files, order), "its files are not in order|not listed in manifest.json"
		},
		func() (bool, string) {
			return reorder(f, &f.m.Inputs, order), "its inputs are not devices and meter_points"
		},
	}
	changed, problem := lists[f.below(len(lists))]()
	if !changed {
		return nil
	}
	f.sealAsStated()
	return &due{append(f.files(), ""), problem}
}

func reorder[T any](f *forger, list *[]T, order func(n, at int) []int) bool {
	n := len(*list)
	if n == 0 {
		return false
	}
	var after []T
	was := upTo(n)
	is := order(n, f.below(n))
	for _, i := range is {
		after = append(after, (*list)[i])
	}
	*list = append([]T{}, after...)
	return !slices.Equal(was, is)
}

func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func otherOf(f *forger, is string, words ...string) string { return *otherWord(f, &is, words...) }
