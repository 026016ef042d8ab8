package loaders

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// decompressor brings pages to their full size, which the page's header states:
// no codec may write more, whatever the compressed bytes say. The codecs are
// called here and not through parquet-go, whose wrappers grow the output as
// long as a damaged page asks for more. One goroutine uses it.
type decompressor struct {
	zstd   *zstd.Decoder
	gzip   *gzip.Reader
	brotli *brotli.Reader
}

var errPageSize = errors.New("its page is of another size than its header states")

// What each of these codecs makes of a byte at most.
const (
	mostOfLZ4   = 255     // a byte of a match's length
	mostOfGzip  = 1032    // two bits for a match of 258 bytes
	mostOfZstd  = 1 << 15 // a block of 128 KiB in four bytes
	oftenBrotli = 1 << 10 // has no such bound: more is counted first
)

// check says, before memory is taken for them, whether src can become size
// bytes.
func (d *decompressor) check(codec format.CompressionCodec, src []byte, size int) error {
	fits := true
	switch codec {
	case format.Snappy:
		n, err := snappy.DecodedLen(src)
		fits = err == nil && n == size
	case format.Lz4Raw, format.Lz4:
		fits = size <= mostOfLZ4*len(src)
	case format.Gzip:
		fits = size <= mostOfGzip*len(src)
	case format.Zstd:
		var frame zstd.Header
		if err := frame.Decode(src); err == nil && frame.HasFCS {
			fits = frame.FrameContentSize == uint64(size)
		}
		fits = fits && size <= mostOfZstd*len(src)
	case format.Brotli:
		if size > oftenBrotli*len(src) {
			_, err := io.CopyN(io.Discard, brotli.NewReader(bytes.NewReader(src)), int64(size))
			fits = err == nil
		}
	}
	if !fits {
		return fmt.Errorf("cannot decompress %v page: %w", codec, errPageSize)
	}
	return nil
}

// decompress fills dst from src.
func (d *decompressor) decompress(codec format.CompressionCodec, dst, src []byte) error {
	n, err := d.decode(codec, dst, src)
	if err != nil {
		return fmt.Errorf("cannot decompress %v page: %w", codec, err)
	}
	if n != len(dst) {
		return fmt.Errorf("%w: %d bytes, and not %d", errPageSize, n, len(dst))
	}
	return nil
}

func (d *decompressor) decode(codec format.CompressionCodec, dst, src []byte) (int, error) {
	switch codec {
	case format.Snappy:
		out, err := snappy.Decode(dst, src)
		return len(out), err
	case format.Zstd:
		return d.decodeZstd(dst, src)
	case format.Lz4Raw:
		return lz4.UncompressBlock(src, dst)
	case format.Lz4:
		return decodeHadoopLZ4(dst, src)
	case format.Gzip:
		return d.decodeGzip(dst, src)
	case format.Brotli:
		return d.decodeBrotli(dst, src)
	}
	return 0, &advised{"this codec is not supported", "Write the file with snappy, zstd, gzip, lz4, brotli or none"}
}

// decodeHadoopLZ4 reads what the codec that is called LZ4 alone holds: blocks
// behind their two sizes, big-endian, as Hadoop frames them; or, by writers that
// did not know of that, one block without a frame.
func decodeHadoopLZ4(dst, src []byte) (int, error) {
	if n, ok := decodeLZ4Frames(dst, src); ok {
		return n, nil
	}
	return lz4.UncompressBlock(src, dst)
}

// decodeLZ4Frames reads frames: what is in them unpacked, then pieces, each
// behind its packed size, until that much has come out.
func decodeLZ4Frames(dst, src []byte) (n int, ok bool) {
	for len(src) >= 4 {
		end := uint64(n) + uint64(binary.BigEndian.Uint32(src))
		src = src[4:]
		if end > uint64(len(dst)) {
			return 0, false
		}
		for uint64(n) < end {
			if len(src) < 4 || uint64(binary.BigEndian.Uint32(src)) > uint64(len(src)-4) {
				return 0, false
			}
			packed := src[4 : 4+binary.BigEndian.Uint32(src)]
			k, err := lz4.UncompressBlock(packed, dst[n:end])
			if err != nil || k == 0 {
				return 0, false
			}
			src = src[4+len(packed):]
			n += k
		}
	}
	return n, len(src) == 0
}

func (d *decompressor) decodeZstd(dst, src []byte) (int, error) {
	if d.zstd == nil {
		var err error
		d.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true),
			zstd.WithDecoderMaxMemory(maxPageBytes))
		if err != nil {
			return 0, err
		}
	}
	out, err := d.zstd.DecodeAll(src, dst[:0:len(dst)])
	return len(out), err
}

func (d *decompressor) decodeGzip(dst, src []byte) (int, error) {
	in := bytes.NewReader(src)
	if d.gzip == nil {
		d.gzip = new(gzip.Reader)
	}
	if err := d.gzip.Reset(in); err != nil {
		return 0, err
	}
	return readAll(d.gzip, dst)
}

func (d *decompressor) decodeBrotli(dst, src []byte) (int, error) {
	in := bytes.NewReader(src)
	if d.brotli == nil {
		d.brotli = new(brotli.Reader)
	}
	if err := d.brotli.Reset(in); err != nil {
		return 0, err
	}
	return readAll(d.brotli, dst)
}

// readAll fills dst and wants the stream to end there, which also has its
// checksum looked at.
func readAll(stream io.Reader, dst []byte) (int, error) {
	n, err := io.ReadFull(stream, dst)
	if err != nil {
		return n, err
	}
	var more [1]byte
	if k, err := io.ReadFull(stream, more[:]); err != io.EOF {
		if err == nil || k > 0 {
			err = errPageSize
		}
		return n, err
	}
	return n, nil
}
