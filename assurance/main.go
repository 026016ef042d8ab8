// Command assurance runs every property of the program, writes down what was
// tried, and makes the table of docs/assurance.md from it. `make assurance`
// calls it; runs over different seeds of the same code add up.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"flagfill/assurance/property"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "assurance:", err)
		os.Exit(1)
	}
}

// options say how much of which properties runs.
type options struct {
	deep     bool
	seeds    string
	only     string
	rotation int
}

func run() error {
	var o options
	flag.BoolVar(&o.deep, "deep", false, "every seed, instead of a tenth")
	flag.StringVar(&o.seeds, "seeds", "", "just these seeds: 17 or 10-19")
	flag.StringVar(&o.only, "only", "", "one goal (R4) or one test (TestPropertyCrash)")
	flag.IntVar(&o.rotation, "rotation", 0, "which tenth")
	path := flag.String("record", "assurance.json", "the record that what is tried now is added to")
	docs := flag.String("docs", "docs/assurance.md", "the document whose table is made again from the record; empty: none")
	flag.Parse()

	code, err := hashOfCode(".")
	if err != nil {
		return err
	}
	record, err := readRecord(*path)
	if err != nil {
		return err
	}
	started := time.Now()
	results, failed := try(o)
	if len(results) == 0 {
		return errors.Join(failed, errors.New("no property ran"))
	}
	record.add(code, results)
	if err := record.write(*path); err != nil {
		return err
	}
	if *docs != "" {
		if err := renew(*docs, record); err != nil {
			return err
		}
	}
	fmt.Print(plain(results))
	fmt.Printf("\n%d properties in %v, seeds by turn %d; the record is %s\n", len(results), time.Since(started).Round(time.Second), o.rotation, *path)
	if failed != nil {
		return fmt.Errorf("a property does not hold, or could not be tried: %w", failed)
	}
	return nil
}

// try runs the properties, one package after another so that none disturbs
// the timing of another, and reads what they left.
func try(o options) ([]property.Result, error) {
	dir, err := os.MkdirTemp("", "assurance-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	size := "ci"
	if o.deep {
		size = "deep"
	}
	c := exec.Command("go", "test", "-count=1", "-p=1", "-timeout=0", "-run=^TestProperty", "./...")
	c.Env = append(os.Environ(), "ASSURANCE="+size, "ASSURANCE_RESULTS="+dir, "ASSURANCE_SEEDS="+o.seeds,
		"ASSURANCE_ONLY="+o.only, fmt.Sprintf("ASSURANCE_ROTATION=%d", o.rotation))
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	failed := c.Run()
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, errors.Join(failed, err)
	}
	var results []property.Result
	for _, path := range paths {
		var r property.Result
		if err := readJSON(path, &r); err != nil {
			return nil, errors.Join(failed, err)
		}
		results = append(results, r)
	}
	return results, failed
}
