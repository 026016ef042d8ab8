package loaders

import (
	"io"
	"sync"
)

// All goroutines of this package start here.

const (
	// aheadBuffers of aheadBytes each are unpacked before they are asked for.
	aheadBuffers = 4
	aheadBytes   = 256 << 10
)

// readAhead reads a source on a goroutine of its own, which its owner stops by
// Close, and which ends with the source.
type readAhead struct {
	full  chan []byte
	empty chan []byte
	stop  chan struct{}
	once  sync.Once
	rest  []byte // of the buffer at hand
	whole []byte // that buffer
	err   error  // behind the last buffer; written before full is closed
}

// startReading has the goroutine read until an error, io.EOF among them. The
// source may panic.
func startReading(source io.Reader) *readAhead {
	a := &readAhead{full: make(chan []byte, aheadBuffers), empty: make(chan []byte, aheadBuffers), stop: make(chan struct{})}
	for range aheadBuffers {
		a.empty <- nil
	}
	go func() {
		defer close(a.full)
		a.err = a.fill(source)
	}()
	return a
}

// fill fills buffers until there is nothing more to read, or nobody who waits.
func (a *readAhead) fill(source io.Reader) (err error) {
	defer barrier(&err)
	for err == nil {
		var buffer []byte
		select {
		case <-a.stop:
			return io.ErrClosedPipe
		case buffer = <-a.empty:
		}
		buffer = grow(buffer, aheadBytes)
		n := 0
		for n < len(buffer) && err == nil {
			var read int
			read, err = source.Read(buffer[n:])
			n += read
		}
		a.full <- buffer[:n] // there is room: no more buffers go round
	}
	return err
}

// Read gives what was read ahead.
func (a *readAhead) Read(into []byte) (int, error) {
	if len(a.rest) == 0 {
		if a.whole != nil {
			a.empty <- a.whole
			a.whole = nil
		}
		buffer, more := <-a.full
		if !more {
			return 0, a.err
		}
		a.whole, a.rest = buffer, buffer
	}
	n := copy(into, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// Close stops the goroutine and waits for it.
func (a *readAhead) Close() error {
	a.once.Do(func() { close(a.stop) })
	for range a.full { //nolint:revive // until it is closed
	}
	return nil
}
