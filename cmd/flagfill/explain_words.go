package main

import (
	"fmt"
	"slices"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// moveWords says what becomes of the status.
func (x *explanationInView) moveWords() string {
	r := x.Decision
	switch r.Fate {
	case "held":
		if x.hasOwn(engine.ConflictingMeterPoint) {
			return "Held with no recorded status to rely on"
		}
		return "Held at " + r.Old
	case "left":
		return "Left at " + r.Old + ", though the rule gives " + r.New
	case "changed":
		return r.Old + " → " + r.New
	}
	return "Stays " + r.New
}

// told says whether an RDP is told, and why not.
func (d *explanationDocument) told(r *engine.Ruling) string {
	not := "and nobody is told: "
	switch r.Reason {
	case engine.ReasonNews:
		return "and " + r.RDP + " is told."
	case engine.ReasonNull:
		return not + "Null is never told."
	case engine.ReasonHeld:
		return not + "in doubt nothing is said."
	case engine.ReasonLeft:
		return not + "--scope backfill moves only Null or N to I. The recorded status is known to be wrong."
	case engine.ReasonSwitchOff:
		return not + "the switch " + switchOf(r) + " is off, and lets only A through."
	case engine.ReasonNoRDP:
		return not + "no RDP is known."
	case engine.ReasonSilent:
		return not + "a recorded I stands unreported while the switch installed_status is off."
	}
	return not + "its RDP is taken to know it already."
}

// switchOf is the reporting switch of the point's fuel: an MPAN has a
// distributor.
func switchOf(r *engine.Ruling) string {
	if r.Distributor == "" {
		return "report_gas"
	}
	return "report_electricity"
}

func usedWords(used bool, exceptions []engine.CodedValue) string {
	word := "yes"
	if !used {
		word = "no"
	}
	for _, e := range exceptions {
		word += ", " + codeWords(e)
	}
	return word
}

func codeWords(e engine.CodedValue) string {
	if e.Warning {
		return e.Code + " (warning)"
	}
	return e.Code
}

// effectWords says what a device row counts as, or why it counts for nothing.
func effectWords(r engine.DeviceRow) string {
	words := map[string]string{
		engine.EffectCounts:    r.Class,
		engine.EffectIgnored:   "ignored: as if not there",
		engine.EffectNoMeter:   "nothing: no meter, so not looked at",
		engine.EffectNotUsed:   "not used",
		engine.EffectOrphaned:  "not used",
		engine.EffectOtherFuel: "nothing: of the other fuel",
	}[r.Effect]
	for _, e := range r.Exceptions {
		words += ", " + codeWords(e)
	}
	return words
}

// otherWords says what another choice would make of the point.
func otherWords(o engine.OtherRuling) string {
	switch o.Fate {
	case "held":
		return "hold it at " + o.New
	case "left":
		return "leave it, though the rule then gave " + o.New
	case "unchanged":
		return "keep " + o.New + ", " + o.Disposition
	}
	return "give " + o.New + ", " + o.Disposition
}

// hasOwn tells whether the point's own rows have an exception.
func (x *explanationInView) hasOwn(code engine.Code) bool {
	return slices.ContainsFunc(x.MeterPoints[0].Exceptions, func(e engine.CodedValue) bool { return e.Code == code.String() })
}

// recordedWords says what the point's own rows say.
func (x *explanationInView) recordedWords() string {
	r := x.Decision
	if x.hasOwn(engine.ConflictingMeterPoint) {
		return "nothing that can be relied on: the rows of meter_points conflict"
	}
	words := r.Recorded
	if x.hasOwn(engine.UnknownServiceStatus) {
		words += ", which is no status in force"
	}
	if r.Reported != meterpoint.Null.String() {
		words += ", last reported " + r.Reported
	}
	if r.EverInstalled {
		words += ", installed at some time"
	}
	if x.hasOwn(engine.BadValue) {
		words += "; a value of its row does not parse"
	}
	return words
}

func rdpWords(r *engine.Ruling) string {
	distributor := "the distributor " + r.Distributor
	switch r.RDPBy {
	case engine.RDPByColumn:
		return r.RDP + ", by the column rdp_id"
	case engine.RDPByDistributor:
		return r.RDP + ", by " + distributor + " of the MPAN"
	case engine.RDPByOnlyGas:
		return r.RDP + ", the only gas RDP"
	case engine.RDPBad:
		return "none: rdp_id names no RDP (BAD_RDP)"
	case engine.RDPMismatched:
		if r.DistributorRDP == "" {
			return "none: " + distributor + " is not known, so no rdp_id is its own (RDP_MISMATCH)"
		}
		return fmt.Sprintf("none: rdp_id is not %s, as %s says (RDP_MISMATCH)", r.DistributorRDP, distributor)
	case engine.RDPNone:
		if r.Distributor != "" {
			return "none: no rdp_id, and the distributor " + r.Distributor + " is not known (NO_RDP)"
		}
	}
	return "none: no rdp_id, and there are several gas RDPs (NO_RDP)"
}

func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

// newsWords says what the RDP is taken to know, and what follows.
func (d *explanationDocument) newsWords(r *engine.Ruling) string {
	base := fmt.Sprintf("baseline %s: the RDP is taken to know %s", d.Baseline, d.knownWords(r))
	switch {
	case r.Reportable:
		return fmt.Sprintf("%s, so %s is news", base, r.New)
	case r.Fate == "held" && r.HeldBack:
		return fmt.Sprintf("%s; %s would be news, and is held back", base, r.Old)
	case r.Fate == "held" || r.Fate == "left":
		return "nothing is told of a point that is " + r.Fate
	case r.Reason == engine.ReasonNull:
		return "Null is never told"
	case r.Reason == engine.ReasonSilent:
		return "a recorded I is not told while installed_status is off"
	}
	return fmt.Sprintf("%s, so %s is no news", base, r.New)
}

// knownWords says what the baseline takes the RDP to know of the point.
func (d *explanationDocument) knownWords(r *engine.Ruling) string {
	null := meterpoint.Null.String()
	switch {
	case d.Baseline == meterpoint.BaselineGoLive.String() && r.Recorded == meterpoint.Active.String():
		return "the A, which alone was ever told"
	case d.Baseline == meterpoint.BaselineGoLive.String():
		return "nothing, since only an A was ever told"
	case d.Baseline == meterpoint.BaselineReported.String() && r.Reported == null, d.Baseline == meterpoint.BaselineRecorded.String() && r.Recorded == null:
		return "nothing: the " + d.Baseline + " status is Null"
	case d.Baseline == meterpoint.BaselineReported.String():
		return "the reported " + r.Reported
	}
	return "the recorded " + r.Recorded
}
