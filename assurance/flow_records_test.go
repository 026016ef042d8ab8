package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What the lines of the built-in flows are, written down once more.
var (
	flowPath = regexp.MustCompile(`^flows/(electricity/[A-Z0-9]{4}/[A-Z0-9]{4}_[0-9]{10}\.D0350|gas/[A-Z0-9]+/[0-9]+\.[PT]N[0-9]{6}\.DXI)$`)

	electricityFlow = flowLines{
		header:  regexp.MustCompile(`^ZHV\|[0-9]{10}\|D0350001\|Z\|DCCO\|P\|[A-Z0-9]{4}\|[0-9]{14}\|\|\|\|(OPER|TR[0-9]{2})\|\n$`),
		records: []*regexp.Regexp{regexp.MustCompile(`^901\|[0-9]+\|DC01\|\n$`), regexp.MustCompile(`^902\|([0-9]{13})\|[AIN]\|[0-9]{8}\|\n$`)},
		trailer: regexp.MustCompile(`^ZPT\|[0-9]{10}\|[0-9]+\|\|[0-9]+\|[0-9]{14}\|\n$`),
	}
	gasFlow = flowLines{
		header:  regexp.MustCompile(`^"A00",[0-9]+,"DXI",[0-9]{8},"[0-9]{6}",[0-9]+\n$`),
		records: []*regexp.Regexp{regexp.MustCompile(`^"E46",([0-9]{6,10}),"[AIN]",[0-9]{8}\n$`)},
		trailer: regexp.MustCompile(`^"Z99",[0-9]+\n$`),
	}
)

type flowLines struct {
	header, trailer *regexp.Regexp
	records         []*regexp.Regexp // the lines of one meter point; the last one names it
}

// mpxns reads a flow file line by line: the meter points in it, and what is no
// flow.
func (f flowLines) mpxns(text string) (mpxns, faults []string) {
	lines := strings.SplitAfter(text, "\n")
	lines = lines[:len(lines)-1] // of what follows the last line end
	if len(lines) < 2 || !strings.HasSuffix(text, "\n") || !f.header.MatchString(lines[0]) || !f.trailer.MatchString(lines[len(lines)-1]) {
		return nil, []string{fmt.Sprintf("its first or last line is wrong: %q", text)}
	}
	for i, line := range lines[1 : len(lines)-1] {
		at := i % len(f.records)
		found := f.records[at].FindStringSubmatch(line)
		if found == nil {
			faults = append(faults, fmt.Sprintf("line %d is no record: %q", i+2, line))
		} else if at == len(f.records)-1 {
			mpxns = append(mpxns, found[1])
		}
	}
	if (len(lines)-2)%len(f.records) != 0 {
		faults = append(faults, "its last record is not whole")
	}
	return mpxns, faults
}

// toldMeterPoints reads every flow file of a publication by itself: exactly the
// shards of the manifest must stand there, with as many records as it says.
func toldMeterPoints(t *testing.T, dir string) (mpxns []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Content struct {
			Shards []struct {
				Path    string `json:"path"`
				Records int    `json:"records"`
			} `json:"shards"`
		} `json:"content"`
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	stated := map[string]int{}
	for _, s := range manifest.Content.Shards {
		stated[s.Path] = s.Records
	}
	files := 0
	err = filepath.WalkDir(filepath.Join(dir, "flows"), func(path string, d os.DirEntry, err error) error {
		if os.IsNotExist(err) || err == nil && d.IsDir() {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if !flowPath.MatchString(name) {
			t.Errorf("%q is no name of a flow file", name)
		}
		lines := electricityFlow
		if strings.HasPrefix(name, "flows/gas/") {
			lines = gasFlow
		}
		found, faults := lines.mpxns(string(text))
		for _, fault := range faults {
			t.Errorf("%s: %s", name, fault)
		}
		if records, there := stated[name]; !there || records != len(found) {
			t.Errorf("%s has %d records, and the manifest says %d", name, len(found), records)
		}
		mpxns = append(mpxns, found...)
		files++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files != len(stated) {
		t.Errorf("%d flow files stand there, and the manifest has %d", files, len(stated))
	}
	return mpxns
}

// Lines that a field smuggles into a flow are found.
func TestFlowLinesFindSmuggledRecords(t *testing.T) {
	const header, trailer = "\"A00\",0,\"DXI\",20261121,\"020000\",1\n", "\"Z99\",1\n"
	const sound = "\"E46\",1000048,\"A\",20261121\n"
	if mpxns, faults := gasFlow.mpxns(header + sound + trailer); len(mpxns) != 1 || len(faults) != 0 {
		t.Errorf("of a sound flow it reads %v and says %q", mpxns, faults)
	}
	smuggled := "\"E46\"," + smuggledMPRN + ",\"A\",20261121\n"
	if mpxns, _ := gasFlow.mpxns(header + smuggled + sound + trailer); len(mpxns) != 2 {
		t.Errorf("of two records it reads %v", mpxns)
	}
	for _, text := range []string{header + sound + trailer + "\n", header + "\"E46\",1000048,\"A\nB\",20261121\n" + trailer,
		sound + trailer, header + sound + trailer + smuggled, header + "\"E46\",=1+1,\"A\",20261121\n" + trailer} {
		if _, faults := gasFlow.mpxns(text); len(faults) == 0 {
			t.Errorf("of %q it says nothing", text)
		}
	}
}
