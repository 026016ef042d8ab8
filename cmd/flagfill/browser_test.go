//go:build browser

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"flagfill/writers"
)

// These tests open report.html in a real Chromium, from disk. `make test-real`
// runs TestBrowser, and PICTURES=FOLDER keeps what it saw; `make pictures` runs
// TestPictures.

// publishForBrowser makes a publication in which everything occurs.
func publishForBrowser(t *testing.T) (path string, m *writers.Manifest) {
	t.Helper()
	folder := t.TempDir()
	snapshot, out := filepath.Join(folder, "snapshot"), filepath.Join(folder, "publication")
	for _, args := range [][]string{
		{"generate", "--out", snapshot, "--meter-points", "200000", "--seed", "8", "--errors", "0.0005"},
		{"run", "--devices", filepath.Join(snapshot, "devices.parquet"), "--meter-points", filepath.Join(snapshot, "meter_points.parquet"),
			"--out", out, "--as-of", "2026-11-21T02:00:00Z", "--baseline", "go-live", "--max-exceptions", "1%", "--warnings", "--progress", "none"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(context.Background(), args, &stdout, &stderr); code != exitDone {
			t.Fatalf("%s: exit code %d\n%s", args[0], code, stderr.String())
		}
	}
	text, err := os.ReadFile(filepath.Join(out, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	if m, err = writers.DecodeManifest(text); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(out, "report.html"), m
}

// reconcileForBrowser makes a reconciliation in which everything occurs.
func reconcileForBrowser(t *testing.T) (path string, r writers.ReconciliationRecord) {
	t.Helper()
	folder := t.TempDir()
	snapshot, out := filepath.Join(folder, "snapshot"), filepath.Join(folder, "out")
	for _, c := range []struct {
		code int
		args []string
	}{
		{exitDone, []string{"generate", "--out", snapshot, "--meter-points", "20000", "--seed", "8", "--errors", "0.0005", "--extracts"}},
		{exitDifferences, []string{"reconcile", "--devices", filepath.Join(snapshot, "devices.parquet"), "--meter-points", filepath.Join(snapshot, "meter_points.parquet"),
			"--extract", filepath.Join(snapshot, "extracts"), "--out", out, "--as-of", "2026-11-21T02:00:00Z", "--in-flight-days", "30", "--date-tolerance-days", "2",
			"--corrections", "--max-exceptions", "1%", "--progress", "none"}},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(context.Background(), c.args, &stdout, &stderr); code != c.code {
			t.Fatalf("%s: exit code %d\n%s", c.args[0], code, stderr.String())
		}
	}
	text, err := os.ReadFile(filepath.Join(out, "reconciliation.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(out, "report.html"), r
}

func TestBrowser(t *testing.T) {
	t.Run("publication", func(t *testing.T) {
		path, m := publishForBrowser(t)
		b := openBrowser(t)
		b.show(path, 1280, "light")
		b.compareNumbers(m)
		b.hearPictures(1)
		b.look(path, "")
	})
	t.Run("reconciliation", func(t *testing.T) {
		path, r := reconcileForBrowser(t)
		b := openBrowser(t)
		b.show(path, 1280, "light")
		b.compareClasses(&r)
		b.hearPictures(2)
		b.look(path, "reconciliation-")
	})
}

// look walks through a page that is shown, and then shows it in every way.
func (b *browser) look(path, prefix string) {
	b.t.Helper()
	b.walkByKeyboard()
	for name, view := range map[string]struct {
		width  int64
		scheme string
	}{"desktop": {1280, "light"}, "desktop-dark": {1280, "dark"}, "phone": {360, "light"}, "phone-dark": {360, "dark"}} {
		b.show(path, view.width, view.scheme)
		b.picture(prefix + name + ".png")
		b.fits(name, view.width)
		b.isLegible(name)
	}
	b.print(prefix + "print.pdf")
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, url := range b.requests {
		if url != "file://"+path {
			b.t.Errorf("the page requests %s", url)
		}
	}
	if len(b.requests) != 5 { // one for each time it was shown
		b.t.Errorf("%d requests: %s", len(b.requests), b.requests)
	}
	if len(b.complaints) > 0 {
		b.t.Errorf("the browser complains: %s", b.complaints)
	}
}

// compareClasses holds what a reader sees against reconciliation.json.
func (b *browser) compareClasses(r *writers.ReconciliationRecord) {
	b.t.Helper()
	shown := eval[[]string](b, `return [...document.querySelectorAll("svg.wide")].flatMap(svg => {
		const words = [...svg.querySelectorAll("text")].map(text => text.textContent)
		return words.flatMap((word, i) => i % 2 ? [word + " " + words[i - 1]] : [])})`)
	want := []string{"assessed " + count(r.MeterPoints.Assessed), "rows " + count(r.ExtractRows)}
	for _, counts := range []map[string]int64{r.Classes, r.Rows} {
		for class, n := range counts {
			if n > 0 {
				want = append(want, class+" "+count(n))
			}
		}
	}
	slices.Sort(shown)
	slices.Sort(want)
	if !slices.Equal(shown, want) {
		b.t.Errorf("the pictures show %q, want %q", shown, want)
	}
}

// compareNumbers holds what a reader sees against the manifest.
func (b *browser) compareNumbers(m *writers.Manifest) {
	b.t.Helper()
	tables := eval[map[string][][]string](b, `
		const tables = {}
		for (const table of document.querySelectorAll("table"))
			tables[table.caption.textContent] = [...table.rows].map(row => [...row.cells].map(cell => cell.textContent))
		return tables`)
	want := func(caption string, cells ...any) {
		b.t.Helper()
		for _, row := range tables[caption] {
			if row[0] == fmt.Sprint(cells[0]) {
				var got []any
				for _, cell := range row[1:] {
					if cell != "" { // a bar
						got = append(got, cell)
					}
				}
				got = got[:min(len(got), len(cells)-1)]
				if !slices.Equal(got, cells[1:]) {
					b.t.Errorf("%s, %s: the page says %q, want %q", caption, row[0], got, cells[1:])
				}
				return
			}
		}
		b.t.Errorf("%s: there is no row %s", caption, cells[0])
	}
	totals := &m.Content.Totals
	p, r, d := totals.MeterPoints, totals.Reportable, totals.Devices
	for _, row := range []struct {
		caption, name string
		n             int64
	}{
		{"meter_points", "rows", p.Rows}, {"meter_points", "not used", p.NotUsed}, {"meter_points", "assessed", p.Assessed},
		{"meter_points", "unchanged", p.Unchanged}, {"meter_points", "changed", p.Changed}, {"meter_points", "held", p.Held},
		{"meter_points", "reportable", r.Total}, {"meter_points", "emitted", r.Emitted}, {"meter_points", "withheld", r.Withheld},
		{"meter_points", "undeliverable", r.Undeliverable}, {"meter_points", "held back", r.HeldBack},
		{"devices", "rows", d.Rows}, {"devices", "meters", d.Meters}, {"devices", "associations", d.Associations}, {"devices", "not used", d.NotUsed},
	} {
		want("Control totals of "+row.caption, row.name, count(row.n))
	}
	records, files := map[string]int64{}, map[string]int64{}
	for _, s := range m.Content.Shards {
		records[s.RDP], files[s.RDP] = records[s.RDP]+s.Records, files[s.RDP]+1
	}
	for rdp, n := range records {
		caption := "Electricity, flow D0350"
		if rdp == "XOSERVE" {
			caption = "Gas, flow DXI"
		}
		want(caption, rdp, count(n), count(files[rdp]))
	}
	for _, tr := range totals.Transitions {
		caption := map[string]string{"gas": "Gas", "electricity": "Electricity"}[tr.Fuel]
		rows := tables[caption]
		column := slices.Index(rows[0], "→ "+tr.To)
		at := slices.IndexFunc(rows, func(row []string) bool { return row[0] == tr.From })
		if got := rows[at][column]; got != count(tr.Count) {
			b.t.Errorf("%s, %s to %s: the page says %s, want %s", caption, tr.From, tr.To, got, count(tr.Count))
		}
	}
	for code, n := range totals.Exceptions {
		rows := tables["Exceptions by code"]
		at := slices.IndexFunc(rows, func(row []string) bool { return row[0] == code })
		if got := rows[at][2:]; !slices.Equal(got, []string{count(n), count(totals.Warnings[code])}) {
			b.t.Errorf("%s: the page says %s", code, got)
		}
	}
	shown := eval[[]string](b, `return [...document.querySelector("svg.wide").querySelectorAll("text.count")].map(text => text.textContent)`)
	for _, n := range []int64{p.Rows, p.Assessed, p.Unchanged, p.Changed, p.Held, p.Left, r.Emitted, r.Withheld, r.Undeliverable} {
		if !slices.Contains(shown, count(n)) {
			b.t.Errorf("the picture does not show %s", count(n))
		}
	}
}

// walkByKeyboard goes from the top of the page to its end by Tab, and opens
// what is closed by Enter.
func (b *browser) walkByKeyboard() {
	b.t.Helper()
	const focused = `return document.activeElement === document.body ? "" : document.activeElement.tagName + " " + document.activeElement.textContent.trim()`
	wanted := eval[[]string](b, `return [...document.querySelectorAll("a, summary")].map(e => e.tagName + " " + e.textContent.trim())`)
	reached := map[string]bool{}
	for range 4 * len(wanted) {
		do(b, chromedp.KeyEvent(kb.Tab))
		at := eval[string](b, focused)
		if len(reached) == 0 && at != "A Skip to the content" {
			b.t.Errorf("the first stop is %q", at)
		}
		if at == "" {
			break
		}
		reached[at] = true
		if strings.HasPrefix(at, "SUMMARY") {
			do(b, chromedp.KeyEvent(kb.Enter))
		}
		if !eval[bool](b, `return getComputedStyle(document.activeElement).outlineStyle !== "none"`) {
			b.t.Errorf("it cannot be seen that %q has the focus", at)
		}
	}
	for _, w := range wanted {
		if !reached[w] {
			b.t.Errorf("%q cannot be reached by the keyboard", w)
		}
	}
	if closed := eval[int](b, `return document.querySelectorAll("details:not([open])").length`); closed > 0 {
		b.t.Errorf("%d parts cannot be opened by the keyboard", closed)
	}
}

// hearPictures asks what a screen reader is given.
func (b *browser) hearPictures(pictures int) {
	b.t.Helper()
	call(b, accessibility.Enable, cdp.Empty{})
	tree := call(b, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	named := map[string]int{}
	for _, node := range tree.Nodes {
		if node.Ignored || node.Role == nil {
			continue
		}
		var role, name string
		_ = json.Unmarshal(node.Role.Value, &role)
		if node.Name != nil {
			_ = json.Unmarshal(node.Name.Value, &name)
		}
		switch role {
		case "image", "table", "link", "region", "rowheader", "heading", "navigation", "main", "img":
			if name == "" && role != "main" {
				b.t.Errorf("a %s has no name", role)
			}
			named[role]++
		}
	}
	for role, least := range map[string]int{"table": 8, "region": 9, "heading": 10, "navigation": 1, "main": 1, "rowheader": 40} {
		if named[role] < least {
			b.t.Errorf("%d of %s, want %d at least", named[role], role, least)
		}
	}
	if named["image"]+named["img"] != pictures {
		b.t.Errorf("%d pictures are heard, and %d are seen", named["image"]+named["img"], pictures)
	}
}

// fits finds what makes a reader scroll sideways, with every part open.
func (b *browser) fits(name string, width int64) {
	b.t.Helper()
	b.resize(width, 900)
	got := eval[[]string](b, `
		document.querySelectorAll("details").forEach(d => d.open = true)
		const wide = [...document.querySelectorAll("body *")].filter(e => !e.closest(".sheet *, .skip, .heard") && e.getBoundingClientRect().right > innerWidth + 1)
		return [document.documentElement.scrollWidth <= innerWidth ? "" : "the page scrolls", ...wide.map(e => e.outerHTML.slice(0, 120))].filter(x => x)`)
	if len(got) > 0 {
		b.t.Errorf("%s: %s", name, strings.Join(got, "\n"))
	}
}

// isLegible asks for a contrast of 4.5 to 1 between every text and the page
// below it (WCAG 2.2, 1.4.3).
func (b *browser) isLegible(name string) {
	b.t.Helper()
	got := eval[[]string](b, `
		const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true})
		const over = (below, color) => {
			canvas.fillStyle = below; canvas.fillRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1)
			return "rgb(" + [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).join(" ") + ")"
		}
		const light = rgb => rgb.match(/\d+/g).map(c => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0)
		const ground = e => e ? over(ground(e.parentElement), getComputedStyle(e).backgroundColor) : "rgb(255 255 255)"
		const poor = new Set()
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
		for (let node; node = walk.nextNode();) {
			const e = node.parentElement
			if (!node.data.trim() || !e.checkVisibility() || e.closest("svg title, svg desc")) continue
			const style = getComputedStyle(e), below = ground(e)
			const [a, z] = [light(over(below, e.closest("svg") ? style.fill : style.color)), light(below)].sort((x, y) => y - x)
			if ((a + .05) / (z + .05) < 4.5) poor.add(e.outerHTML.slice(0, 100) + " " + ((a + .05) / (z + .05)).toFixed(2))
		}
		return [...poor]`)
	if len(got) > 0 {
		b.t.Errorf("%s: %s", name, strings.Join(got, "\n"))
	}
}
