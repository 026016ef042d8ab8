//go:build linux

package main

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"flagfill/assurance/property"
)

const pageBytes = 4096 // in which a tmpfs counts

// real skips a test that plain go test could not carry out everywhere, and
// fails it where it was asked for and the machine is not fit for it.
func real(t *testing.T, tools ...string) {
	t.Helper()
	if !property.Deep() {
		t.Skip("needs root and util-linux: make assurance")
	}
	if os.Getuid() != 0 {
		t.Fatal("mounts file systems: run it as root")
	}
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%v: apt-get install util-linux", err)
		}
	}
}

// mounted gives a disk of its own, with the options of tmpfs: "size=64k".
func mounted(t *testing.T, options string) string {
	t.Helper()
	disk, err := os.MkdirTemp(scratch, "disk-") // to which other users get
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(disk, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("none", disk, "tmpfs", 0, options); err != nil {
		t.Fatalf("cannot mount: %v; in a container it must be privileged", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return disk
}

// remounted changes the options of a disk.
func remounted(t *testing.T, disk string, flags uintptr, options string) {
	t.Helper()
	if err := syscall.Mount("none", disk, "tmpfs", syscall.MS_REMOUNT|flags, options); err != nil {
		t.Fatal(err)
	}
}

// size of what stands in a folder, as a tmpfs counts it.
func size(t *testing.T, dir string) (pages, files int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		files++
		if info, err := d.Info(); err == nil && d.Type().IsRegular() {
			pages += int(info.Size()+pageBytes-1) / pageBytes
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages, files
}

// A disk may be full of bytes or of files, from the first one to the last.
func TestPropertyFullDisk(t *testing.T) {
	real(t)
	points := snapshot(t, runPoints, 1)
	earlier, digest := published(t, points)
	pages, files := size(t, earlier)
	property.Property{Goal: "R5", Name: "a disk that is really full leaves nothing, and a run with room succeeds", Unit: "full disks", Seeds: 100}.Check(t, func(t *testing.T, seed int) (disks int64) {
		rng := rand.New(rand.NewPCG(uint64(seed), 1))
		for range 5 {
			disk := mounted(t, "size=64m,mode=755")
			s := &site{parent: disk, out: filepath.Join(disk, "out"), digest: digest, others: map[string]string{".": "folder"}}
			room := fmt.Sprintf("size=%d", pageBytes*(1+rng.IntN(pages-1)))
			switch rng.IntN(5) {
			case 0:
				room = fmt.Sprintf("nr_inodes=%d", 2+rng.IntN(files-1))
			case 1:
				room = fmt.Sprintf("size=%d", pageBytes*(pages-1)) // just too small
			}
			remounted(t, disk, 0, room)
			report(t, room, s.refusedFaults(t, flagfill(t, publishing(points, s.out)...), 1, "The disk is full: free space", disk))
			remounted(t, disk, 0, fmt.Sprintf("size=%d,nr_inodes=1000", pageBytes*pages)) // just enough
			report(t, "with room", s.wholeFaults(t, flagfill(t, publishing(points, s.out)...)))
			disks++
		}
		return disks
	})
}

// Limits of a process hit wherever they stand: the program may need less, or
// fail, and says then which limit it was.
func TestPropertyLimits(t *testing.T) {
	real(t, "prlimit")
	points := snapshot(t, runPoints, 1)
	earlier, digest := published(t, points)
	largest := int64(0)
	for _, name := range []string{"changes.parquet", "exceptions.parquet", "manifest.json", "SHA256SUMS", "run.json"} {
		info, err := os.Stat(filepath.Join(earlier, name))
		if err != nil {
			t.Fatal(err)
		}
		largest = max(largest, info.Size())
	}
	property.Property{Goal: "R5", Name: "a limit of the process on files ends a run, and leaves nothing", Unit: "limits", Seeds: 50}.Check(t, func(t *testing.T, seed int) (limits int64) {
		rng := rand.New(rand.NewPCG(uint64(seed), 3))
		s := newSite(t, earlier, digest)
		under := func(limit string) outcome {
			return ended(t, exec.Command("prlimit", append([]string{limit, program(t)}, publishing(points, s.out)...)...))
		}
		for range 5 {
			limit := fmt.Sprintf("--fsize=%d", rng.Int64N(largest)) // bytes
			report(t, limit, s.refusedFaults(t, under(limit), 1, "ulimit -f"))
			limit = fmt.Sprintf("--nofile=%d", 8+rng.IntN(32)) // with less Go's runtime does not start
			if o := under(limit); o.code == 0 {
				report(t, limit, s.wholeFaults(t, o))
			} else {
				report(t, limit, s.refusedFaults(t, o, 1, "ulimit -n"))
			}
			s.clear(t, false)
			limits += 2
		}
		report(t, "afterwards", s.wholeFaults(t, flagfill(t, publishing(points, s.out)...)))
		return limits
	})
}

// TestPropertyTargets is of places where nothing can be published.
func TestPropertyTargets(t *testing.T) {
	real(t, "setpriv")
	points := snapshot(t, runPoints, 1)
	_, digest := published(t, points)
	property.Property{Goal: "R5", Name: "a target that cannot be one is refused, and another device is as good", Unit: "targets", Seeds: 1}.Check(t, func(t *testing.T, _ int) (targets int64) {
		at := func(disk string) *site {
			return &site{parent: disk, out: filepath.Join(disk, "out"), digest: digest, others: map[string]string{".": "folder"}}
		}
		try := func(what string, s *site, o outcome, code int, says ...string) {
			targets++
			if code == 0 {
				report(t, what, s.wholeFaults(t, o))
				return
			}
			report(t, what, s.refusedFaults(t, o, code, says...))
		}
		disk := at(mounted(t, "size=64m,mode=755"))
		temporary := t.TempDir()
		t.Setenv("TMPDIR", temporary)
		try("another device than that of temporary files", disk, flagfill(t, publishing(points, disk.out)...), 0)
		if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
			t.Errorf("temporary files: %v, %v", left, err)
		}
		disk.clear(t, true)
		bound := t.TempDir()
		for what, mount := range map[string]func() error{
			"a disk":         func() error { return syscall.Mount("none", disk.out, "tmpfs", 0, "size=64m") },
			"a bound folder": func() error { return syscall.Mount(bound, disk.out, "", syscall.MS_BIND, "") },
		} {
			if err := mount(); err != nil {
				t.Fatal(err)
			}
			try(what+" as target", disk, flagfill(t, publishing(points, disk.out)...), 2, "mount point", disk.out)
			if err := syscall.Unmount(disk.out, 0); err != nil {
				t.Fatal(err)
			}
		}
		disk.clear(t, false)
		remounted(t, disk.parent, syscall.MS_RDONLY, "")
		try("a read-only disk", disk, flagfill(t, publishing(points, disk.out)...), 1, "read-only: name a folder on another", disk.parent)

		nobody := func(out string) outcome {
			return ended(t, exec.Command("setpriv", append([]string{"--reuid=65534", "--regid=65534", "--clear-groups", program(t)}, publishing(readable(t, points), out)...)...))
		}
		for mode, want := range map[fs.FileMode]int{0o755: 1, 0o700: 1, 0o733: 1, 0o711: 1, 0o777: 0} {
			theirs := at(mounted(t, fmt.Sprintf("size=64m,mode=%o", mode)))
			try(fmt.Sprintf("a folder of mode %o of somebody else", mode), theirs, nobody(theirs.out), want, "Get the right to write there", theirs.parent)
		}
		sticky := at(mounted(t, "size=64m,mode=1777")) // as /tmp: only its owner may replace a folder there
		sticky.clear(t, true)
		sticky.others = sticky.tree(t, func(path string) bool { return path != "out" })
		try("an empty folder of somebody else in a folder for everybody", sticky, nobody(sticky.out), 1, "Get the right to write there", sticky.out)
		return targets
	})
}

// readable gives a copy of a snapshot that every user may read.
func readable(t *testing.T, snapshot string) string {
	t.Helper()
	public := filepath.Join(scratch, "readable")
	for _, name := range []string{"devices.parquet", "meter_points.parquet"} {
		text, err := os.ReadFile(filepath.Join(snapshot, name))
		if err == nil {
			err = os.MkdirAll(public, 0o755)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(public, name), text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return public
}
