package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"flagfill/assurance/property"
)

// record is assurance.json: what was tried of every property, and on what.
type record struct {
	Schema     string  `json:"schema"`
	Machine    string  `json:"machine"`
	Properties []tried `json:"properties"` // by goal, then name
}

// tried is a property and the code that it was tried on.
type tried struct {
	Code string `json:"code"` // hash of all that is compiled
	property.Result
}

const schema = "flagfill.assurance/1"

func readRecord(path string) (record, error) {
	r := record{Schema: schema}
	err := readJSON(path, &r)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	return r, err
}

// add puts results beside what was tried on the same code before, and in place
// of what was tried on other code. Seeds that were tried again count once.
func (r *record) add(code string, results []property.Result) {
	r.Machine = fmt.Sprintf("%s/%s, %d cores, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	for _, result := range results {
		at := slices.IndexFunc(r.Properties, func(t tried) bool { return t.Test == result.Test && t.Package == result.Package })
		if at < 0 {
			r.Properties = append(r.Properties, tried{code, result})
			continue
		}
		if r.Properties[at].Code == code {
			for _, run := range r.Properties[at].Runs {
				if !slices.ContainsFunc(result.Runs, func(n property.Run) bool { return n.From <= run.To && run.From <= n.To }) {
					result.Runs = append(result.Runs, run)
				}
			}
			slices.SortFunc(result.Runs, func(a, b property.Run) int { return cmp.Compare(a.From, b.From) })
		}
		r.Properties[at] = tried{code, result}
	}
	slices.SortFunc(r.Properties, func(a, b tried) int {
		return cmp.Or(cmp.Compare(len(a.Goal), len(b.Goal)), cmp.Compare(a.Goal, b.Goal), cmp.Compare(a.Name, b.Name))
	})
}

func (r *record) write(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = os.WriteFile(path, append(text, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	return nil
}

func readJSON(path string, into any) error {
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", path, err)
	}
	return nil
}

// hashOfCode tells one state of the code from another, committed or not.
func hashOfCode(root string) (string, error) {
	hash := sha256.New()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == "node_modules" || d.Name() == "bin" || path != root && strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		if !slices.Contains([]string{".go", ".mod", ".sum", ".toml", ".mjs", ".txtar"}, filepath.Ext(path)) {
			return nil
		}
		text, err := os.ReadFile(path)
		fmt.Fprintf(hash, "%s %d\n", filepath.ToSlash(path), len(text))
		hash.Write(text)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("cannot hash the code: %w", err)
	}
	return hex.EncodeToString(hash.Sum(nil))[:12], nil
}
