package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// write prints the answers one below the other, each to be read from top to
// bottom: the answer, the rows, the rule, who is told.
func (d *explanationDocument) write(w io.Writer) {
	d.writeSettings(w)
	for i := range d.Explanations {
		x := &d.Explanations[i]
		fmt.Fprintf(w, "\n%s\n", x.heading())
		fmt.Fprintf(w, "%s\n\n", strings.Repeat("═", len([]rune(x.heading()))))
		fmt.Fprintln(w, strings.Join(wrapped(x.answer(d), lineWidth, 0), "\n"))
		x.writePoints(w)
		x.writeDevices(w)
		if x.Decision == nil && x.Published == nil && x.Held == nil {
			continue
		}
		fmt.Fprintln(w)
		lines := labelledLines{w}
		if x.Decision != nil {
			d.writeRuling(lines, x)
		}
		d.writePublished(lines, x)
		x.writeHeld(lines)
	}
	d.writeSearch(w)
}

// writeSettings says under what every answer below holds.
func (d *explanationDocument) writeSettings(w io.Writer) {
	lines := labelledLines{w}
	lines.say("as of", "%s · fuel %s · scope %s · baseline %s", d.AsOf.Format(time.RFC3339), d.Fuel, d.Scope, d.Baseline)
	lines.say("switches", "installed_status %s · report_electricity %s · report_gas %s",
		onOff(d.Switches["installed_status"]), onOff(d.Switches["report_electricity"]), onOff(d.Switches["report_gas"]))
	var chosen []string
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		if choice := d.cfg.Rules.Choices[a]; choice != a.Choices()[0] {
			chosen = append(chosen, a.String()+" = "+choice.String())
		}
	}
	if len(chosen) == 0 {
		chosen = []string{"all at their defaults"}
	}
	lines.say("policies", "%s", strings.Join(chosen, " · "))
	if p := d.Publication; p != nil {
		lines.say("publication", "%s, %s", engine.ShownPath(p.Dir), p.relation())
		for _, s := range p.Differences {
			lines.say("", "  %s: %s here, %s there", engine.OneLine(s.Setting), engine.OneLine(s.Here), engine.OneLine(s.Published))
		}
		lines.say("", "content digest %s", p.ContentDigest)
	}
}

func (p *publicationInView) relation() string {
	files := "from the same files"
	if !p.SameInputs {
		files = "from OTHER files than those given here"
	}
	if p.SameSettings {
		return "made under the same settings, " + files
	}
	return "made under OTHER settings, " + files + "; what it says need not agree:"
}

func (x *explanationInView) heading() string {
	if x.MPxN == "" {
		return "“" + engine.OneLine(x.Asked) + "”"
	}
	kind := map[string]string{"electricity": "MPAN, electricity", "gas": "MPRN, gas", "": "no MPxN"}[x.Fuel]
	return x.MPxN + " · " + kind
}

// answer is the whole answer in a sentence or two.
func (x *explanationInView) answer(d *explanationDocument) string {
	switch x.Standing {
	case engine.StandingNoMPxN:
		return "This is no MPxN: " + x.noMPxN(d) + "."
	case engine.StandingCheckDigit:
		return "This is no valid MPxN: " + x.digits() + ". Rows that hold it are not used."
	case engine.StandingOtherFuel:
		return fmt.Sprintf("Not assessed: it is %s, and --fuel says %s.", x.Fuel, d.Fuel)
	case engine.StandingOrphan:
		return "No meter point: devices name it, and meter_points has no row of it. Nothing is decided, and nobody is told." + x.slip()
	case engine.StandingUnknown:
		return "Unknown: no row of meter_points holds it, and no meter that counts names it." + x.slip()
	}
	return x.moveWords() + ", " + d.told(x.Decision) + x.slip()
}

// slip warns of check digits that are wrong and used all the same.
func (x *explanationInView) slip() string {
	if x.CheckDigits == nil || x.CheckDigits.OK {
		return ""
	}
	return " Mind that " + x.digits() + "."
}

func (x *explanationInView) digits() string {
	c := x.CheckDigits
	if len(c.Found) == 1 {
		return fmt.Sprintf("its check digit, the last, is %s and should be %s", c.Found, c.Expected)
	}
	return fmt.Sprintf("its check digits, the last two, are %s and should be %s", c.Found, c.Expected)
}

func (x *explanationInView) noMPxN(d *explanationDocument) string {
	if x.MPxN == "" {
		return fmt.Sprintf("an MPxN is a number of at most %d digits, with nothing but spaces round it", meterpoint.MaxDigits)
	}
	return fmt.Sprintf("it has %s without leading zeros, where an MPAN has 13 and an MPRN %d to %d",
		counted(int64(len(x.MPxN)), "digit"), d.cfg.Digits.MPRNMin, d.cfg.Digits.MPRNMax)
}

// writePoints shows the rows of meter_points.
func (x *explanationInView) writePoints(w io.Writer) {
	if len(x.MeterPoints) == 0 {
		return
	}
	given, shown := shownColumns(x.MeterPoints, func(p engine.PointRow) []*string {
		return []*string{p.ServiceStatus, p.RDPID, p.ChangedOn, p.EverInstalled, p.ReportedStatus}
	})
	t := newTable(w, append(headings("meter_points", given, "service_status", "rdp_id", "changed on", "ever installed", "reported"), "used")...)
	for _, p := range x.MeterPoints {
		t.AppendRow(append(append(table.Row{sourceWords(p.SourceRow)}, shown(p)...), usedWords(p.Used, p.Exceptions)))
	}
	fmt.Fprintln(w)
	t.Render()
}

func (x *explanationInView) writeDevices(w io.Writer) {
	if len(x.Devices) == 0 {
		if x.MPxN == "" {
			return
		}
		fmt.Fprint(w, "\nNo row of devices names it.\n")
		return
	}
	given, shown := shownColumns(x.Devices, func(r engine.DeviceRow) []*string {
		return []*string{r.DeviceID, &r.Type, &r.Status, &r.Column}
	})
	t := newTable(w, append(headings("devices", given, "device_id", "type", "status", "named by"), "counts as")...)
	for _, r := range x.Devices {
		t.AppendRow(append(append(table.Row{sourceWords(r.SourceRow)}, shown(r)...), effectWords(r)))
	}
	fmt.Fprintln(w)
	t.Render()
}
