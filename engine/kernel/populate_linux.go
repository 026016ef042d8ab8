package kernel

import (
	"syscall"
	"unsafe"
)

const populateWrite = 23 // MADV_POPULATE_WRITE, Linux 5.14

// populate has the pages behind fresh memory made at once, which costs a
// fraction of a fault for each. Where the kernel knows no such advice, faults
// do it.
func populate(p unsafe.Pointer, bytes uintptr) {
	advise(p, bytes, populateWrite)
}

// release lets go of the pages behind memory that nobody reads any more.
func release(p unsafe.Pointer, bytes uintptr) { advise(p, bytes, syscall.MADV_DONTNEED) }

// advise is madvise(2) on the whole pages within.
func advise(p unsafe.Pointer, bytes, advice uintptr) {
	const page = 4096
	from := (uintptr(p) + page - 1) &^ (page - 1)
	to := (uintptr(p) + bytes) &^ (page - 1)
	if from < to {
		_, _, _ = syscall.RawSyscall(syscall.SYS_MADVISE, from, to-from, advice)
	}
}
