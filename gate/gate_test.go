package gate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
	"flagfill/writers"
)

// A bound is kept to the last meter point, in shares too.
func TestBounds(t *testing.T) {
	for _, c := range []struct {
		text    string
		n, base int64
		allowed bool
	}{
		{"0.1%", 57_000, 57_000_000, true}, {"0.1%", 57_001, 57_000_000, false}, {"0%", 0, 5, true}, {"0%", 1, 57_000_000, false},
		{"0.000001%", 1, 100_000_000, true}, {"0.000001%", 1, 99_999_999, false}, {"100%", 7, 7, true}, {"12", 12, 1, true}, {"12", 13, 1 << 40, false},
		{"33.333333%", 1, 3, false}, {"33.333334%", 1, 3, true},
	} {
		b, err := parseBound(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := b.allows(c.n, c.base); got != c.allowed {
			t.Errorf("%s allows %d of %d: %v", c.text, c.n, c.base, got)
		}
	}
	for _, text := range []string{"", "%", ".5%", "-1%", "1,5%", "0.1234567%", "-3", "1e3", "five", "99999999999999999999"} {
		if _, err := parseBound(text); err == nil {
			t.Errorf("%q is taken for a bound", text)
		}
	}
}

// manifestOf has 1000 meter points at each RDP, of which so many are N.
func manifestOf(notActive map[string]int64) *writers.Manifest {
	m := &writers.Manifest{}
	rules := meterpoint.DefaultRules()
	m.Content.Scope, m.Content.Baseline, m.Content.Switches.InstalledStatus = "full", "recorded", rules.InstalledStatus
	m.Content.Rules = map[string]string{}
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		m.Content.Rules[a.String()] = rules.Choices[a].String()
	}
	for _, rdp := range []string{"EELC", "EMEB", "LOND"} {
		for _, cell := range []engine.Cell{
			{Count: 1000 - notActive[rdp], Point: meterpoint.Point{Set: meterpoint.Of(meterpoint.Commissioned), Recorded: meterpoint.Active}},
			{Count: notActive[rdp], Point: meterpoint.Point{Set: meterpoint.Of(meterpoint.Withdrawn), Recorded: meterpoint.Active}}} {
			cell.Fuel, cell.RDP = meterpoint.Electricity, rdp
			m.Content.Facts = append(m.Content.Facts, cell)
		}
	}
	return m
}

// One region whose devices were lost has many more N than the others; one whose
// devices were taken from an old extract has fewer.
func TestShareOfNBesideTheEstates(t *testing.T) {
	for _, c := range []struct {
		name      string
		notActive map[string]int64
		met       bool
	}{
		{"all alike", map[string]int64{"EELC": 20, "EMEB": 20, "LOND": 20}, true},
		{"half and twice are within", map[string]int64{"EELC": 10, "EMEB": 10, "LOND": 40}, true},
		{"one more is not", map[string]int64{"EELC": 10, "EMEB": 10, "LOND": 41}, false},
		{"less than half is not", map[string]int64{"EELC": 8, "EMEB": 26, "LOND": 26}, false},
		{"nobody is N", map[string]int64{}, true},
	} {
		j := &judge{measured: &measured{MinNotActive: "50%", MaxNotActive: "200%", NotActiveFrom: "1000"}, manifest: manifestOf(c.notActive)}
		j.notActive("share of N")
		if got := j.verdicts[0].Result == Met; got != c.met {
			t.Errorf("%s: met is %v: %s", c.name, got, j.verdicts[0].Found)
		}
	}
	backfill := manifestOf(map[string]int64{"EELC": 9, "EMEB": 9, "LOND": 9})
	backfill.Content.Scope = "backfill" // which moves nobody to N
	if _, estate, err := (&judge{manifest: backfill}).sharesOfN(); err != nil || estate.notActive != 0 || estate.assessed != 3000 {
		t.Errorf("under backfill %+v, %v", estate, err)
	}
	j := &judge{measured: &measured{MinNotActive: anything, MaxNotActive: "100%", NotActiveFrom: "1001"}, manifest: manifestOf(map[string]int64{"EELC": 1, "EMEB": 1, "LOND": 9})}
	j.notActive("share of N")
	if j.verdicts[0].Result != Met || j.verdicts[0].Found != "no RDP is large enough to be looked at" {
		t.Errorf("%+v", j.verdicts[0])
	}
}

// Of a template nothing is met, even of a publication that is sound; and nothing
// measured is met of one that is not proven.
func TestNothingUnfilledIsMet(t *testing.T) {
	path := filepath.Join(t.TempDir(), "criteria.toml")
	if err := os.WriteFile(path, []byte(Template), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.manual) != 6 {
		t.Errorf("the template has %d manual criteria", len(c.manual))
	}
	sound := manifestOf(map[string]int64{"EELC": 1, "EMEB": 1, "LOND": 1})
	for _, v := range c.Judge(sound, &writers.Verification{Signature: writers.SignatureValid}, true, time.Unix(0, 0)) {
		demandedByTheTemplate := v.Demanded == "yes"
		if v.Result == Met != demandedByTheTemplate && v.Criterion != "no test identifiers" {
			t.Errorf("%+v", v)
		}
	}
	for _, v := range c.Judge(nil, &writers.Verification{Signature: writers.SignatureInvalid, Findings: writers.Findings{{Path: "run.json"}}}, true, time.Unix(0, 0)) {
		if v.Result != NotMet {
			t.Errorf("of a publication that is not proven: %+v", v)
		}
	}
	if got := (&Criteria{}).Judge(sound, &writers.Verification{Signature: writers.SignatureValid}, true, time.Unix(0, 0)); Count(got, NotMet) != len(got) {
		t.Errorf("of no criteria something is met: %+v", got)
	}
}

func TestAgeAndSkew(t *testing.T) {
	at := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	j := &judge{measured: &measured{}, at: at}
	for _, c := range []struct {
		most   string
		d      time.Duration
		known  bool
		result Result
	}{
		{"6h", 6 * time.Hour, true, Met}, {"6h", 6*time.Hour + time.Second, true, NotMet}, {"6h", -time.Second, true, NotMet},
		{"6h", 0, false, NotMet}, {"", 0, true, NotMet}, {"any", 0, false, NotDemanded},
	} {
		j.verdicts = nil
		j.elapsed("age", c.most, c.d, c.known)
		if j.verdicts[0].Result != c.result {
			t.Errorf("%+v: %+v", c, j.verdicts[0])
		}
	}
}

func TestAWordOfAPersonNeedsANameAndADay(t *testing.T) {
	at := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		said  manual
		found string
		met   bool
	}{
		{manual{Met: true, By: "A. Person", On: "2026-11-21"}, "A. Person, 2026-11-21", true},
		{manual{Met: true, By: "A. Person", On: "2026-11-22"}, "has not come", false},
		{manual{Met: true, By: "A. Person"}, "not said by whom or since when", false},
		{manual{Met: true, On: "2026-11-21"}, "not said by whom or since when", false},
		{manual{By: "A. Person", On: "2026-11-21", Note: "two are open"}, "not met: A. Person 2026-11-21; two are open", false},
		{manual{}, "nothing filled in", false},
	} {
		v := c.said.judge(at)
		if v.Result == Met != c.met || !strings.Contains(v.Found, c.found) {
			t.Errorf("%+v: %+v", c.said, v)
		}
	}
}

// Skew and age come from what was said when the snapshot was taken.
func TestSnapshot(t *testing.T) {
	devices, points := time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC), time.Date(2026, 11, 21, 2, 30, 0, 0, time.UTC)
	m := &writers.Manifest{}
	j := &judge{manifest: m, at: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)}
	m.Snapshot.DevicesAt = &devices
	if _, _, known := j.snapshot(); known {
		t.Error("of one table alone a skew is known")
	}
	m.Snapshot.MeterPointsAt = &points
	if skew, age, known := j.snapshot(); !known || skew != 90*time.Minute || age != 7*time.Hour {
		t.Errorf("taken %v apart, %v ago, %v", skew, age, known)
	}
}
