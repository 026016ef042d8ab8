package writers

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// publishSmall makes the publication of smallPoints under a baseline of what
// was reported, with two meter points to a file.
func publishSmall(t *testing.T) (dir string, manifest *Manifest) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "out")
	cfg := testConfig()
	cfg.Baseline = meterpoint.BaselineReported
	cfg.Switches.ReportGas = false
	manifest, err := publish(t, OS{}, dir, cfg, testSettings(), smallPoints())
	if err != nil {
		t.Fatal(err)
	}
	return dir, manifest
}

func TestFlowFiles(t *testing.T) {
	dir, manifest := publishSmall(t)
	want := map[string]string{
		"flows/gas/XOSERVE/10001.PN000007.DXI": `"A00",10001,"DXI",20261121,"020000",7
"E46",7611112200,"A",20261121
"E46",7611112210,"A",20261121
"Z99",2
`,
		"flows/electricity/EELC/EELC_0000000041.D0350": `ZHV|0000000041|D0350001|Z|DCCO|P|EELC|20261121020000||||OPER|
901|1|DC01|
902|1000000000017|A|20261121|
901|2|DC01|
902|1000000000025|I|20261121|
ZPT|0000000041|4||2|20261121020000|
`,
		"flows/electricity/EELC/EELC_0000000042.D0350": `ZHV|0000000042|D0350001|Z|DCCO|P|EELC|20261121020000||||OPER|
901|1|DC01|
902|1000000000033|N|20261121|
ZPT|0000000042|2||1|20261121020000|
`,
		"flows/electricity/LOND/LOND_0000000043.D0350": `ZHV|0000000043|D0350001|Z|DCCO|P|LOND|20261121020000||||OPER|
901|1|DC01|
902|1200023305967|I|20261121|
ZPT|0000000043|2||1|20261121020000|
`,
	}
	got := map[string]string{}
	for _, s := range manifest.Content.Shards {
		got[s.Path] = readText(t, dir, s.Path)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if want := (Next{FileID: 44, Generation: 8}); manifest.Content.Next != want {
		t.Errorf("next %+v, want %+v", manifest.Content.Next, want)
	}
}

func TestChangesTable(t *testing.T) {
	dir, _ := publishSmall(t)
	want := `
3938424403    gas         XOSERVE -    I installed    2026-11-21 withheld      -
7611112200    gas         XOSERVE A    A commissioned 2026-11-21 emitted       flows/gas/XOSERVE/10001.PN000007.DXI
7611112210    gas         XOSERVE N    A commissioned 2026-11-21 emitted       flows/gas/XOSERVE/10001.PN000007.DXI
1000000000017 electricity EELC    -    A commissioned 2026-11-21 emitted       flows/electricity/EELC/EELC_0000000041.D0350
1000000000025 electricity EELC    N    I installed    2026-11-21 emitted       flows/electricity/EELC/EELC_0000000041.D0350
1000000000033 electricity EELC    A    N not-active   2026-11-21 emitted       flows/electricity/EELC/EELC_0000000042.D0350
1000000000041 electricity EELC    -    - mixed        -          held          -
1000000000050 electricity EELC    -    - own-row      -          held          -
1000000000068 electricity EELC    A    I installed    2026-11-21 recorded      -
1000000000076 electricity -       -    I installed    2026-11-21 undeliverable -
1200023305967 electricity LOND    -    I installed    2026-11-21 emitted       flows/electricity/LOND/LOND_0000000043.D0350
`
	rows, err := parquet.ReadFile[changeRow](filepath.Join(dir, changesName))
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	got.WriteByte('\n')
	for _, r := range rows {
		day := "-"
		if r.EffectiveOn != nil {
			day = dateOf(*r.EffectiveOn).Format("2006-01-02")
		}
		fmt.Fprintf(&got, "%-13s %-11s %-7s %-4s %s %-12s %-10s %-13s %s\n", r.MPxN, r.Fuel, orDash(r.RDP), orDash(r.Old),
			orDash(r.New), r.Rule, day, r.Disposition, orDash(r.Shard))
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}

func orDash(s *string) string {
	if s == nil {
		return "-"
	}
	return *s
}

func readText(t *testing.T, dir, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPublicationVerifies(t *testing.T) {
	dir, manifest := publishSmall(t)
	got, err := Verify(t.Context(), OS{}, dir, 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Findings) > 0 {
		t.Error(got.Findings)
	}
	if got.Records != 6 || got.Files != 10 || got.ContentDigest != manifest.ContentDigest {
		t.Errorf("got %+v", got)
	}
}

// TestCautions has a run whose identifiers are not set and one limit raised.
func TestCautions(t *testing.T) {
	cfg, s := testConfig(), testSettings()
	cfg.Limits.MaxDemotions.Share = 0.5
	s.Flows = Flows{}
	manifest, err := publish(t, OS{}, filepath.Join(t.TempDir(), "out"), cfg, s, smallPoints())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"unconfirmed layout: dxi (gas) has not been agreed with its receivers",
		"unconfirmed layout: d0350001 (electricity) has not been agreed with its receivers",
		"test identifiers: [flows] gas_organisation_id, first_generation, first_file_id not set",
		"limit overridden: max_demotions = 50%",
	}
	if diff := cmp.Diff(want, manifest.Cautions); diff != "" {
		t.Error(diff)
	}
}

// TestEvidenceIsNoContent changes everything that may differ between two runs
// over the same rows.
func TestEvidenceIsNoContent(t *testing.T) {
	cfg, s := testConfig(), testSettings()
	first, err := publish(t, OS{}, filepath.Join(t.TempDir(), "out"), cfg, s, smallPoints())
	if err != nil {
		t.Fatal(err)
	}
	cfg.Workers, cfg.MemoryBytes, cfg.Limits.MaxExceptions.Count = 7, 1<<30, 99
	s.StagingSuffix, s.Run = "other", RunInfo{Host: "elsewhere", Command: []string{"flagfill", "run"}}
	second, err := publish(t, OS{}, filepath.Join(t.TempDir(), "other"), cfg, s, smallPoints())
	if err != nil {
		t.Fatal(err)
	}
	if first.ContentDigest != second.ContentDigest {
		t.Error("the content digests differ")
	}
	if cmp.Equal(first.Files, second.Files) {
		t.Error("run.json should differ: is the evidence written at all?")
	}
}

func TestModesWhateverTheUmask(t *testing.T) {
	for _, umask := range []int{0o077, 0} {
		before := setUmask(umask)
		dir, _ := publishSmall(t)
		setUmask(before)
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			want := fileMode
			if d.IsDir() {
				want = folderMode
			}
			if err == nil && info.Mode().Perm() != want {
				t.Errorf("umask %03o: %s has mode %o, want %o", umask, path, info.Mode().Perm(), want)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestNothingThatDoesNotAddUp(t *testing.T) {
	for what, change := range map[string]func(*engine.Result){
		"a meter point more": func(r *engine.Result) { r.Read.MeterPoints.Assessed++ },
		"an exception more":  func(r *engine.Result) { r.Exceptions.All[engine.MeterPoints][engine.BadMPxN]++ },
	} {
		parent := t.TempDir()
		changes, result := run(testConfig(), smallPoints())
		p, err := Create(t.Context(), OS{}, filepath.Join(parent, "out"), testConfig(), testSettings())
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Write(changes); err != nil {
			t.Fatal(err)
		}
		if err := p.WriteExceptions(testExceptions); err != nil {
			t.Fatal(err)
		}
		change(result)
		if _, err := p.Commit(t.Context(), result); err == nil || !strings.Contains(err.Error(), "does not add up") {
			t.Errorf("%s: got %v", what, err)
		}
		wantEntries(t, parent)
	}
}

// wantEntries compares the names in a folder.
func wantEntries(t *testing.T, folder string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
		t.Errorf("in %s: %s", folder, diff)
	}
}

// opening writes down which files are opened.
type opening struct {
	FS
	names *[]string
}

func (o opening) Open(name string) (ReadFile, error) {
	*o.names = append(*o.names, name)
	return o.FS.Open(name)
}

// TestLargestIsVerifiedFirst, so that workers end together.
func TestLargestIsVerifiedFirst(t *testing.T) {
	dir, _ := publishSmall(t)
	var names []string
	if _, err := Verify(t.Context(), opening{OS{}, &names}, dir, 1); err != nil {
		t.Fatal(err)
	}
	// SHA256SUMS and manifest.json, by which the others are known, come before,
	// and what the report is made of once more in the end.
	last := int64(1 << 60)
	for _, name := range names[2 : len(names)-3] {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > last {
			t.Errorf("%s comes after a smaller file", name)
		}
		last = info.Size()
	}
}

// cancelling is a file system on which somebody gives up while a file is opened.
type cancelling struct {
	FS
	opens  *int // until then
	cancel func()
}

func (c cancelling) Open(name string) (ReadFile, error) {
	if *c.opens--; *c.opens == 0 {
		c.cancel()
	}
	return c.FS.Open(name)
}

// TestVerifyCancelled at any file, the last one too, proves nothing.
func TestVerifyCancelled(t *testing.T) {
	dir, _ := publishSmall(t)
	for opens := 1; opens <= len(filesOf(t, dir))+1; opens++ { // manifest.json is opened twice
		ctx, cancel := context.WithCancel(t.Context())
		left := opens
		if v, err := Verify(ctx, cancelling{OS{}, &left, cancel}, dir, 1); !errors.Is(err, context.Canceled) {
			t.Errorf("at file %d: %+v, %v", opens, v, err)
		}
		cancel()
	}
}
