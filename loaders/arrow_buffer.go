package loaders

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

const (
	// packedPrefixBytes is the length that stands before a compressed buffer.
	packedPrefixBytes = 8
	// maxUnpackedBytes bounds a compressed buffer: a second of work at most.
	maxUnpackedBytes = 1 << 30
	packedReadBytes  = 32 << 10
)

// arrowBuffer gives the bytes of one buffer of a record batch from front to
// back. Compressed ones are unpacked as they are asked for, so that whatever
// they claim to hold takes no memory. One goroutine uses it.
type arrowBuffer struct {
	file     io.ReaderAt
	at       int64 // in the file: the next byte
	left     int64 // bytes, unpacked
	unpacked io.Reader
	packed   *bufio.Reader
	zstd     *zstd.Decoder
	lz4      *lz4.Reader
}

var errArrowBuffer = errors.New("its data ends before its last value")

// start goes to the beginning of a buffer, which stands in a body at a place of
// the file.
func (b *arrowBuffer) start(file io.ReaderAt, body int64, span arrowSpan, codec arrowCodec) error {
	b.file, b.at, b.left, b.unpacked = file, body+span.at, span.bytes, nil
	if codec == arrowPlain || span.bytes == 0 {
		return nil
	}
	var prefix [packedPrefixBytes]byte
	if span.bytes < packedPrefixBytes {
		return errArrowBuffer
	}
	if _, err := file.ReadAt(prefix[:], b.at); err != nil {
		return err
	}
	b.at, b.left = b.at+packedPrefixBytes, b.left-packedPrefixBytes
	size := int64(binary.LittleEndian.Uint64(prefix[:]))
	if size == -1 { // too little to be worth packing
		return nil
	}
	if size < 0 || size > maxUnpackedBytes {
		return fmt.Errorf("a compressed buffer is said to hold %d bytes, and %d are read at most", size, maxUnpackedBytes)
	}
	source := io.NewSectionReader(file, b.at, b.left)
	if b.left = size; b.packed == nil {
		b.packed = bufio.NewReaderSize(source, packedReadBytes)
	}
	b.packed.Reset(source)
	return b.unpack(codec)
}

func (b *arrowBuffer) unpack(codec arrowCodec) (err error) {
	if codec == arrowLZ4 {
		if b.lz4 == nil {
			b.lz4 = lz4.NewReader(nil)
		}
		b.lz4.Reset(b.packed)
		b.unpacked = b.lz4
		return nil
	}
	if b.zstd == nil {
		if b.zstd, err = newZstdDecoder(); err != nil {
			return err
		}
	}
	b.unpacked = b.zstd
	return b.zstd.Reset(b.packed)
}

// skip leaves out the next n bytes.
func (b *arrowBuffer) skip(n int64) error {
	if n < 0 || n > b.left {
		return errArrowBuffer
	}
	b.at, b.left = b.at+n, b.left-n
	if b.unpacked == nil || n == 0 {
		return nil
	}
	_, err := io.CopyN(io.Discard, b.unpacked, n)
	return early(err)
}

// read fills into with the next bytes.
func (b *arrowBuffer) read(into []byte) error {
	n := int64(len(into))
	if n == 0 {
		return nil
	}
	if n > b.left {
		return errArrowBuffer
	}
	var err error
	if b.unpacked != nil {
		_, err = io.ReadFull(b.unpacked, into)
	} else if _, err = b.file.ReadAt(into, b.at); err == io.EOF {
		err = errChanged // the file was long enough when it was planned
	}
	b.at, b.left = b.at+n, b.left-n
	return early(err)
}

// finish goes to the end of a compressed buffer, where its checksum stands if it
// has one, and wants it to be where it is said to be.
func (b *arrowBuffer) finish() error {
	if b.unpacked == nil || b.left > packedReadBytes {
		return nil // what follows the values is nobody's concern
	}
	n, err := io.CopyN(io.Discard, b.unpacked, b.left+1)
	b.unpacked = nil
	if err == io.EOF && n == b.left {
		return nil
	}
	if err == nil {
		err = errors.New("its compressed data goes on behind its stated end")
	}
	return early(err)
}

// early says what the end of a compressed buffer means where bytes are wanted.
func early(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return errArrowBuffer
	}
	return err
}

// recycle lets go of the file.
func (b *arrowBuffer) recycle() {
	b.file, b.unpacked = nil, nil
	if b.packed != nil {
		b.packed.Reset(nil)
	}
}
