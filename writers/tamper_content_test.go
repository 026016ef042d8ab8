package writers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// dueOf is what is due where a value of the manifest's content was changed, by
// the beginning of its place. The first that fits counts; none: the value is a
// figure or word that only a signature proves.
var dueOf = []struct{ place, problem string }{
	{"as_of", "cannot be read|as_of|not on the date"},
	{"fuel", "its fuel"},
	{"scope", "its scope"},
	{"baseline", "its baseline"},
	{"rules", "its policy|its rules state"},
	{"validation", "its validation|cannot be$|wrong check digit|too many or too few digits"},
	{"rdp", "its gas RDP|its distributor|which its settings do not know|not the one that is told"},
	{"flows.max_records", `records, where 1 to|is cut at|max_records`},
	{"flows", "its flow settings|file id|its layout calls it|here should stand|next "},
	{"layouts", "its layout|no layout in force"},
	{"totals.devices.rows", "devices rows"},
	{"totals.devices.not_used", "associations were not used|contradict"},
	{"totals.devices", "contradict|other_fuel"},
	{"totals.meter_points", "meter_points rows|assessed|meter points: it states|contradict|other_fuel"},
	{"totals.reportable", "reportable|emitted"},
	{"totals.transitions", "transitions"},
	{"totals.rules", "rules"},
	{"totals.exceptions", "exceptions"},
	{"totals.warnings", "warnings|exceptions"},
	{"totals.ambiguities", "ambiguities"},
	{"shards", `shard |no layout in force|records|two ways|is missing|is listed|does not belong|file_id|generation`},
	{"changes", "changes|two ways"},
	{"next", "next (file_id|generation)"},
	{"facts", "facts|counted|is no cell|cannot be read|call for"},
}

// leaf is a value of the manifest's text.
type leaf struct {
	place    string // "totals.devices.rows"; numbers stand for the parts of lists
	from, to int
	text     string
	isKey    bool
}

func isNumber(l leaf) bool {
	return !l.isKey && l.text[0] != '"' && l.text != "true" && l.text != "false"
}

// isWord leaves out the layouts' sources, which have kinds of their own, and
// digests, which sealing makes right.
func isWord(l leaf) bool {
	return !l.isKey && l.text[0] == '"' && !strings.HasSuffix(l.place, "source") && !strings.HasSuffix(l.place, "sha256")
}

// inContent changes one value of the content in the text of the manifest.
func (f *forger) inContent(fits func(leaf) bool, change func(text string) string) *due {
	f.t.Helper()
	text := f.read(manifestName)
	leaves := slices.DeleteFunc(f.leaves(text), func(l leaf) bool { return !fits(l) })
	l, ok := anyOf(f, leaves)
	if !ok {
		return nil
	}
	return f.inLeaf(text, l, change(l.text))
}

// inLeaf puts another value in place of one.
func (f *forger) inLeaf(text []byte, l leaf, after string) *due {
	f.t.Helper()
	if after == l.text {
		return nil
	}
	changed := slices.Concat(text[:l.from], []byte(after), text[l.to:])
	want := &due{paths: append(f.files(), ""), problem: ""}
	for _, d := range dueOf {
		if strings.HasPrefix(l.place, d.place) {
			want.problem = d.problem
			break
		}
	}
	var m Manifest
	if json.Unmarshal(changed, &m) != nil { // no value of its kind: the reader refuses it
		f.sealText(changed)
		return found(manifestName, "cannot be read")
	}
	before := f.m
	f.m = &m
	if f.isBeyondProof(l.place, before) {
		return nil
	}
	f.sealAsStated()
	if want.problem == "" {
		f.t.Fatalf("nothing is said of a change at %s", l.place)
	}
	return want
}

// isBeyondProof tells whether an honest run of other data or settings could
// have given the changed content: docs/formats/publication.md lists these.
func (f *forger) isBeyondProof(place string, before *Manifest) bool {
	was, is := &before.Content, &f.m.Content
	d := is.Totals.Devices
	within := func(n, low, high int64) bool { return low <= n && n <= high }
	switch {
	case place == "totals.devices.meters":
		return within(d.Meters, 0, d.Rows)
	case place == "totals.devices.associations":
		return d.Associations >= d.NotUsed+d.OtherFuel
	case place == "totals.devices.other_fuel":
		return is.Fuel != engine.BothFuels.String() && within(d.OtherFuel, 0, d.Associations-d.NotUsed)
	case place == "totals.devices.not_used":
		return before.Exceptions.WarningsListed && within(d.NotUsed, 0, was.Totals.Devices.NotUsed)
	case strings.HasPrefix(place, "totals.warnings."), strings.HasPrefix(place, "totals.exceptions."):
		return f.m.checkable() && before.Exceptions.WarningsListed && strings.HasPrefix(place, "totals.warnings.")
	case strings.HasPrefix(place, "validation."):
		return f.m.checkable()
	case strings.HasPrefix(place, "rdp."):
		return f.m.checkable() && !slices.ContainsFunc(f.rows(), func(r changeRow) bool {
			return r.Fuel == "electricity" && r.RDP != nil && is.RDP.Distributors[r.MPxN[:2]] != *r.RDP
		})
	case place == "flows.gas_organisation_id":
		return f.m.checkable() && !slices.ContainsFunc(is.Shards, func(s Shard) bool { return s.Fuel == "gas" })
	case place == "flows.max_records":
		return f.m.checkable()
	case strings.HasPrefix(place, "facts."):
		return f.m.checkable() && sameStory(f, was, is)
	}
	return false
}

// checkable tells whether the manifest adds up by itself.
func (m *Manifest) checkable() bool { return len(m.check()) == 0 }

// sameStory tells whether settings or facts that differ give the same totals and
// the same rows.
func sameStory(f *forger, a, b *Content) bool {
	f.t.Helper()
	told := func(c *Content) string {
		q, switches, err := c.question()
		if err != nil || c.Scope == meterpoint.Backfill.String() && !c.Switches.InstalledStatus {
			return fmt.Sprint(err, c.Scope)
		}
		var kinds []string
		for kind, n := range rowsCalledFor(c.Facts, q, switches) {
			kinds = append(kinds, fmt.Sprint(kind, n))
		}
		slices.Sort(kinds)
		return fmt.Sprint(engine.Facts(c.Facts).Summarise(q, switches), kinds)
	}
	return told(a) == told(b)
}

// leaves are the values within the content.
func (f *forger) leaves(text []byte) (leaves []leaf) {
	f.t.Helper()
	type level struct {
		isList bool
		key    string
		at     int
	}
	var levels []level
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return leaves
		}
		f.check(err)
		top := len(levels) - 1
		if delim, ok := token.(json.Delim); ok {
			if delim == '{' || delim == '[' {
				levels = append(levels, level{isList: delim == '['})
				continue
			}
			levels = levels[:top]
			top--
		} else {
			end := int(decoder.InputOffset())
			literal, _ := compactJSON(token)
			if top >= 0 && !levels[top].isList && levels[top].key == "" {
				levels[top].key = token.(string)
				continue
			}
			var place []string
			for _, l := range levels {
				part := l.key
				if l.isList {
					part = strconv.Itoa(l.at)
				}
				place = append(place, part)
			}
			if place[0] == "content" {
				leaves = append(leaves, leaf{place: strings.Join(place[1:], "."), from: end - len(literal), to: end, text: string(literal)})
			}
		}
		if top >= 0 { // a value has ended
			levels[top].at++
			levels[top].key = ""
		}
	}
}
