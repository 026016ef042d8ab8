package writers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"flagfill/engine"
)

const (
	eelc41 = "flows/electricity/EELC/EELC_0000000041.D0350"
	eelc42 = "flows/electricity/EELC/EELC_0000000042.D0350"
	gas7   = "flows/gas/XOSERVE/10001.PN000007.DXI"
)

// TestTampering changes a publication in one way after another; each must be
// found, and the file named.
func TestTampering(t *testing.T) {
	cases := []struct {
		name   string
		tamper func(dir string) error
		found  string // path of a finding
	}{
		{"an empty folder is added", func(dir string) error { return os.Mkdir(dir+"/flows/gas/NEW", 0o750) }, "flows/gas/NEW"},
		{"a file is added", func(dir string) error { return os.WriteFile(dir+"/notes.txt", []byte("x"), 0o640) }, "notes.txt"},
		{"a file is added, and SHA256SUMS lists it", func(dir string) error {
			sum := sha256.Sum256([]byte("x"))
			return errors.Join(os.WriteFile(dir+"/zzz.txt", []byte("x"), 0o640),
				editing(sumsName, func(s string) string { return s + hex.EncodeToString(sum[:]) + "  zzz.txt\n" })(dir))
		}, "zzz.txt"},
		{"a flow file is added", func(dir string) error { return copyFile(dir, gas7, "flows/gas/XOSERVE/10001.PN000008.DXI") }, "flows/gas/XOSERVE/10001.PN000008.DXI"},
		{"a link is added", func(dir string) error { return os.Symlink(runName, dir+"/latest.json") }, "latest.json"},
		{"a file becomes a link", func(dir string) error {
			return errors.Join(os.Rename(dir+"/"+runName, dir+"/../run"), os.Symlink("../run", dir+"/"+runName))
		}, runName},
		{"a file becomes a folder", func(dir string) error {
			return errors.Join(os.Remove(dir+"/"+runName), os.Mkdir(dir+"/"+runName, 0o750))
		}, runName},
		{"two flow files are swapped", func(dir string) error {
			return errors.Join(os.Rename(dir+"/"+eelc41, dir+"/x"), os.Rename(dir+"/"+eelc42, dir+"/"+eelc41), os.Rename(dir+"/x", dir+"/"+eelc42))
		}, eelc41},
		{"a folder is renamed", func(dir string) error { return os.Rename(dir+"/flows/gas", dir+"/flows/Gas") }, gas7},
		{"a blank line ends SHA256SUMS", editing(sumsName, func(s string) string { return s + "\n" }), sumsName},
		{"SHA256SUMS lists a file twice", editing(sumsName, func(s string) string {
			first, _, _ := strings.Cut(s, "\n")
			return first + "\n" + s
		}), sumsName},
		{"SHA256SUMS lists fewer files", editing(sumsName, func(s string) string {
			_, rest, _ := strings.Cut(s, "\n")
			return rest
		}), changesName},
		{"a file is removed, and SHA256SUMS does not list it", func(dir string) error {
			return errors.Join(os.Remove(dir+"/"+runName), editing(sumsName, func(s string) string {
				return regexp.MustCompile(`(?m)^.*  run\.json\n`).ReplaceAllString(s, "")
			})(dir))
		}, runName},
		{"a flow file is changed, and the manifest cannot be read", func(dir string) error {
			more := func(s string) string { return s + "\n" }
			return errors.Join(editing(gas7, more)(dir), editing(manifestName, more)(dir))
		}, gas7},
		{"SHA256SUMS is not sorted", editing(sumsName, func(s string) string {
			lines := strings.SplitAfter(s, "\n")
			slices.Reverse(lines)
			return strings.Join(lines, "")
		}), sumsName},
		{"SHA256SUMS leads outside", editing(sumsName, func(s string) string {
			return strings.Replace(s, "  run.json", "  ../run.json", 1)
		}), sumsName},
		{"SHA256SUMS uses capitals", editing(sumsName, strings.ToUpper), sumsName},
		{"SHA256SUMS ends without a line end", editing(sumsName, func(s string) string { return strings.TrimSuffix(s, "\n") }), sumsName},
		{"a count is changed in the manifest", editing(manifestName, func(s string) string {
			return strings.Replace(s, `"emitted": 6`, `"emitted": 7`, 1)
		}), manifestName},
	}
	whole, _ := publishSmall(t)
	for _, path := range filesOf(t, whole) {
		cases = append(cases, struct {
			name   string
			tamper func(dir string) error
			found  string
		}{"removed: " + path, func(dir string) error { return os.Remove(filepath.Join(dir, path)) }, path})
		if path == sumsName {
			continue
		}
		cases = append(cases, []struct {
			name   string
			tamper func(dir string) error
			found  string
		}{
			{"renamed: " + path, func(dir string) error {
				return os.Rename(filepath.Join(dir, path), filepath.Join(dir, path+".old"))
			}, path + ".old"},
			{"one bit flipped: " + path, editing(path, func(s string) string {
				b := []byte(s)
				b[len(b)/2] ^= 1
				return string(b)
			}), path},
			{"cut by one byte: " + path, editing(path, func(s string) string { return s[:len(s)-1] }), path},
			{"one byte longer: " + path, editing(path, func(s string) string { return s + "\n" }), path},
			{"emptied: " + path, editing(path, func(string) string { return "" }), path},
		}...)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			if err := c.tamper(dir); err != nil {
				t.Fatal(err)
			}
			wantFinding(t, dir, c.found, "")
		})
	}
}

// TestForgery changes a flow file and then every digest, so that only the
// story the files tell gives it away.
func TestForgery(t *testing.T) {
	cases := []struct {
		name, path, old, new, problem string
	}{
		{"another status", eelc41, "17|A|", "17|N|", "not the rows that changes.parquet has"},
		{"another date", eelc41, "25|I|20261121", "25|I|20261122", "not the rows"},
		{"another meter point", eelc41, "1000000000017", "1000000000018", "not the rows"},
		{"another header time", eelc41, "EELC|20261121020000", "EELC|20261121020001", "the header"},
		{"another receiver", eelc41, "P|EELC", "P|LOND", "the header"},
		{"a test flow", eelc41, "OPER", "TR01", "the header"},
		{"a file id repeated", eelc42, "ZHV|0000000042", "ZHV|0000000041", "the header"},
		{"an instruction number skipped", eelc41, "901|2|", "901|3|", "is not 2, the next in sequence"},
		{"a wrong count of groups", eelc41, "|4||2|", "|3||2|", "the trailer"},
		{"a record removed", gas7, "\"E46\",7611112210,\"A\",20261121\n\"Z99\",2", "\"Z99\",1", "it holds 1 records"},
		{"a record added", gas7, "\"Z99\",2", "\"E46\",7611112299,\"A\",20261121\n\"Z99\",3", "it holds 3 records"},
		{"a record repeated", gas7, "\"E46\",7611112210", "\"E46\",7611112200", "not the rows"},
		{"a status that is none", gas7, "10,\"A\"", "10,\"W\"", "the service status is not A, I or N"},
		{"a date that is none", gas7, "10,\"A\",20261121", "10,\"A\",20261131", "the effective from is not a date"},
		{"a leading zero", gas7, "\"E46\",7611112200", "\"E46\",07611112200", "the MPRN is no number"},
		{"text after the trailer", gas7, "\"Z99\",2\n", "\"Z99\",2\n\n", "more after the trailer"},
		{"no trailer", gas7, "\"Z99\",2\n", "", "the trailer"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir, manifest := publishSmall(t)
			edit := editing(c.path, func(s string) string { return strings.Replace(s, c.old, c.new, 1) })
			if err := edit(dir); err != nil {
				t.Fatal(err)
			}
			reseal(t, dir, manifest)
			wantFinding(t, dir, c.path, c.problem)
		})
	}
}

// TestForgedManifest changes the manifest and then every digest.
func TestForgedManifest(t *testing.T) {
	cases := []struct {
		name    string
		forge   func(m *Manifest)
		path    string
		problem string
	}{
		{"a total", func(m *Manifest) { m.Content.Totals.MeterPoints.Held++ }, manifestName, "held meter points"},
		{"rows", func(m *Manifest) { m.Content.Totals.MeterPoints.Rows++ }, manifestName, "meter_points rows"},
		{"a transition", func(m *Manifest) { m.Content.Totals.Transitions[0].Count++ }, manifestName, "transitions"},
		{"a rule", func(m *Manifest) { m.Content.Totals.Rules[0].Count++ }, manifestName, "rules"},
		{"an ambiguity", func(m *Manifest) { m.Content.Totals.Ambiguities[0].Count++ }, manifestName, "ambiguities"},
		{"a policy", func(m *Manifest) { m.Content.Rules["mixed"] = "installed" }, manifestName, "facts"},
		{"an unknown policy", func(m *Manifest) { m.Content.Rules["mixed"] = "perhaps" }, manifestName, "policy mixed"},
		{"a switch", func(m *Manifest) { m.Content.Switches.ReportGas = true }, manifestName, "facts"},
		{"a cell", func(m *Manifest) { m.Content.Facts[0].Count++ }, manifestName, "counted"},
		{"the order of cells", func(m *Manifest) { slices.Reverse(m.Content.Facts) }, manifestName, "not in order"},
		{"an RDP of a cell", func(m *Manifest) { m.Content.Facts[len(m.Content.Facts)-1].RDP = "SEEB" }, manifestName, "flows/electricity/"},
		{"a file id", func(m *Manifest) { m.Content.Shards[1].FileID = 99 }, manifestName, "file id"},
		{"a record count", func(m *Manifest) { m.Content.Shards[1].Records--; m.Content.Shards[2].Records++ }, manifestName, "is cut at 1 records"},
		{"next", func(m *Manifest) { m.Content.Next.FileID-- }, manifestName, "next file_id"},
		{"as-of", func(m *Manifest) { m.Content.AsOf = m.Content.AsOf.Add(1e9) }, eelc41, "the header"},
		{"the rows of changes", func(m *Manifest) { m.Content.Changes.Rows-- }, manifestName, "rows of changes.parquet"},
		{"the layout", func(m *Manifest) {
			m.Content.Layouts[0].Source = strings.Replace(m.Content.Layouts[0].Source, "E46", "E47", 1)
		}, manifestName, "is not what it says"},
		{"a layout confirmed", func(m *Manifest) { m.Content.Layouts[0].Confirmed = true }, manifestName, "is not what it says"},
		{"the order of files", func(m *Manifest) { m.Files[0], m.Files[1] = m.Files[1], m.Files[0] }, manifestName, "not in order, or repeat"},
		{"a file listed twice", func(m *Manifest) { m.Files = append(m.Files[:1], m.Files...) }, manifestName, "not in order, or repeat"},
		{"exceptions", func(m *Manifest) { m.Content.Totals.Exceptions["BAD_MPXN"]++ }, manifestName, "rows of exceptions.parquet"},
		{"exceptions of another code", func(m *Manifest) {
			delete(m.Content.Totals.Exceptions, "BAD_MPXN")
			m.Content.Totals.Exceptions["BAD_RDP"] = 1
		}, exceptionsName, "BAD_MPXN"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir, manifest := publishSmall(t)
			c.forge(manifest)
			reseal(t, dir, manifest)
			wantFinding(t, dir, c.path, c.problem)
		})
	}
}

func TestForgedSchema(t *testing.T) {
	for _, c := range []struct {
		problem string
		edit    func(string) string
	}{
		{`unknown field "extra"`, func(s string) string { return strings.Replace(s, `"as_of"`, `"extra": 1, "as_of"`, 1) }},
		{`its schema is "flagfill.manifest/2"`, func(s string) string { return strings.Replace(s, "manifest/1", "manifest/2", 1) }},
		{"not the one that it says", func(s string) string { return strings.Replace(s, `"content_digest": "`, `"content_digest": "0`, 1) }},
		{"not in canonical form", func(s string) string { return s + "\n" }},
		{"it cannot be read", func(s string) string { return "[" + s }},
		{"it cannot be read", func(s string) string {
			return strings.Replace(s, `["gas", "XOSERVE", 4,`, `["gas", "XOSERVE", 4000,`, 1)
		}},
	} {
		dir, manifest := publishSmall(t)
		if err := editing(manifestName, c.edit)(dir); err != nil {
			t.Fatal(err)
		}
		writeSums(t, dir, manifest)
		wantFinding(t, dir, manifestName, c.problem)
	}
}

func TestNoPublication(t *testing.T) {
	dir := t.TempDir()
	_, err := Verify(t.Context(), OS{}, filepath.Join(dir, "none"), 1)
	wantRefusal(t, err, engine.RefusedInput, "no such folder")
	_, err = Verify(t.Context(), OS{}, dir, 1)
	wantRefusal(t, err, engine.RefusedInput, "no publication")
	if err := os.WriteFile(dir+"/file", nil, 0o640); err != nil {
		t.Fatal(err)
	}
	_, err = Verify(t.Context(), OS{}, dir, 1)
	wantRefusal(t, err, engine.RefusedInput, "no publication")
	_, err = Verify(t.Context(), OS{}, dir+"/file", 1)
	wantRefusal(t, err, engine.RefusedInput, "not a folder")
}

func wantFinding(t *testing.T, dir, path, problem string) {
	t.Helper()
	got, err := Verify(t.Context(), OS{}, dir, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range got.Findings {
		if f.Path == path && strings.Contains(f.Problem, problem) {
			return
		}
	}
	t.Errorf("nothing like %q was found of %s, only: %v", problem, path, got.Findings)
}

func filesOf(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func editing(path string, edit func(string) string) func(dir string) error {
	return func(dir string) error {
		name := filepath.Join(dir, path)
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		edited := edit(string(text))
		if edited == string(text) {
			return errors.New("the edit changes nothing")
		}
		return os.WriteFile(name, []byte(edited), 0o640)
	}
}

func copyFile(dir, from, to string) error {
	text, err := os.ReadFile(filepath.Join(dir, from))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, to), text, 0o640)
}

// reseal writes manifest and SHA256SUMS so that every digest is right again.
func reseal(t *testing.T, dir string, m *Manifest) {
	t.Helper()
	for i := range m.Files {
		m.Files[i] = listingOf(t, dir, m.Files[i].Path)
	}
	for i := range m.Content.Shards {
		s := &m.Content.Shards[i]
		l := listingOf(t, dir, s.Path)
		s.Bytes, s.SHA256 = l.Bytes, l.SHA256
	}
	changes := listingOf(t, dir, changesName)
	m.Content.Changes.Bytes, m.Content.Changes.SHA256 = changes.Bytes, changes.SHA256
	var err error
	if m.ContentDigest, err = m.Content.Digest(); err != nil {
		t.Fatal(err)
	}
	text, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, manifestName), text, 0o640); err != nil {
		t.Fatal(err)
	}
	writeSums(t, dir, m)
}

func writeSums(t *testing.T, dir string, m *Manifest) {
	t.Helper()
	sums := encodeSums(append(slices.Clone(m.Files), listingOf(t, dir, manifestName)))
	if err := os.WriteFile(filepath.Join(dir, sumsName), sums, 0o640); err != nil {
		t.Fatal(err)
	}
}

func listingOf(t *testing.T, dir, path string) FileListing {
	t.Helper()
	text := []byte(readText(t, dir, path))
	sum := sha256.Sum256(text)
	return FileListing{path, int64(len(text)), hex.EncodeToString(sum[:])}
}
