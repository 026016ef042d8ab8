package loaders

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	// maxZstdWindowBytes is what a zstd decoder should accept at least (RFC 8878,
	// 3.1.1.1.2), and what levels up to 19 keep to.
	maxZstdWindowBytes = 8 << 20

	// A file may unpack to freelyUnpackedBytes whatever its size, and to
	// maxUnpackingRatio times the bytes read of it beyond: rows of different
	// identifiers do not shrink so far.
	freelyUnpackedBytes = 64 << 20
	maxUnpackingRatio   = 100
)

// packing is a form of compression that a CSV file may have.
type packing struct {
	name, ending string
	open         func(*bufio.Reader) (source io.Reader, release func(), err error)
}

var packings = []*packing{
	{"gzip", ".gz", func(packed *bufio.Reader) (io.Reader, func(), error) {
		r, err := gzip.NewReader(packed)
		return r, func() {}, err
	}},
	{"zstd", ".zst", func(packed *bufio.Reader) (io.Reader, func(), error) {
		r, ok := zstdDecoders.Get().(*zstd.Decoder)
		if !ok {
			var err error
			if r, err = newZstdDecoder(); err != nil {
				return nil, nil, err
			}
		}
		if err := r.Reset(packed); err != nil {
			return nil, nil, err
		}
		return r, func() {
			if r.Reset(nil) == nil {
				zstdDecoders.Put(r)
			}
		}, nil
	}},
}

// zstdDecoders are those of no file at present: each has a window, and a file
// is opened several times.
var zstdDecoders sync.Pool

// newZstdDecoder is one without goroutines, which need not be closed.
func newZstdDecoder() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxZstdWindowBytes))
}

// packingOf tells whether a file's content is compressed; nil: it is not.
func packingOf(found content) *packing {
	for _, p := range packings {
		if found.kind == p.name+"-compressed data" {
			return p
		}
	}
	return nil
}

// sniff tells what the beginning of a compressed file unpacks to.
func (p *packing) sniff(path string) (content, error) {
	file, err := os.Open(path)
	if err != nil {
		return content{}, err
	}
	defer file.Close()
	u, err := p.openUnpacker(file)
	if err != nil {
		return content{}, err
	}
	defer u.release()
	head := make([]byte, sniffedBytes)
	n, err := io.ReadFull(u, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return content{}, err
	}
	if n == 0 {
		return content{p.name + "-compressed data that unpacks to nothing (0 bytes)", "ask for the extract again, or leave the file out"}, nil
	}
	if found := kindOf(head[:n], nil, int64(n)); found.kind == "text" {
		return found, nil
	}
	return content{p.name + "-compressed data that is no text", "only CSV may be compressed as a whole file: unpack it, and give what comes out"}, nil
}

// mostUnpacked is how many bytes a file may unpack to.
func mostUnpacked(packedBytes int64) int64 {
	return max(freelyUnpackedBytes, maxUnpackingRatio*packedBytes)
}

// unpacker reads what a compressed file unpacks to, and bounds it.
type unpacker struct {
	packing  *packing
	packed   *countingReader
	buffer   *bufio.Reader
	source   io.Reader
	release  func()
	unpacked int64 // bytes
}

// countingReader counts what is read of a file, and keeps the error that is not
// the end of it.
type countingReader struct {
	source io.Reader
	bytes  int64
	err    error
}

func (c *countingReader) Read(into []byte) (int, error) {
	n, err := c.source.Read(into)
	c.bytes += int64(n)
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

// openUnpacker reads the header of the first part.
func (p *packing) openUnpacker(file io.Reader) (*unpacker, error) {
	u := &unpacker{packing: p, packed: &countingReader{source: file}, release: func() {}}
	u.buffer = bufio.NewReaderSize(u.packed, 64<<10)
	source, release, err := p.open(u.buffer)
	if err != nil {
		return nil, u.fault(err)
	}
	u.source, u.release = source, release
	return u, nil
}

// Read gives io.EOF only where the file is whole.
func (u *unpacker) Read(into []byte) (int, error) {
	n, err := u.read(into)
	u.unpacked += int64(n)
	if u.unpacked > mostUnpacked(u.used()) {
		err = errTooDense
	}
	if err != nil && err != io.EOF {
		return 0, u.fault(err)
	}
	return n, err
}

func (u *unpacker) read(into []byte) (n int, err error) {
	release := u.release
	u.release = func() {} // what has panicked serves no other file
	defer barrier(&err)
	n, err = u.source.Read(into)
	u.release = release
	return n, err
}

// used is how many bytes of the file went into what was unpacked.
func (u *unpacker) used() int64 { return u.packed.bytes - int64(u.buffer.Buffered()) }

var errTooDense = fmt.Errorf("it unpacks to more than %d MiB and %d times its size: no extract does", freelyUnpackedBytes>>20, maxUnpackingRatio)

// packingFault is where a compressed file cannot be unpacked, and why.
type packingFault struct {
	usedBytes, unpackedBytes int64
	err                      error
	next                     string
}

func (f *packingFault) Error() string {
	return fmt.Sprintf("after %d bytes, which unpack to %d: %v", f.usedBytes, f.unpackedBytes, f.err)
}

func (u *unpacker) fault(err error) error {
	if u.packed.err != nil {
		return u.packed.err // the disk's
	}
	f := &packingFault{u.used(), u.unpacked, err, "Ask for the file again, or pack it again; " + u.packing.name + " -t tells whether it is whole"}
	name := u.packing.name
	switch {
	case errors.Is(err, errTooDense):
		f.next = "Look at what it unpacks to; if that is an extract, give it unpacked"
	case errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded):
		f.err = fmt.Errorf("it takes a window of more than %d MiB to unpack, or is damaged", maxZstdWindowBytes>>20)
		f.next = "Pack it again without --long and --ultra, or give it unpacked"
	case errors.Is(err, zstd.ErrUnknownDictionary):
		f.err = errors.New("it was packed with a dictionary, which is not here")
		f.next = "Pack it again without -D, or give it unpacked"
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		f.err = fmt.Errorf("the %s data ends before its end: the file was cut off", name)
	case errors.Is(err, gzip.ErrChecksum) || errors.Is(err, zstd.ErrCRCMismatch):
		f.err = fmt.Errorf("the checksum of the %s data is wrong: the file is damaged", name)
	case errors.Is(err, gzip.ErrHeader) || errors.Is(err, zstd.ErrMagicMismatch):
		f.err = fmt.Errorf("something else than %s data follows, or a damaged beginning of it", name)
	default:
		f.err = fmt.Errorf("the %s data is damaged: %w", name, err)
	}
	return f
}
