package gate

import (
	"fmt"
	"strings"
	"time"

	"flagfill/engine"
	"flagfill/writers"
)

// Verdict is one criterion, held against a publication or against a person's
// word.
type Verdict struct {
	Criterion string `json:"criterion"`
	Manual    bool   `json:"manual"`
	Demanded  string `json:"demanded"` // in words; "" where nothing is filled in
	Found     string `json:"found"`
	Result    Result `json:"result"`
}

// Result of a criterion.
type Result string

// A criterion that demands nothing does not stand in the way.
const (
	Met         Result = "met"
	NotMet      Result = "not met"
	NotDemanded Result = "not demanded"
)

// Go tells whether nothing stands in the way.
func Go(verdicts []Verdict) bool { return Count(verdicts, NotMet) == 0 }

// Count is how many have a result.
func Count(verdicts []Verdict, result Result) (n int) {
	for _, v := range verdicts {
		if v.Result == result {
			n++
		}
	}
	return n
}

// Judge holds the criteria against a publication. verification is what verify
// found of it; manifest is nil where that does not prove it, and no figure of it
// is then taken for true. keyGiven tells whether a signature was demanded.
func (c *Criteria) Judge(m *writers.Manifest, verification *writers.Verification, keyGiven bool, at time.Time) []Verdict {
	j := &judge{measured: &c.measured, manifest: m, verification: verification, keyGiven: keyGiven, at: at}
	j.verified()
	j.signed()
	for _, criterion := range []struct {
		name, demanded string
		judge          func(name string)
	}{
		{"exceptions", j.measured.MaxExceptions, j.exceptions},
		{"meter points that hang on an open question", j.measured.MaxAmbiguous, j.ambiguous},
		{"meter points held", j.measured.MaxHeld, j.held},
		{"each RDP's share of N, beside the estate's", j.measured.notActiveWords(), j.notActive},
		{"layouts confirmed", demandWord(j.measured.LayoutsConfirmed), j.layouts},
		{"no test identifiers", demandWord(j.measured.NoTestIdentifiers), j.identifiers},
		{"devices and meter_points taken together", j.measured.MaxSkew, j.skew},
		{"age of the snapshot", j.measured.MaxAge, j.age},
	} {
		if m == nil {
			j.add(criterion.name, criterion.demanded, "not looked at: the publication is not proven", false)
			continue
		}
		criterion.judge(criterion.name)
	}
	for _, manual := range c.manual {
		j.verdicts = append(j.verdicts, manual.judge(at))
	}
	return j.verdicts
}

type judge struct {
	measured     *measured
	manifest     *writers.Manifest
	verification *writers.Verification
	keyGiven     bool
	at           time.Time
	verdicts     []Verdict
}

// add judges what is demanded, in the words of the criteria file.
func (j *judge) add(criterion, demanded, found string, met bool) {
	v := Verdict{Criterion: criterion, Demanded: demanded, Found: found, Result: NotMet}
	switch {
	case demanded == anything:
		v.Result = NotDemanded
	case met && demanded != "":
		v.Result = Met
	}
	j.verdicts = append(j.verdicts, v)
}

func demandWord(demanded *bool) string {
	switch {
	case demanded == nil:
		return ""
	case *demanded:
		return "yes"
	}
	return anything
}

func (j *judge) verified() {
	findings := len(j.verification.Findings)
	found := fmt.Sprintf("proven: %s files, %s flow records", engine.Grouped(int64(j.verification.Files)), engine.Grouped(j.verification.Records))
	if findings > 0 {
		found = fmt.Sprintf("%s findings; flagfill verify names them", engine.Grouped(int64(findings)))
	}
	j.add("verified", demandWord(j.measured.Verified), found, findings == 0)
}

func (j *judge) signed() {
	found := map[string]string{writers.Unsigned: "no signature", writers.SignatureIgnored: "a signature that was not checked: no key is given",
		writers.SignatureValid: "signed by the key given", writers.SignatureInvalid: "not signed by the key given"}[j.verification.Signature]
	if !j.keyGiven && j.verification.Signature == writers.Unsigned {
		found += ", and no key is given"
	}
	j.add("signed", demandWord(j.measured.Signed), found, j.verification.Signature == writers.SignatureValid)
}

// within judges a count against the most allowed.
func (j *judge) within(criterion, demanded string, n, base int64, of string) {
	b, err := parseBound(demanded)
	found := fmt.Sprintf("%s of %s %s", engine.Grouped(n), engine.Grouped(base), of)
	if base > 0 {
		found += fmt.Sprintf(" (%s)", share(n, base))
	}
	words := demanded
	if demanded != "" && demanded != anything {
		words = "at most " + demanded
	}
	j.add(criterion, words, found, err == nil && b.allows(n, base))
}

func (j *judge) exceptions(criterion string) {
	totals, n := &j.manifest.Content.Totals, int64(0)
	for code, all := range totals.Exceptions {
		n += all - totals.Warnings[code]
	}
	j.within(criterion, j.measured.MaxExceptions, n, totals.Devices.Associations+totals.MeterPoints.Rows, "associations and rows")
}

func (j *judge) ambiguous(criterion string) {
	scenario, err := j.manifest.Content.Scenario()
	if err != nil { // a manifest that is proven states one
		j.add(criterion, j.measured.MaxAmbiguous, err.Error(), false)
		return
	}
	j.within(criterion, j.measured.MaxAmbiguous, engine.Facts(j.manifest.Content.Facts).Ambiguous(scenario.Question),
		j.manifest.Content.Totals.MeterPoints.Assessed, "assessed")
}

func (j *judge) held(criterion string) {
	p := j.manifest.Content.Totals.MeterPoints
	j.within(criterion, j.measured.MaxHeld, p.Held, p.Assessed, "assessed")
}

func (j *judge) layouts(criterion string) {
	found, confirmed := "", true
	for _, l := range j.manifest.Content.Layouts {
		word := "confirmed"
		if !l.Confirmed {
			word, confirmed = "unconfirmed", false
		}
		if found != "" {
			found += ", "
		}
		found += engine.OneLine(l.Name) + " " + word
	}
	j.add(criterion, demandWord(j.measured.LayoutsConfirmed), found, confirmed)
}

func (j *judge) identifiers(criterion string) {
	tests := j.manifest.TestIdentifiers()
	found := "none"
	if len(tests) > 0 {
		found = engine.OneLine(strings.Join(tests, "; "))
	}
	j.add(criterion, demandWord(j.measured.NoTestIdentifiers), found, len(tests) == 0)
}

// share is n of base in percent, for readers.
func share(n, base int64) string { return fmt.Sprintf("%.4g %%", 100*float64(n)/float64(base)) }
