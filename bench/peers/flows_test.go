package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestReadFlows(t *testing.T) {
	dir := t.TempDir()
	for path, text := range map[string]string{
		"electricity/EELC/a": "ZHV|1|D0350001|Z|DCCO|P|EELC|20261121020000||||OPER|\n901|1|DC01|\n902|1030006718997|A|20261121|\nZPT|1|2||1|20261121020000|\n",
		"gas/XOSERVE/b":      "\"A00\",0,\"DXI\",20261121,\"020000\",1\n\"E46\",3938424403,\"N\",20261121\n\"Z99\",1\n",
	} {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := readFlows(dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"1030006718997,A,20261121", "3938424403,N,20261121"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDifferenceCountsRepeats(t *testing.T) {
	for _, c := range []struct {
		a, b []string
		want int
	}{
		{nil, []string{"1"}, 0},
		{[]string{"1", "2"}, []string{"1", "2"}, 0},
		{[]string{"1", "1", "3"}, []string{"1", "2"}, 2},
		{[]string{"0", "4"}, []string{"1", "2", "3"}, 2},
	} {
		if got := difference(c.a, c.b); got != c.want {
			t.Errorf("%q without %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestSameRecordsRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		ours, theirs []string
		same         bool
	}{
		"equal":              {[]string{"1", "2"}, []string{"1", "2"}, true},
		"nothing":            {nil, nil, false},
		"one more of ours":   {[]string{"1", "2"}, []string{"1"}, false},
		"one more of theirs": {[]string{"1"}, []string{"1", "1"}, false},
		"another":            {[]string{"1"}, []string{"2"}, false},
	} {
		if err := sameRecords(c.ours, c.theirs); (err == nil) != c.same {
			t.Errorf("%s: %v", name, err)
		}
	}
}
