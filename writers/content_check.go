package writers

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// check proves the content against itself: the identities that hold in every
// run, every total recomputed from the facts, every shard against its layout.
// It gives what is wrong, in plain words. A run calls it before it publishes.
func (c *Content) check() []string {
	var problems checklist
	q, switches, err := c.question()
	if err != nil {
		return []string{err.Error()}
	}
	layouts, err := c.layoutsInForce()
	if err != nil {
		return []string{err.Error()}
	}
	c.checkSettings(&problems, layouts)
	c.checkFacts(&problems, q, switches)
	c.checkShards(&problems, layouts)
	c.checkDelivery(&problems, q, switches)
	return problems
}

// checklist collects problems.
type checklist []string

func (l *checklist) add(format string, args ...any) { *l = append(*l, fmt.Sprintf(format, args...)) }

func (l *checklist) equal(what string, stated, counted int64) {
	if stated != counted {
		l.add("%s: it states %d, but %d were counted", what, stated, counted)
	}
}

// same compares what is stated with what was recomputed, as JSON.
func (l *checklist) same(what string, stated, computed any) {
	a, errA := compactJSON(stated)
	b, errB := compactJSON(computed)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		l.add("%s: it states something else than the facts give: %s", what, b)
	}
}

// check proves content and evidence against each other, as Content.check does.
func (m *Manifest) check() []string {
	var problems checklist
	m.checkEvidence(&problems)
	return append(problems, m.Content.check()...)
}

func (c *Content) checkFacts(problems *checklist, q meterpoint.Question, switches engine.Switches) {
	for i := 1; i < len(c.Facts); i++ {
		if compareCells(c.Facts[i-1], c.Facts[i]) >= 0 {
			problems.add("its facts are not in order, or repeat")
			break
		}
	}
	s := engine.Facts(c.Facts).Summarise(q, switches)
	points := c.Totals.MeterPoints
	problems.equal("meter_points rows = not_used + other_fuel + assessed", points.Rows, points.NotUsed+points.OtherFuel+points.Assessed)
	problems.equal("assessed = unchanged + changed + held + left", points.Assessed, points.Unchanged+points.Changed+points.Held+points.Left)
	problems.equal("assessed meter points", points.Assessed, s.Assessed)
	problems.equal("unchanged meter points", points.Unchanged, s.Unchanged)
	problems.equal("changed meter points", points.Changed, s.Changed)
	problems.equal("held meter points", points.Held, s.Held)
	problems.equal("left meter points", points.Left, s.Left)
	r := c.Totals.Reportable
	problems.equal("reportable total = emitted + withheld + undeliverable", r.Total, r.Emitted+r.Withheld+r.Undeliverable)
	problems.same("reportable", r, s.Reportable)
	problems.same("transitions", c.Totals.Transitions, append([]engine.Transition{}, s.Transitions...))
	problems.same("rules", c.Totals.Rules, append([]engine.RuleTotal{}, s.Rules...))
	problems.same("ambiguities", c.Totals.Ambiguities, append([]engine.AmbiguityTotal{}, s.Ambiguities...))
	moved := int64(0)
	for _, t := range c.Totals.Transitions {
		moved += t.Count
	}
	problems.equal("changed = sum of the transitions", points.Changed, moved)
}

// checkShards proves that each shard has the name and number that its layout
// and its place call for.
func (c *Content) checkShards(problems *checklist, layouts [2]*Layout) {
	next := [2]int64{meterpoint.Electricity: c.Flows.FirstFileID, meterpoint.Gas: c.Flows.FirstGeneration}
	emitted, last := int64(0), meterpoint.Gas
	before := map[string]int64{} // records of the last shard of a folder
	for _, s := range c.Shards {
		fuel, known := fuelNamed(s.Fuel)
		if !known || layouts[fuel] == nil || layouts[fuel].Flow != s.Flow {
			problems.add("shard %s: no layout in force for its fuel and flow", s.Path)
			continue
		}
		if s.FileID != next[fuel] || fuel < last {
			problems.add("shard %s: its file id is %d, where %d is next", s.Path, s.FileID, next[fuel])
		}
		next[fuel], last = s.FileID+1, fuel
		e := c.envelope(s)
		if err := e.Check(layouts[fuel]); err != nil {
			problems.add("shard %s: %v", s.Path, err)
		} else if name := flowFolder(fuel, s.RDP) + "/" + layouts[fuel].FileName(e); name != s.Path {
			problems.add("shard %s: its layout calls it %s", s.Path, name)
		}
		if s.Records < 1 || s.Records > int64(c.Flows.MaxRecords) {
			problems.add("shard %s: it has %d records, where 1 to %d are allowed", s.Path, s.Records, c.Flows.MaxRecords)
		}
		folder := path.Dir(s.Path)
		if n, follows := before[folder]; follows && n != int64(c.Flows.MaxRecords) {
			problems.add("shard %s: the one before it is cut at %d records, and not at %d", s.Path, n, c.Flows.MaxRecords)
		}
		before[folder] = s.Records
		emitted += s.Records
	}
	problems.equal("emitted = sum of the shards' records", c.Totals.Reportable.Emitted, emitted)
	problems.equal("next file_id", c.Next.FileID, next[meterpoint.Electricity])
	problems.equal("next generation", c.Next.Generation, next[meterpoint.Gas])
}

// checkDelivery proves that each RDP's files hold as many records as the facts
// call for, and changes.parquet as many rows.
func (c *Content) checkDelivery(problems *checklist, q meterpoint.Question, switches engine.Switches) {
	if c.Changes.Path != changesName {
		problems.add("changes: their path is not %s", changesName)
	}
	owed := map[string]int64{} // by folder
	rows := int64(0)
	for kind, n := range rowsCalledFor(c.Facts, q, switches) {
		rows += n
		if kind.disposition == engine.Emitted {
			owed[flowFolder(kind.fuel, kind.rdp)] += n
		}
	}
	problems.equal("rows of changes.parquet", c.Changes.Rows, rows)
	for _, s := range c.Shards {
		owed[path.Dir(s.Path)] -= s.Records
	}
	for _, folder := range slices.Sorted(maps.Keys(owed)) {
		if n := owed[folder]; n != 0 {
			problems.add("%s: the facts call for %d records more than the flow files hold", engine.Shown(folder), n)
		}
	}
}
