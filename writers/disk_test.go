package writers

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// disk is a file system in memory that writes down what is done to it, so that
// a crash can be tried at every moment (crash_model_test.go). Paths are
// absolute; there are no links, and modes are those that FS promises.
type disk struct {
	mu      sync.Mutex
	nodes   map[int]*node // by number; a number is never used twice
	next    int
	locked  map[int]bool
	history []effect
}

// node is a file or folder, apart from the names under which it stands.
type node struct {
	folder bool
	names  map[string]int // of a folder
	data   []byte         // of a file
}

const rootNode = 1 // 0 is no node

func newDisk() *disk {
	root := &node{folder: true, names: map[string]int{}}
	return &disk{nodes: map[int]*node{rootNode: root}, next: rootNode + 1, locked: map[int]bool{}}
}

var _ FS = &disk{}

// find gives the node of a path and its number.
func (d *disk) find(op, name string) (int, *node, error) {
	number := rootNode
	for part := range strings.SplitSeq(strings.Trim(path.Clean(name), "/"), "/") {
		if part == "" {
			continue
		}
		if !d.nodes[number].folder {
			return 0, nil, &fs.PathError{Op: op, Path: name, Err: syscall.ENOTDIR}
		}
		if number = d.nodes[number].names[part]; number == 0 {
			return 0, nil, &fs.PathError{Op: op, Path: name, Err: syscall.ENOENT}
		}
	}
	return number, d.nodes[number], nil
}

// enter changes names in a folder in one step; 0 takes a name away.
func (d *disk) enter(what, folder string, number int, names map[string]int) {
	for name, target := range names {
		if target == 0 {
			delete(d.nodes[number].names, name)
		} else {
			d.nodes[number].names[name] = target
		}
	}
	d.history = append(d.history, effect{kind: entered, what: what + " " + folder, node: number, names: names})
}

// add makes a node under a name that is free.
func (d *disk) add(op, name string, n *node) (int, error) {
	parent, folder, err := d.find(op, path.Dir(name))
	if err != nil {
		return 0, err
	}
	if !folder.folder {
		return 0, &fs.PathError{Op: op, Path: name, Err: syscall.ENOTDIR}
	}
	if folder.names[path.Base(name)] != 0 {
		return 0, &fs.PathError{Op: op, Path: name, Err: syscall.EEXIST}
	}
	number := d.next
	d.next++
	d.nodes[number] = n
	d.history = append(d.history, effect{kind: made, what: op + " " + name, node: number, folder: n.folder})
	d.enter(op, name, parent, map[string]int{path.Base(name): number})
	return number, nil
}

func (d *disk) Mkdir(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, err := d.add("mkdir", name, &node{folder: true, names: map[string]int{}})
	return err
}

func (d *disk) Create(name string) (File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	number, err := d.add("create", name, &node{})
	if err != nil {
		return nil, err
	}
	return &diskFile{d, name, number}, nil
}

type diskFile struct {
	disk   *disk
	name   string
	number int
}

func (f *diskFile) Write(p []byte) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	n := f.disk.nodes[f.number]
	n.data = append(n.data, p...)
	f.disk.history = append(f.disk.history, effect{kind: wrote, what: "write " + f.name, node: f.number, data: bytes.Clone(p)})
	return len(p), nil
}

func (f *diskFile) Sync() error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	f.disk.history = append(f.disk.history, effect{kind: synced, what: "sync " + f.name, node: f.number})
	return nil
}

func (f *diskFile) Close() error { return nil }

func (d *disk) Open(name string) (ReadFile, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, n, err := d.find("open", name)
	if err != nil {
		return nil, err
	}
	return struct {
		*bytes.Reader
		io.Closer
	}{bytes.NewReader(n.data), io.NopCloser(nil)}, nil
}

func (d *disk) Rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	number, moved, err := d.find("rename", from)
	if err != nil {
		return err
	}
	source, _, _ := d.find("rename", path.Dir(from))
	target, _, err := d.find("rename", path.Dir(to))
	if err != nil {
		return err
	}
	if _, there, err := d.find("rename", to); err == nil {
		switch {
		case there.folder && !moved.folder:
			return &fs.PathError{Op: "rename", Path: to, Err: syscall.EISDIR}
		case !there.folder && moved.folder:
			return &fs.PathError{Op: "rename", Path: to, Err: syscall.ENOTDIR}
		case len(there.names) > 0:
			return &fs.PathError{Op: "rename", Path: to, Err: syscall.ENOTEMPTY}
		}
	}
	if source == target {
		d.enter("rename", to, source, map[string]int{path.Base(from): 0, path.Base(to): number})
		return nil
	}
	d.enter("rename", to, target, map[string]int{path.Base(to): number})
	d.enter("rename away", from, source, map[string]int{path.Base(from): 0})
	return nil
}

func (d *disk) RemoveAll(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.removeAll(name)
}

func (d *disk) removeAll(name string) error {
	_, n, err := d.find("remove", name)
	if err != nil {
		return nil
	}
	for _, below := range slices.Sorted(maps.Keys(n.names)) {
		if err := d.removeAll(path.Join(name, below)); err != nil {
			return err
		}
	}
	parent, _, err := d.find("remove", path.Dir(name))
	d.enter("remove", name, parent, map[string]int{path.Base(name): 0})
	return err
}

func (d *disk) SyncDir(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	number, _, err := d.find("sync", name)
	if err == nil {
		d.history = append(d.history, effect{kind: syncedFolder, what: "sync folder " + name, node: number})
	}
	return err
}

func (d *disk) ReadDir(name string) ([]fs.DirEntry, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, n, err := d.find("open", name)
	if err != nil {
		return nil, err
	}
	if !n.folder {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: syscall.ENOTDIR}
	}
	var entries []fs.DirEntry
	for _, entry := range slices.Sorted(maps.Keys(n.names)) {
		entries = append(entries, fs.FileInfoToDirEntry(nodeInfo{entry, d.nodes[n.names[entry]]}))
	}
	return entries, nil
}

func (d *disk) Lstat(name string) (fs.FileInfo, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, n, err := d.find("lstat", name)
	if err != nil {
		return nil, err
	}
	return nodeInfo{path.Base(name), n}, nil
}

type nodeInfo struct {
	name string
	*node
}

func (i nodeInfo) Name() string       { return i.name }
func (i nodeInfo) Size() int64        { return int64(len(i.data)) }
func (i nodeInfo) ModTime() time.Time { return time.Time{} }
func (i nodeInfo) IsDir() bool        { return i.folder }
func (i nodeInfo) Sys() any           { return nil }
func (i nodeInfo) Mode() fs.FileMode {
	if i.folder {
		return fs.ModeDir | folderMode
	}
	return fileMode
}

func (d *disk) IsMountPoint(name string) (bool, error) {
	_, err := d.Lstat(name)
	return false, err
}

// Lock does not wait: nobody else is there in the tests that use a disk.
func (d *disk) Lock(_ context.Context, name string) (io.Closer, error) { return d.TryLock(name) }

func (d *disk) TryLock(name string) (io.Closer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	number, n, err := d.find("open", name)
	switch {
	case err != nil:
		return nil, err
	case !n.folder:
		return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.ENOTDIR}
	case d.locked[number]:
		return nil, fmt.Errorf("cannot lock %s: %w", name, ErrLocked)
	}
	d.locked[number] = true
	return diskLock{d, number}, nil
}

type diskLock struct {
	disk   *disk
	number int
}

func (l diskLock) Close() error {
	l.disk.mu.Lock()
	defer l.disk.mu.Unlock()
	delete(l.disk.locked, l.number)
	return nil
}

// endProcess gives back what locks the running process held.
func (d *disk) endProcess() { clear(d.locked) }

// put writes files and, where a path ends in a slash, folders, with the folders
// above them.
func (d *disk) put(files map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		parts := strings.Split(name, "/")
		for i := 2; i < len(parts); i++ {
			_ = d.Mkdir(strings.Join(parts[:i], "/"))
		}
		if parts[len(parts)-1] == "" {
			continue
		}
		f, err := d.Create(name)
		if err != nil {
			panic(err)
		}
		_, _ = f.Write([]byte(files[name]))
	}
}

// tree gives all below a folder as put takes it; nil where there is no folder.
func (d *disk) tree(folder string) map[string]string {
	_, n, err := d.find("open", folder)
	if err != nil || !n.folder {
		return nil
	}
	files := map[string]string{}
	for name, number := range n.names {
		below := path.Join(folder, name)
		if n := d.nodes[number]; n.folder {
			files[below+"/"] = ""
			maps.Copy(files, d.tree(below))
		} else {
			files[below] = string(n.data)
		}
	}
	return files
}
