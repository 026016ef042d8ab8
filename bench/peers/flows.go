package main

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// readFlows gives the records of a file, or of all files below a folder, as
// sorted "MPxN,status,date".
func readFlows(root string) ([]string, error) {
	var records []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		lines := bufio.NewScanner(file)
		for lines.Scan() {
			if record, ok := flowRecord(lines.Text()); ok {
				records = append(records, record)
			}
		}
		return lines.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read the flows in %s: %w", root, err)
	}
	slices.Sort(records)
	return records, nil
}

// flowRecord reads 902|MPAN|status|date| or "E46",MPRN,"status",date.
func flowRecord(line string) (string, bool) {
	var fields []string
	switch {
	case strings.HasPrefix(line, "902|"):
		fields = strings.Split(line, "|")
	case strings.HasPrefix(line, `"E46",`):
		fields = strings.Split(strings.ReplaceAll(line, `"`, ""), ",")
	}
	if len(fields) < 4 {
		return "", false
	}
	return strings.Join(fields[1:4], ","), true
}

// difference counts what sorted a has and sorted b lacks, repeats included.
func difference(a, b []string) int {
	n := 0
	for _, record := range a {
		for len(b) > 0 && b[0] < record {
			b = b[1:]
		}
		if len(b) > 0 && b[0] == record {
			b = b[1:]
		} else {
			n++
		}
	}
	return n
}
