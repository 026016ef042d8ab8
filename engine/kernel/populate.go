package kernel

import "unsafe"

const (
	leastPopulated = 256 << 10 // less is not worth a call of the system
	mostPopulated  = 8 << 20   // more may be what a damaged file asks for, and never used
)

// Populate has the pages behind fresh memory made at once, where it is large.
func Populate[T any](fresh []T) {
	if bytes := uintptr(len(fresh)) * unsafe.Sizeof(*new(T)); bytes >= leastPopulated && bytes <= mostPopulated {
		populate(unsafe.Pointer(unsafe.SliceData(fresh)), bytes)
	}
}
