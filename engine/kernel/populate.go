package kernel

import "unsafe"

// populatedBytes is the least memory that is worth a call of the system.
const populatedBytes = 256 << 10

// Populate has the pages behind fresh memory made at once, where it is large.
func Populate[T any](fresh []T) {
	if bytes := uintptr(len(fresh)) * unsafe.Sizeof(*new(T)); bytes >= populatedBytes {
		populate(unsafe.Pointer(unsafe.SliceData(fresh)), bytes)
	}
}
