package kernel

const cacheLine = 64

// touch reads a byte of each cache line, so that the processor fetches at once
// all that a loop would wait for one by one. It is not inlined, because nobody
// needs what it gives.
//
//go:noinline
func touch(memory []byte) (anything byte) {
	for i := 0; i < len(memory); i += cacheLine {
		anything |= memory[i]
	}
	return anything
}
