package writers

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// IsMountPoint is part of FS. The kernel says so itself, of bind mounts too.
func (OS) IsMountPoint(name string) (bool, error) {
	var stat unix.Statx_t
	flags := unix.AT_SYMLINK_NOFOLLOW | unix.AT_NO_AUTOMOUNT
	if err := unix.Statx(unix.AT_FDCWD, name, flags, unix.STATX_BASIC_STATS, &stat); err != nil {
		return false, &fs.PathError{Op: "statx", Path: name, Err: err}
	}
	return stat.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0, nil
}
