package gate

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"flagfill/engine/meterpoint"
)

// shareOfN counts the meter points of one RDP, or of the estate, and those that
// are N when the publication is in force.
type shareOfN struct {
	fuel, rdp           string
	notActive, assessed int64
}

func (s shareOfN) String() string {
	return fmt.Sprintf("%s (%s) %s", s.rdp, s.fuel, share(s.notActive, s.assessed))
}

// bySize compares shares.
func bySize(a, b shareOfN) int {
	return product(a.notActive, b.assessed).Cmp(product(b.notActive, a.assessed))
}

// notActiveWords say what is demanded; "" while a key is not filled in.
func (m *measured) notActiveWords() string {
	switch {
	case m.MinNotActive == anything && m.MaxNotActive == anything:
		return anything
	case m.MinNotActive == "" || m.MaxNotActive == "" || m.NotActiveFrom == "":
		return ""
	}
	least, most := "at least "+m.MinNotActive, "at most "+m.MaxNotActive
	words := least + ", " + most
	switch {
	case m.MinNotActive == anything:
		words = most
	case m.MaxNotActive == anything:
		words = least
	}
	if m.NotActiveFrom == anything {
		return words + " of it"
	}
	return words + " of it, from " + m.NotActiveFrom + " meter points"
}

// notActive finds RDPs whose share of N is far from the whole estate's: a lost
// file of one region looks like this.
func (j *judge) notActive(criterion string) {
	rdps, estate, err := j.sharesOfN()
	if err != nil { // a manifest that is proven states its rules
		j.add(criterion, j.measured.notActiveWords(), err.Error(), false)
		return
	}
	if from, err := parseCount(j.measured.NotActiveFrom); err == nil {
		rdps = slices.DeleteFunc(rdps, func(s shareOfN) bool { return s.assessed < from })
	}
	var outside []string
	for _, s := range rdps {
		if !s.within(estate, j.measured.MinNotActive, j.measured.MaxNotActive) {
			outside = append(outside, s.String())
		}
	}
	found := "no RDP is large enough to be looked at"
	if len(rdps) > 0 {
		found = fmt.Sprintf("the estate's is %s; %d RDPs lie from %s to %s", share(estate.notActive, estate.assessed), len(rdps),
			slices.MinFunc(rdps, bySize), slices.MaxFunc(rdps, bySize))
	}
	if len(outside) > 0 {
		found += "; outside: " + strings.Join(outside, ", ")
	}
	j.add(criterion, j.measured.notActiveWords(), found, len(outside) == 0)
}

// within holds the share against parts of the estate's, exactly.
func (s shareOfN) within(estate shareOfN, least, most string) bool {
	ours := product(s.notActive, estate.assessed, hundredPercent)
	if p, err := parsePercent(least); err == nil && ours.Cmp(product(int64(p), estate.notActive, s.assessed)) < 0 {
		return false
	}
	p, err := parsePercent(most)
	return err != nil || ours.Cmp(product(int64(p), estate.notActive, s.assessed)) <= 0
}

func product(factors ...int64) *big.Int {
	p := big.NewInt(1)
	for _, f := range factors {
		p.Mul(p, big.NewInt(f))
	}
	return p
}

// sharesOfN counts by RDP from the facts; points that nobody is told of stand in
// the estate alone.
func (j *judge) sharesOfN() (rdps []shareOfN, estate shareOfN, err error) {
	scenario, err := j.manifest.Content.Scenario()
	if err != nil {
		return nil, estate, err
	}
	for _, c := range j.manifest.Content.Facts {
		n := int64(0)
		if o := scenario.Outcome(c.Point); o.Fate != meterpoint.Left && o.Status == meterpoint.NotActive ||
			o.Fate == meterpoint.Left && c.Point.Recorded == meterpoint.NotActive { // a move that is not made
			n = c.Count
		}
		estate.notActive, estate.assessed = estate.notActive+n, estate.assessed+c.Count
		if c.RDP == "" {
			continue
		}
		if last := len(rdps) - 1; last < 0 || rdps[last].fuel != c.Fuel.String() || rdps[last].rdp != c.RDP {
			rdps = append(rdps, shareOfN{fuel: c.Fuel.String(), rdp: c.RDP}) // the facts are sorted by both
		}
		s := &rdps[len(rdps)-1]
		s.notActive, s.assessed = s.notActive+n, s.assessed+c.Count
	}
	return rdps, estate, nil
}
