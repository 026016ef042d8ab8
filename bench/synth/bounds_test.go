package synth

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Bounds are those of the texts in byte order.
func TestBoundsAreOfTexts(t *testing.T) {
	value := rapid.OneOf(
		rapid.Custom(func(t *rapid.T) cell { return cell(wordOf(rapid.SampledFrom(badMPxNs[1:]).Draw(t, "word"))) }),
		rapid.Custom(func(t *rapid.T) cell { return cell(rapid.Uint64Range(1e5, 1e13-1).Draw(t, "number")) }),
		rapid.Custom(func(t *rapid.T) cell { return cell(rapid.Uint64Range(1e5, 1e8).Draw(t, "short number")) }),
	)
	rapid.Check(t, func(t *rapid.T) {
		var b bounds
		var all []string
		for _, v := range rapid.SliceOfN(value, 1, 20).Draw(t, "values") {
			text := mpxn.append(nil, v)
			b.widen(v, len(text))
			all = append(all, string(text))
		}
		low, high := b.texts()
		if string(low) != slices.Min(all) || string(high) != slices.Max(all) {
			t.Fatalf("%q to %q are the bounds of %q", low, high, all)
		}
	})
	if low, high := new(bounds).texts(); low != nil || high != nil {
		t.Errorf("%q to %q are the bounds of nothing", low, high)
	}
}
