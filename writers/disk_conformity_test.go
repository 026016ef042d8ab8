package writers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDiskIsLikeOS does the same with a disk in memory and with the operating
// system, and compares what comes of every step.
func TestDiskIsLikeOS(t *testing.T) {
	d := newDisk()
	d.put(map[string]string{"/site/": ""})
	onDisk, onOS := conform(t.Context(), d, "/site"), conform(t.Context(), OS{}, t.TempDir())
	if diff := cmp.Diff(onOS, onDisk); diff != "" {
		t.Errorf("(-OS +disk):\n%s", diff)
	}
}

// conform tries steps below a root, one by one, and writes down the outcomes.
func conform(ctx context.Context, fsys FS, root string) []string {
	c := &conformity{fs: fsys, root: root}
	c.step("mkdir a", fsys.Mkdir(c.at("a")))
	c.step("mkdir a again", fsys.Mkdir(c.at("a")))
	c.step("mkdir without parent", fsys.Mkdir(c.at("b/c")))
	c.create("a/f", "text")
	c.create("a/f", "again")
	c.create("none/f", "text")
	c.create("a/f/g", "below a file")
	c.read("a/f")
	c.read("a/none")
	c.list("a")
	c.list("none")
	c.list("a/f")
	c.step("mkdir empty", fsys.Mkdir(c.at("empty")))
	c.step("rename file over folder", fsys.Rename(c.at("a/f"), c.at("empty")))
	c.step("rename folder over file", fsys.Rename(c.at("empty"), c.at("a/f")))
	c.step("rename folder over full one", fsys.Rename(c.at("empty"), c.at("a")))
	c.step("rename folder over empty one", fsys.Rename(c.at("a"), c.at("empty")))
	c.step("rename what is not there", fsys.Rename(c.at("a"), c.at("x")))
	c.create("f", "old")
	c.step("rename file to another folder", fsys.Rename(c.at("empty/f"), c.at("f")))
	c.read("f")
	c.list("")
	c.locks(ctx)
	c.step("sync folder", fsys.SyncDir(c.at("empty")))
	c.step("sync what is not there", fsys.SyncDir(c.at("none")))
	c.step("remove folder with content", fsys.RemoveAll(c.at("empty")))
	c.step("remove what is not there", fsys.RemoveAll(c.at("empty")))
	c.list("")
	return c.outcomes
}

type conformity struct {
	fs       FS
	root     string
	outcomes []string
}

func (c *conformity) at(name string) string { return filepath.Join(c.root, name) }

func (c *conformity) step(what string, err error) {
	var number syscall.Errno
	switch {
	case err == nil:
		what += ": done"
	case errors.Is(err, ErrLocked):
		what += ": locked"
	case errors.As(err, &number):
		what += ": " + number.Error()
	default:
		what += ": another error"
	}
	c.outcomes = append(c.outcomes, what)
}

func (c *conformity) create(name, text string) {
	f, err := c.fs.Create(c.at(name))
	if err == nil {
		_, err = f.Write([]byte(text))
		err = errors.Join(err, f.Sync(), f.Close())
	}
	c.step("create "+name, err)
}

func (c *conformity) read(name string) {
	f, err := c.fs.Open(c.at(name))
	c.step("open "+name, err)
	if err != nil {
		return
	}
	text, err := io.ReadAll(f)
	tail := make([]byte, 2)
	n, errAt := f.ReadAt(tail, 1)
	c.step(fmt.Sprintf("read %q, at one %q", text, tail[:n]), errors.Join(err, errAt, f.Close()))
}

func (c *conformity) list(name string) {
	entries, err := c.fs.ReadDir(c.at(name))
	var names []string
	for _, e := range entries {
		info, _ := c.fs.Lstat(c.at(filepath.Join(name, e.Name())))
		size := info.Size()
		if info.IsDir() {
			size = 0
		}
		names = append(names, fmt.Sprint(e.Name(), " ", e.IsDir(), " ", info.Mode(), " ", size))
	}
	c.step("list "+name+" "+strings.Join(names, ", "), err)
}

func (c *conformity) locks(ctx context.Context) {
	lock, err := c.fs.TryLock(c.at("empty"))
	c.step("lock", err)
	_, err = c.fs.TryLock(c.at("empty"))
	c.step("lock again", err)
	c.step("rename what is locked", c.fs.Rename(c.at("empty"), c.at("moved")))
	_, err = c.fs.TryLock(c.at("moved"))
	c.step("lock again under its new name", err)
	c.step("unlock", errors.Join(lock.Close(), c.fs.Rename(c.at("moved"), c.at("empty"))))
	lock, err = c.fs.Lock(ctx, c.at("empty"))
	c.step("lock in the end", errors.Join(err, lock.Close()))
	_, err = c.fs.TryLock(c.at("f"))
	c.step("lock a file", err)
	_, err = c.fs.TryLock(c.at("none"))
	c.step("lock what is not there", err)
	_, err = c.fs.IsMountPoint(c.at("none"))
	c.step("mount point that is not there", err)
}
