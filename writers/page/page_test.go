package page

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestPolicyNamesTheStyle that stands in the page, and allows nothing else.
func TestPolicyNamesTheStyle(t *testing.T) {
	text, err := (&Page{Form: "f", Title: "t"}).HTML()
	if err != nil {
		t.Fatal(err)
	}
	_, style, _ := strings.Cut(string(text), "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	digest := sha256.Sum256([]byte(style))
	want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'; base-uri 'none'; form-action 'none'"
	if !strings.Contains(html.UnescapeString(string(text)), `content="`+want+`"`) {
		t.Errorf("the page does not say %s", want)
	}
	for _, fetches := range []string{"url(", "@import", "@font-face", "<script", "<link", "src="} {
		if strings.Contains(string(text), fetches) {
			t.Errorf("the page has %s", fetches)
		}
	}
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		n, whole int64
		want     string
	}{
		{0, 0, "–"}, {0, 7, "0.0 %"}, {1, 3, "33.3 %"}, {2, 3, "66.7 %"}, {7, 7, "100.0 %"}, {1, 57_000_000, "< 0.1 %"}, {56_999_999, 57_000_000, "> 99.9 %"},
	} {
		if got := Share(c.n, c.whole); got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.n, c.whole, got, c.want)
		}
	}
}

func TestMatrixAddsUp(t *testing.T) {
	m := Matrix{From: []string{"Null", "A"}, To: []string{"A", "I"}, Counts: map[[2]string]int64{{"Null", "A"}: 1200, {"Null", "I"}: 1, {"A", "I"}: 30}}
	var got []string
	for _, row := range append(m.Table().Rows, m.Table().Total) {
		for _, cell := range row {
			got = append(got, cell.Text)
		}
	}
	want := []string{"Null", "1,200", "1", "1,201", "A", "·", "30", "30", "all", "1,200", "31", "1,231"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestFlowFits: whatever the numbers, nothing lies outside the drawing, places
// of a level do not overlap, and bands leave and reach their places.
func TestFlowFits(t *testing.T) {
	count := rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(1, 100), rapid.Int64Range(1, 60_000_000))
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := count.Draw(t, "a"), count.Draw(t, "b"), count.Draw(t, "c")
		f := Flow{Places: []Place{{Name: "all", Count: a + b + c}, {Level: 1, Name: "a", Count: a}, {Level: 1, Name: "b", Count: b}, {Level: 1, Name: "c", Count: c}},
			Bands: []Band{{From: 0, To: 1, Count: a}, {From: 0, To: 2, Count: b}, {From: 0, To: 3, Count: c}}}
		for _, g := range []geometry{wideFlow, f.fitted(narrowFlow)} {
			places, _ := f.place(g)
			end := map[int]int{}
			for _, p := range places {
				if p.Count == 0 {
					continue
				}
				if p.at < end[p.Level] {
					t.Errorf("%q begins at %d, before %d", p.Name, p.at, end[p.Level])
				}
				end[p.Level] = p.at + p.length
			}
			sum := f.thickness(a, g) + f.thickness(b, g) + f.thickness(c, g)
			if places[0].Count > 0 && places[0].length < sum {
				t.Errorf("bands of %d leave a place of %d", sum, places[0].length)
			}
		}
		fan := f
		fan.Fan = true
		for i := range rapid.IntRange(0, 12).Draw(t, "more") {
			n := count.Draw(t, "n")
			fan.Places[0].Count += n
			fan.Places = append(fan.Places, Place{Level: 1, Name: "unknown_point", Count: n})
			fan.Bands = append(fan.Bands, Band{From: 0, To: 4 + i, Count: n})
		}
		for _, d := range []*Drawing{f.Wide(), f.Narrow(), fan.Wide(), fan.Narrow()} {
			for _, s := range d.Shapes {
				if r := s.Rect; r != nil && (r.X < 0 || r.Y < 0 || r.X+r.Width > d.Width || r.Y+r.Height > d.Height) {
					t.Errorf("%+v lies outside %d × %d", *r, d.Width, d.Height)
				}
				if l := s.Label; l != nil && (l.X < 0 || l.Y < 0 || l.X >= d.Width || l.Y > d.Height) {
					t.Errorf("%+v lies outside %d × %d", *l, d.Width, d.Height)
				}
			}
		}
	})
}
