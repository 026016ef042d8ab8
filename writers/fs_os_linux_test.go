package writers

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestOSPassesErrorsOn asks for what no system does: make the process table
// durable, remove what is in it, remove a folder by the name ".".
func TestOSPassesErrorsOn(t *testing.T) {
	if err := (OS{}).SyncDir("/proc"); err == nil {
		t.Error("the process table was made durable")
	}
	if err := removeByPath("/proc/self/fdinfo"); err == nil {
		t.Error("the process table was removed")
	}
	if err := (OS{}).RemoveAll(t.TempDir() + "/."); err == nil {
		t.Error("a folder was removed by the name .")
	}
}

// TestOSFollowsNoLink: neither to read nor to lock.
func TestOSFollowsNoLink(t *testing.T) {
	folder := t.TempDir()
	file, link := filepath.Join(folder, "file"), filepath.Join(folder, "link")
	if err := errors.Join(os.WriteFile(file, nil, 0o640), os.Symlink("file", link), os.Symlink(".", link+"-of-folder")); err != nil {
		t.Fatal(err)
	}
	if _, err := (OS{}).Open(link); !errors.Is(err, syscall.ELOOP) {
		t.Errorf("a link is read: %v", err)
	}
	if _, err := (OS{}).TryLock(link + "-of-folder"); err == nil {
		t.Error("a link is locked")
	}
}

// TestLocksAreOfThisProcess: a lock ends with its file, no program that is
// started inherits it, and who waits for it may be told to stop.
func TestLocksAreOfThisProcess(t *testing.T) {
	folder := t.TempDir()
	lock, err := OS{}.TryLock(folder)
	if err != nil {
		t.Fatal(err)
	}
	if flags, err := unix.FcntlInt(lock.(*os.File).Fd(), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
		t.Errorf("programs inherit the lock: flags %#x, %v", flags, err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := (OS{}).Lock(stopped, folder); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := lock.Close(); err != nil {
		t.Error(err)
	}
}

// TestOSLeavesNothingOpen, whatever comes of an operation.
func TestOSLeavesNothingOpen(t *testing.T) {
	folder := t.TempDir()
	lock, err := OS{}.TryLock(folder)
	if err != nil {
		t.Fatal(err)
	}
	before := openDescriptors(t)
	if err := (OS{}).SyncDir(folder); err != nil {
		t.Error(err)
	}
	if _, err := (OS{}).TryLock(folder); !errors.Is(err, ErrLocked) {
		t.Errorf("got %v", err)
	}
	if now := openDescriptors(t); now != before {
		t.Errorf("%d files are open, and %d were", now, before)
	}
	if err := lock.Close(); err != nil {
		t.Error(err)
	}
}

// TestRemovingNeedsOneDescriptor: a folder of many levels goes where two files
// may be opened, and where none may that is told.
func TestRemovingNeedsOneDescriptor(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "out")
	if err := os.MkdirAll(filepath.Join(folder, "a/b/c/d/e"), 0o750); err != nil {
		t.Fatal(err)
	}
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	for _, more := range []int{0, 2} {
		limited := before
		limited.Cur = uint64(freeDescriptor(t) + more)
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limited); err != nil {
			t.Fatal(err)
		}
		err := OS{}.RemoveAll(folder)
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
			t.Fatal(err)
		}
		if more == 0 && !errors.Is(err, syscall.EMFILE) || more > 0 && err != nil {
			t.Errorf("with %d descriptors: %v", more, err)
		}
	}
	if _, err := os.Lstat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

// freeDescriptor is the number that the next file to be opened gets.
func freeDescriptor(t *testing.T) int {
	t.Helper()
	fd, err := unix.Open("/", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Close(fd); err != nil {
		t.Fatal(err)
	}
	return fd
}
