//go:build browser

package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
)

// TestPictures makes the pictures that the documents show.
func TestPictures(t *testing.T) {
	path, _ := publishForBrowser(t)
	b := openBrowser(t)
	b.show(path, 1280, "light")
	b.keep("report.png", page.Viewport{Width: 1280, Height: 1560, Scale: 1})
	b.keep("whatif.png", b.place("#other-choices"))
	b.show(terminalPage(t, gateForBrowser(t, filepath.Dir(path))), 1280, "light")
	b.keep("gate.png", b.place("pre"))
}

// place is where an element stands on the page, with some room around it.
func (b *browser) place(selector string) page.Viewport {
	b.t.Helper()
	at := eval[[]float64](b, fmt.Sprintf("const r = document.querySelector(%q).getBoundingClientRect(); return [r.x + scrollX, r.y + scrollY, r.width, r.height]", selector))
	const room = 24
	x, y := max(at[0]-room, 0), max(at[1]-room, 0)
	return page.Viewport{X: x, Y: y, Width: at[0] + at[2] + room - x, Height: at[1] + at[3] + room - y, Scale: 1}
}

// keep makes a picture of a part of the page.
func (b *browser) keep(name string, part page.Viewport) {
	b.t.Helper()
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 1280, Height: 1560, DeviceScaleFactor: 1})
	shot := call(b, page.CaptureScreenshot, page.CaptureScreenshotParams{Clip: &part, CaptureBeyondViewport: new(true)})
	b.write(filepath.Join(os.Getenv("PICTURES"), name), inFewColours(b.t, shot.Data))
}

// gateForBrowser gives what the gate says of a publication by criteria that are
// filled in, but for one.
func gateForBrowser(t *testing.T, publication string) string {
	t.Helper()
	criteria := filepath.Join(t.TempDir(), "criteria.toml")
	text := `[measured]
max_exceptions = "0.1%"
max_ambiguous = "5%"
max_held = "0.1%"
layouts_confirmed = true
no_test_identifiers = true
verified = true

[[manual]]
criterion = "Every test phase is closed"
met = true
by = "Test manager"
on = "2026-11-19"

[[manual]]
criterion = "No defect of severity 1 or 2 is open"
`
	if err := os.WriteFile(criteria, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Dir(publication))
	publication = filepath.Base(publication)
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), []string{"gate", publication, "--criteria", criteria, "--at", "2026-11-21T04:00:00Z"}, &stdout, &stderr); code != exitOverLimit {
		t.Fatalf("gate: exit code %d\n%s", code, stderr.String())
	}
	return "$ flagfill gate " + publication + " --criteria criteria.toml\n" + stdout.String()
}

// terminalPage is a page that shows a text as a terminal does.
func terminalPage(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "terminal.html")
	text = fmt.Sprintf(`<!doctype html><meta charset="utf-8"><style>pre { display: inline-block; margin: 0; padding: 24px; background: #fefdf9; color: #1a1a18;
font: 13px/1.45 "Noto Sans Mono", "DejaVu Sans Mono", monospace }</style><pre>%s</pre>`, html.EscapeString(text))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// inFewColours makes a picture of few colours small: those that most of its
// pixels have, and the nearest of them for every other.
func inFewColours(t *testing.T, screenshot []byte) []byte {
	t.Helper()
	full, err := png.Decode(bytes.NewReader(screenshot))
	if err != nil {
		t.Fatal(err)
	}
	counts := map[color.RGBA]int{}
	bounds := full.Bounds()
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			counts[color.RGBAModel.Convert(full.At(x, y)).(color.RGBA)]++
		}
	}
	colours := slices.Collect(maps.Keys(counts))
	slices.SortFunc(colours, func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var palette color.Palette
	for _, c := range colours[:min(len(colours), 64)] {
		palette = append(palette, c)
	}
	few := image.NewPaletted(bounds, palette)
	draw.Draw(few, bounds, full, bounds.Min, draw.Src)
	var text bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&text, few); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}
