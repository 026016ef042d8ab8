package writers

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// TestRDPsOfShards: 255 names have a code, and each has one.
func TestRDPsOfShards(t *testing.T) {
	shards := func(n int) (all []Shard) {
		for i := range n {
			all = append(all, Shard{Path: fmt.Sprint("flows/", i), RDP: fmt.Sprint(i)}, Shard{Path: fmt.Sprint("flows/again/", i), RDP: fmt.Sprint(i)})
		}
		return all
	}
	reader, err := newChangesReader(shards(255))
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range shards(255) {
		if code, err := reader.rdp([]byte(s.RDP)); err != nil || int(code) != i/2+1 || reader.names[code] != s.RDP {
			t.Errorf("%s has the code %d, %v", s.RDP, code, err)
		}
		if index, err := reader.shard([]byte(s.Path)); err != nil || int(index) != i {
			t.Errorf("%s is shard %d, %v", s.Path, index, err)
		}
	}
	for what, wrong := range map[string][]Shard{"too many": shards(256), "none": {{Path: "flows/x"}}} {
		if _, err := newChangesReader(wrong); err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
}

// TestWordsOfChanges: of the names that statuses, rules and dispositions have,
// those that changes.parquet may hold, and no other word.
func TestWordsOfChanges(t *testing.T) {
	for s := meterpoint.Null; s <= meterpoint.Unknown; s++ {
		if got, known := reportedNamed(s.String()); known != s.Reported() || known && got != s {
			t.Errorf("status %s: %s, %v", s, got, known)
		}
	}
	for rule := range meterpoint.Rule(meterpoint.RuleCount) {
		if got, known := ruleNamed(rule.String()); !known || got != rule {
			t.Errorf("rule %s: %s, %v", rule, got, known)
		}
	}
	for i, name := range engine.Dispositions() {
		if got, known := dispositionNamed(name); !known || int(got) != i {
			t.Errorf("disposition %s: %d, %v", name, got, known)
		}
	}
	_, status := reportedNamed("x")
	_, rule := ruleNamed("x")
	_, disposition := dispositionNamed("x")
	if status || rule || disposition {
		t.Errorf("x is a status: %v, a rule: %v, a disposition: %v", status, rule, disposition)
	}
	reader, err := newChangesReader([]Shard{{Path: "a", RDP: "A"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reader.shard([]byte("b")); err == nil {
		t.Error("b is a shard")
	}
}

// TestListedWarnings are more rows than were left out, and verify.
func TestListedWarnings(t *testing.T) {
	cfg := testConfig()
	cfg.ListWarnings = true
	changes, result := run(cfg, smallPoints())
	result.Exceptions.All[engine.Devices][engine.BadCheckDigit] = 1
	result.Exceptions.Warnings[engine.Devices][engine.BadCheckDigit] = 1
	dir := filepath.Join(t.TempDir(), "out")
	p, err := Create(t.Context(), OS{}, dir, cfg, testSettings())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Write(changes); err != nil {
		t.Fatal(err)
	}
	warning := engine.Exception{Table: engine.MeterPoints, File: "points.parquet", Row: 1, Column: "mpxn", Code: engine.BadCheckDigit, Value: "1"}
	ofDevice := warning
	ofDevice.Table, ofDevice.File = engine.Devices, "devices.parquet"
	if err := p.WriteExceptions(append([]engine.Exception{warning, warning, warning, ofDevice}, testExceptions...)); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Commit(t.Context(), result); err != nil { // which verifies
		t.Error(err)
	}
}

// TestFindingsAsError: an error names ten.
func TestFindingsAsError(t *testing.T) {
	var findings Findings
	for n := range 13 {
		text := findings.Error()
		named, more := strings.Count(text, "is wrong"), strings.Contains(text, "more")
		if named != min(n, 10) || more != (n > 10) || more && !strings.HasSuffix(text, fmt.Sprintf("; and %d more", n-10)) {
			t.Errorf("of %d: %s", n, text)
		}
		findings = append(findings, Finding{fmt.Sprint("file", n), "is wrong"})
	}
}

// TestResultOfVerification: findings in order and once, files added up.
func TestResultOfVerification(t *testing.T) {
	v := newVerifier(OS{}, "dir", nil, 1, nil)
	v.sizes["a"], v.sizes["b"] = 3, 4
	for _, f := range []Finding{{"b", "x"}, {"a", "y"}, {"b", "x"}, {"a", "x"}} {
		v.find(f.Path, "%s", f.Problem)
	}
	got := v.result()
	if want := (Findings{{"a", "x"}, {"a", "y"}, {"b", "x"}}); !slices.Equal(got.Findings, want) || got.Files != 2 || got.Bytes != 7 {
		t.Errorf("got %+v", got)
	}
}
