package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeQuotedCSV stores a table as spreadsheets do: a byte order mark, CRLF,
// quotes around everything, blank lines, a text of several lines in a column
// that is not read, and no line end behind the last row.
func writeQuotedCSV(t failer, path string, rows [][]string) {
	var text strings.Builder
	text.WriteString("\ufeff")
	for i, row := range rows {
		note := "a \"\"note\"\",\r\nof two lines"
		if i == 0 {
			note = "note"
		} else {
			text.WriteString("\r\n\r\n")
		}
		for _, cell := range row {
			text.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `",`)
		}
		text.WriteString(`"` + note + `"`)
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Files of one table may differ in format; what is published does not tell.
func TestMixedFormats(t *testing.T) {
	story := filepath.Join(storiesFolder, "orphans-and-bad-rows")
	folder := t.TempDir()
	var whole, mixed []string
	for flag, table := range map[string]string{"--devices": "devices", "--meter-points": "meter_points"} {
		csv := filepath.Join(story, table+".csv")
		rows := readCSV(t, csv)
		half := len(rows) / 2
		first, second := filepath.Join(folder, table+"-1.csv"), filepath.Join(folder, table+"-2.parquet")
		writeQuotedCSV(t, first, rows[:half])
		writeParquet(t, second, append([][]string{rows[0]}, rows[half:]...), encodings[0])
		whole = append(whole, flag, csv)
		mixed = append(mixed, flag, first, flag, second)
	}
	flags := linesOf(t, filepath.Join(story, "flags"))
	wholeDigest, wholeRows := publishedFrom(t, filepath.Join(folder, "whole"), append(whole, flags...))
	mixedDigest, mixedRows := publishedFrom(t, filepath.Join(folder, "mixed"), append(mixed, flags...))
	if wholeDigest != mixedDigest {
		t.Error("the content digest depends on the formats of the files")
	}
	if want := int64(len(readCSV(t, filepath.Join(story, "devices.csv"))) - 1); wholeRows != want || mixedRows != want {
		t.Errorf("%d and %d rows of devices, want %d", wholeRows, mixedRows, want)
	}
}

// publishedFrom runs with the flags, and gives the content digest and how many
// rows of devices the manifest says were read.
func publishedFrom(t *testing.T, out string, flags []string) (digest string, rows int64) {
	t.Helper()
	args := append([]string{"run", "--as-of", "2026-11-21T02:00:00Z", "--progress", "none", "--out", out}, flags...)
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), args, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d\n%s", code, stderr.String())
	}
	text, err := os.ReadFile(filepath.Join(out, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		ContentDigest string `json:"content_digest"`
		Inputs        []struct {
			Table string
			Rows  int64
		}
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	for _, input := range manifest.Inputs {
		if input.Table == "devices" {
			rows = input.Rows
		}
	}
	return manifest.ContentDigest, rows
}
