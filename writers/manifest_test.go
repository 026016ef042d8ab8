package writers

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

func TestFactCellsReadBack(t *testing.T) {
	cell := rapid.Custom(func(t *rapid.T) engine.Cell {
		status := rapid.SampledFrom([]meterpoint.ServiceStatus{meterpoint.Null, meterpoint.Active, meterpoint.Installed,
			meterpoint.NotActive, meterpoint.LegacyS, meterpoint.LegacyW, meterpoint.Unknown})
		return engine.Cell{
			Fuel: rapid.SampledFrom(meterpoint.Fuels[:]).Draw(t, "fuel"),
			RDP:  rapid.SampledFrom(testRDPs).Draw(t, "rdp"),
			Point: meterpoint.Point{
				Set:      meterpoint.StatusSet(rapid.Uint16Max(meterpoint.StatusSets-1).Draw(t, "set")),
				Recorded: status.Draw(t, "recorded"), Reported: status.Draw(t, "reported"),
				Ever: rapid.Bool().Draw(t, "ever"), OwnRow: rapid.Bool().Draw(t, "own row"),
			},
			Count: rapid.Int64Min(1).Draw(t, "count"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		want := FactCells(rapid.SliceOf(cell).Draw(t, "cells"))
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got FactCells
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); len(want) > 0 && diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestJSONForReaders changes white space only.
func TestJSONForReaders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := map[string]any{
			rapid.String().Draw(t, "key"): rapid.SliceOf(rapid.String()).Draw(t, "list"),
			"nested":                      []any{map[string]any{"a": 1, "b": rapid.String().Draw(t, "text")}, []int{}, map[string]int{}},
		}
		text, err := encodeJSON(v)
		if err != nil {
			t.Fatal(err)
		}
		want, err := compactJSON(v)
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if err := json.Compact(&got, text); err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Fatalf("%v\n%s\n%s", err, text, want)
		}
	})
	text, err := encodeJSON(map[string]any{"files": []map[string]any{{"path": "a: {b}, \"c\"", "bytes": 1}}, "none": []int{}})
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "files": [
    {"bytes": 1, "path": "a: {b}, \"c\""}
  ],
  "none": []
}
`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Error(diff)
	}
}

// TestSumsNameLines: each line is looked at, and each part of it.
func TestSumsNameLines(t *testing.T) {
	const digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	first := digest + "  a\n"
	for text, says := range map[string]string{
		first + digest + " b\n":                   "line 2 is no digest, two spaces, path and line end",
		first + digest[1:] + "  b\n":              "line 2 is no digest",
		first + "x" + digest[1:] + "  b\n":        "line 2 is no digest",
		first + "A" + digest[1:] + "  b\n":        "line 2 is no digest",
		first + digest + "  ../b\n":               "line 2 is no digest",
		first + digest + "  SHA256SUMS\n":         "line 2 is no digest",
		first + digest + "  SHA256SUMS.minisig\n": "line 2 is no digest",
		first + digest + "  /b\n":                 "line 2 is no digest",
		first + digest + "  b/../c\n":             "line 2 is no digest",
		first + digest + "  ..\n":                 "line 2 is no digest",
		first + digest + "  .\n":                  "line 2 is no digest",
		first + digest + "  \n":                   "line 2 is no digest",
		first + digest + "  b\\c\n":               "line 2 is no digest",
		first + digest + "  b\r\n":                "line 2 is no digest",
		first + digest + "  b":                    "line 2 is no digest",
		first + first:                             "line 2 is not in the order of paths",
		digest + "  b\n" + first:                  "line 2 is not in the order of paths",
		"":                                        "it lists no file",
	} {
		if files, err := decodeSums([]byte(text)); err == nil || !strings.HasPrefix(err.Error(), says) {
			t.Errorf("%q: got %v, %v; want %s", text, files, err, says)
		}
	}
	if files, err := decodeSums([]byte(first + digest + "  b..c/d e\n")); err != nil || len(files) != 2 || files[1] != (FileListing{Path: "b..c/d e", SHA256: digest}) {
		t.Errorf("got %v, %v", files, err)
	}
}
