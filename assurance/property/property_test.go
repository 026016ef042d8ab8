package property

import (
	"reflect"
	"testing"
)

func TestChoose(t *testing.T) {
	whole, many := Property{Seeds: 1}, Property{Seeds: 25, InTests: 2}
	for _, c := range []struct {
		p                     Property
		size, seeds, rotation string
		want                  []Span
	}{
		{whole, "", "", "", []Span{{0, 0}}},
		{whole, "ci", "7", "3", []Span{{0, 0}}},
		{many, "", "", "", []Span{{0, 1}}},
		{many, "deep", "", "", []Span{{0, 24}}},
		{many, "deep", "20-40", "", []Span{{20, 24}}},
		{many, "", "7", "", []Span{{7, 7}}},
		{many, "", "25-30", "", []Span{}},
		{many, "ci", "", "0", []Span{{0, 2}}},
		{many, "ci", "", "13", []Span{{9, 11}}},
		{many, "ci", "", "8", []Span{{24, 24}, {0, 1}}},
	} {
		got, err := c.p.choose(c.size, c.seeds, c.rotation)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("choose(%q, %q, %q) of %d = %v, %v; want %v", c.size, c.seeds, c.rotation, c.p.Seeds, got, err, c.want)
		}
	}
	for _, bad := range [][3]string{{"full", "", ""}, {"ci", "", ""}, {"ci", "", "-1"}, {"", "x", ""}, {"", "5-2", ""}} {
		if got, err := many.choose(bad[0], bad[1], bad[2]); err == nil {
			t.Errorf("choose%q = %v", bad, got)
		}
	}
}

// Ten turns of a tenth each try every seed.
func TestTurnsAddUp(t *testing.T) {
	p := Property{Seeds: 37}
	tried := map[int]bool{}
	for turn := range ciShare {
		spans, err := p.choose("ci", "", string(rune('0'+turn)))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range spans {
			for seed := s.From; seed <= s.To; seed++ {
				tried[seed] = true
			}
		}
	}
	if len(tried) != p.Seeds {
		t.Errorf("ten turns tried %d of %d seeds", len(tried), p.Seeds)
	}
}
