package writers

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"flagfill/engine"
)

// Paths of a run in a world.
const (
	workFolder     = "/site"
	outFolder      = workFolder + "/out"
	exceptionsPath = workFolder + "/exceptions.parquet"
)

// world is what stands around a run that is about to fail or crash.
type world struct {
	before sight
	want   sight
}

// sight is what stands in the folder of a world, sorted by whose it is.
type sight struct {
	out        map[string]string // at and below outFolder; empty: it does not exist
	exceptions map[string]string // the file, if it exists
	partial    map[string]string // staging folders and what is in them
	others     map[string]string
}

func see(d *disk) sight {
	s := sight{map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}}
	for name, text := range d.tree(workFolder) {
		top, _, _ := strings.Cut(strings.TrimPrefix(name, workFolder+"/"), "/")
		staged, suffix, _ := strings.Cut(top, ".partial-")
		switch {
		case top == path.Base(outFolder):
			s.out[name] = text
		case name == exceptionsPath:
			s.exceptions[name] = text
		case isName(suffix) && (staged == ".out" || staged == ".exceptions.parquet"):
			s.partial[name] = text
		default:
			s.others[name] = text
		}
	}
	return s
}

// disk is the world before the run.
func (w world) disk() *disk {
	d := newDisk()
	for _, files := range []map[string]string{w.before.others, w.before.out, w.before.exceptions, w.before.partial} {
		d.put(files)
	}
	return d
}

// worlds differ in what stands where the run is to write, and in what dead runs
// left. Other things are there too, and are none of its business.
func worlds(t *testing.T) []world {
	t.Helper()
	d := newDisk()
	d.put(map[string]string{workFolder + "/": ""})
	if err := runOn(t, d, "first", nil); err != nil {
		t.Fatal(err)
	}
	want := see(d)
	with := func(more map[string]string) world {
		d := newDisk()
		d.put(map[string]string{workFolder + "/kept.txt": "kept", workFolder + "/older/flows/gas.DXI": "older",
			workFolder + "/.another.partial-1/x": "not ours", workFolder + "/.out.partial-/": ""})
		d.put(more)
		return world{see(d), want}
	}
	return []world{
		with(nil),
		with(map[string]string{outFolder + "/": "", exceptionsPath: "of an earlier run"}),
		with(map[string]string{workFolder + "/.out.partial-dead/flows/gas/x": "half", workFolder + "/.out.partial-9/": "",
			workFolder + "/.exceptions.parquet.partial-dead/exceptions.parquet": "half"}),
	}
}

// runOn does with a file system what the command run does. It reports what is
// done by its path.
func runOn(t *testing.T, fsys FS, suffix string, done func(path string)) (err error) {
	t.Helper()
	cfg, s := testConfig(), testSettings()
	s.StagingSuffix, s.Sign = suffix, testKey(t, 1)
	changes, result := run(cfg, smallPoints())
	p, err := Create(t.Context(), fsys, outFolder, cfg, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Abort()) }()
	x, err := CreateExceptionsFile(t.Context(), fsys, exceptionsPath, suffix)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.Abort()) }()
	if err := errors.Join(p.Write(changes), p.WriteExceptions(testExceptions), x.Write(testExceptions)); err != nil {
		return err
	}
	if err := x.Commit(); err != nil {
		return err
	}
	if done != nil {
		done(exceptionsPath)
	}
	if _, err = p.Commit(t.Context(), result); err == nil && done != nil {
		done(outFolder)
	}
	return err
}

// standing says what of a run stands on a disk; what does not is as before.
type standing struct{ published, exceptions, left bool }

// look compares a disk with the world before it. Anything half done is an error.
func (w world) look(t *testing.T, d *disk) (standing, error) {
	t.Helper()
	var s standing
	now := see(d)
	switch {
	case maps.Equal(now.out, w.want.out):
		v, err := Verify(t.Context(), d, outFolder, 1)
		if err != nil || len(v.Findings) > 0 {
			return s, fmt.Errorf("the publication does not verify: %+v %w", v, err)
		}
		s.published = true
	case !maps.Equal(now.out, w.before.out):
		return s, fmt.Errorf("%s is neither whole nor as it was: %s", outFolder, difference(now.out, w.want.out))
	}
	switch {
	case maps.Equal(now.exceptions, w.want.exceptions):
		s.exceptions = true
	case !maps.Equal(now.exceptions, w.before.exceptions):
		return s, fmt.Errorf("%s is neither whole nor as it was", exceptionsPath)
	}
	if !maps.Equal(now.others, w.before.others) {
		return s, fmt.Errorf("other files have changed: %s", difference(now.others, w.before.others))
	}
	s.left = len(now.partial) > 0
	return s, nil
}

// difference names the paths that are not as they are wanted.
func difference(got, want map[string]string) string {
	var lines []string
	for name := range want {
		if text, there := got[name]; !there {
			lines = append(lines, name+" is missing")
		} else if text != want[name] {
			lines = append(lines, name+" has other bytes")
		}
	}
	for name := range got {
		if _, wanted := want[name]; !wanted {
			lines = append(lines, name+" should not be there")
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, ", ")
}

// runAgain proves that the next run succeeds whatever the last one left, once
// a publication that stands has been put aside.
func (w world) runAgain(t *testing.T, d *disk, published bool) error {
	t.Helper()
	d.endProcess()
	if published {
		var refusal *engine.Refusal
		if err := runOn(t, d, "refused", nil); !errors.As(err, &refusal) || refusal.Kind != engine.RefusedUsage {
			return fmt.Errorf("a run over a publication: got %w", err)
		}
		if err := d.Rename(outFolder, "/aside"); err != nil {
			return err
		}
	}
	if err := runOn(t, d, "next", nil); err != nil {
		return fmt.Errorf("the next run fails: %w", err)
	}
	s, err := w.look(t, d)
	if err == nil && s != (standing{published: true, exceptions: true}) {
		err = fmt.Errorf("after the next run: %+v", s)
	}
	return err
}
