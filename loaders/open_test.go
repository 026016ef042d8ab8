package loaders

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go"

	"flagfill/engine"
)

// folder makes files of one row in a folder; a name that ends in / is a folder.
func folder(t *testing.T, names ...string) string {
	t.Helper()
	root := t.TempDir()
	file := writeParquet(t, keyedRows(1))
	for _, name := range names {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if name[len(name)-1] == '/' {
			continue
		}
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestPaths(t *testing.T) {
	root := folder(t, "b.parquet", "a.parquet", "c", ".hidden", "_SUCCESS", "sub/d.parquet", "sub/e.parquet", "odd[1].parquet", "none/")
	in := func(names ...string) []string {
		for i := range names {
			names[i] = filepath.Join(root, names[i])
		}
		return names
	}
	for _, c := range []struct {
		name        string
		paths, want []string
	}{
		{"files in the order given", in("b.parquet", "a.parquet"), in("b.parquet", "a.parquet")},
		{"a folder's direct files, sorted", in("."), in("a.parquet", "b.parquet", "c", "odd[1].parquet")},
		{"a glob, sorted", in("*.parquet"), in("a.parquet", "b.parquet", "odd[1].parquet")},
		{"a glob that matches folders", in("su*"), in("sub/d.parquet", "sub/e.parquet")},
		{"a glob over folders", in("*/*"), in("sub/d.parquet", "sub/e.parquet")},
		{"a name with brackets", in("odd[1].parquet"), in("odd[1].parquet")},
		{"a hidden file that is named", in(".hidden", "_SUCCESS"), in(".hidden", "_SUCCESS")},
		{"several kinds", in("sub", "c"), in("sub/d.parquet", "sub/e.parquet", "c")},
	} {
		t.Run(c.name, func(t *testing.T) {
			source, err := Open(c.paths, engine.MeterPoints, Options{})
			if err != nil {
				t.Fatal(err)
			}
			_, plan, err := readAllOf(source)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i, f := range plan.Files {
				got = append(got, f.Path)
				if plan.Splits[i].File != i || f.Format != "parquet" || f.Bytes == 0 || len(f.Fingerprint) != 16 {
					t.Errorf("file %d: %+v, split %+v", i, f, plan.Splits[i])
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("files %v, want %v", got, c.want)
			}
		})
	}
}

func TestPathsRefused(t *testing.T) {
	root := folder(t, "a.parquet", "empty/.hidden", "x/")
	link := filepath.Join(root, "link.parquet")
	if err := os.Symlink(filepath.Join(root, "a.parquet"), link); err != nil {
		t.Fatal(err)
	}
	a := filepath.Join(root, "a.parquet")
	for _, c := range []struct {
		name  string
		paths []string
		parts []string
	}{
		{"missing", []string{root + "/nothing"}, []string{"cannot read devices " + root + "/nothing: no such file"}},
		{"glob without match", []string{root + "/*.csv"}, []string{root + "/*.csv", "matches no file"}},
		{"folder without files", []string{root + "/empty"}, []string{root + "/empty", "matches no file"}},
		{"bad glob", []string{root + "/[a"}, []string{root + "/[a", "syntax error"}},
		{"twice", []string{a, a}, []string{a, "same file"}},
		{"twice by folder and name", []string{root, a}, []string{a, "same file"}},
		{"twice by a link", []string{a, link}, []string{link, a, "same file"}},
		{"a device", []string{os.DevNull}, []string{os.DevNull, "not a regular file"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "twice by folder and name" {
				if err := os.Remove(link); err != nil {
					t.Fatal(err)
				}
				defer func() {
					if err := os.Symlink(a, link); err != nil {
						t.Error(err)
					}
				}()
			}
			_, err := Open(c.paths, engine.Devices, Options{})
			mustRefuse(t, err, c.parts...)
		})
	}
	var refused *engine.Refusal
	if _, err := Open(nil, engine.Devices, Options{}); !errors.As(err, &refused) || refused.Kind != engine.RefusedUsage {
		t.Errorf("no path: %v", err)
	}
}

func TestWhatIsNotParquet(t *testing.T) {
	whole := string(writeParquet(t, keyedRows(10)))
	for _, c := range []struct{ name, content, want string }{
		{"empty", "", "nothing (0 bytes)"},
		{"one byte", "P", "text"},
		{"text", "device_id,device_type\n1,ESME\n", "text"},
		{"Latin-1 text", "name\nM\xfcller\n", "text"},
		{"gzip", "\x1f\x8b\x08\x00rest", "gzip"},
		{"zstd", "\x28\xb5\x2f\xfdrest", "zstd"},
		{"old arrow", "FEA1\x00\x00rest", "Feather of version 1"},
		{"spreadsheet", "PK\x03\x04rest", "spreadsheet"},
		{"encrypted", "PARE\x00\x00\x00\x00\x00\x00PARE", "encrypted Parquet"},
		{"zeros", "\x00\x00\x00\x00\x00\x00\x00\x00", "binary data"},
		{"truncated", whole[:len(whole)-1], "whose end is missing"},
		{"half", whole[:len(whole)/2], "whose end is missing"},
		{"magic alone", "PAR1", "whose end is missing"},
		{"head missing", whole[4:], "beginning is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := saved(t, "x.parquet", []byte(c.content))
			_, err := Open([]string{path}, engine.MeterPoints, Options{})
			mustRefuse(t, err, "meter_points", path, c.want)
		})
	}
}

func TestPlanStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	source := open(t, saved(t, "x.parquet", writeParquet(t, keyedRows(1), parquet.Compression(&parquet.Snappy))))
	if _, err := source.Plan(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("planned: %v", err)
	}
}
