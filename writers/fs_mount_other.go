//go:build unix && !linux

package writers

import (
	"io/fs"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// IsMountPoint is part of FS: a folder on another device than its parent.
func (OS) IsMountPoint(name string) (bool, error) {
	var self, parent unix.Stat_t
	if err := unix.Lstat(name, &self); err != nil {
		return false, &fs.PathError{Op: "lstat", Path: name, Err: err}
	}
	if err := unix.Lstat(filepath.Dir(name), &parent); err != nil {
		return false, &fs.PathError{Op: "lstat", Path: filepath.Dir(name), Err: err}
	}
	return self.Dev != parent.Dev, nil
}
