package loaders

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Limits at which tests cannot take the memory or the bytes that they are about
// are tried at the guard itself, which is given what a file would claim.

// endingIn is a file of zeros, as long as wanted, that ends in some bytes.
type endingIn struct {
	size int64
	tail []byte
}

func (f endingIn) ReadAt(into []byte, at int64) (int, error) {
	clear(into)
	if from := f.size - int64(len(f.tail)) - at; from < int64(len(into)) {
		copy(into[max(from, 0):], f.tail[max(-from, 0):])
	}
	return len(into), nil
}

// mustEnd wants an error past a limit, and none at it.
func mustEnd(t *testing.T, past bool, err error, part string) {
	t.Helper()
	if !past && err != nil || past && (err == nil || !strings.Contains(err.Error(), part)) {
		t.Errorf("past the limit %v: %v, want %q", past, err, part)
	}
	if past {
		t.Logf("one past a limit: %v", err)
	}
}

func TestFootersAtTheirLimits(t *testing.T) {
	for more := range 2 {
		length := binary.LittleEndian.AppendUint32(nil, uint32(maxFooterBytes+more))
		raw, err := footerBytes(endingIn{1 << 30, append(length, parquetMagic...)}, 1<<30)
		mustEnd(t, more > 0, err, "its footer takes 67108865 bytes, more than the 67108864 that are read")
		if more == 0 && len(raw) != maxFooterBytes {
			t.Errorf("%d bytes of a Parquet footer were read", len(raw))
		}
		length = binary.LittleEndian.AppendUint32(nil, uint32(maxArrowMetadataBytes+more))
		raw, err = arrowFooter(endingIn{1 << 30, append(length, arrowMagic...)}, 1<<30)
		mustEnd(t, more > 0, err, "its footer takes 67108865 bytes, more than the 67108864 that are read")
		if more == 0 && len(raw) != maxArrowMetadataBytes {
			t.Errorf("%d bytes of an Arrow footer were read", len(raw))
		}
	}
}

func TestPagesAtTheirLimits(t *testing.T) {
	for more := range 2 {
		packed := pageHeader{compressed: maxPageBytes + more, uncompressed: 1}
		mustEnd(t, more > 0, packed.check(math.MaxInt64), "a page takes 268435457 bytes, more than the 268435456")
		unpacked := pageHeader{compressed: 1, uncompressed: maxPageBytes + more}
		mustEnd(t, more > 0, unpacked.check(math.MaxInt64), "a page takes 268435457 bytes, more than the 268435456")
		full := pageHeader{values: maxPageValues + more}
		mustEnd(t, more > 0, full.check(math.MaxInt64), "a page holds 67108865 values, more than the 67108864")
	}
}

// A header is as long as the statistics in it.
func TestPageHeadersAtTheirLimit(t *testing.T) {
	headerOf := func(statisticsBytes int) []byte {
		header := &format.PageHeader{Type: format.DataPage, CompressedPageSize: 1, UncompressedPageSize: 1}
		header.DataPageHeader.Valid = true
		header.DataPageHeader.V.NumValues = 1
		header.DataPageHeader.V.Statistics.MaxValue = bytes.Repeat([]byte("z"), statisticsBytes)
		raw, err := thrift.Marshal(&thrift.CompactProtocol{}, header)
		must(err)
		return raw
	}
	fill := maxPageHeaderBytes - (len(headerOf(maxPageHeaderBytes)) - maxPageHeaderBytes)
	for more := range 2 {
		raw := headerOf(fill + more)
		if len(raw) != maxPageHeaderBytes+more {
			t.Fatalf("the header takes %d bytes", len(raw))
		}
		var w pageWalker
		w.start(bytes.NewReader(append(raw, 0)), 0, int64(len(raw)+1))
		_, err := w.header()
		mustEnd(t, more > 0, err, "page header")
	}
}

func TestTextAtItsLimit(t *testing.T) {
	for more := range 2 {
		mustEnd(t, more > 0, checkText(batchRows, int64(maxTextBytes+more)), "16384 rows hold more than 536870912 bytes of text")
	}
	mustEnd(t, true, new(columnBatch).growText(100, maxTextBytes-99), "16384 rows hold more than")
}

// What is counted here is never touched, and takes no memory.
func TestDictionariesAtTheirLimits(t *testing.T) {
	entries := &arrowDictionary{offsets: make([]int32, maxDictionaryEntries)} // one fewer than that
	text := &arrowDictionary{text: make([]byte, maxTextBytes-100)}
	for more := range 2 {
		mustEnd(t, more > 0, entries.admit(int64(1+more), 0), "it has more than 67108864 entries")
		mustEnd(t, more > 0, text.admit(0, 100+more), "it holds more than 536870912 bytes of text")
	}
}

func TestArrowColumnsAtTheirLimit(t *testing.T) {
	for more := range 2 {
		fields := make([]arrow.Field, maxArrowFields+more)
		for i := range fields {
			fields[i] = arrow.Field{Name: fmt.Sprint(i), Type: arrow.PrimitiveTypes.Int8}
		}
		var out bytes.Buffer
		must(ipc.NewWriter(&out, ipc.WithSchema(arrow.NewSchema(fields, nil))).Close())
		_, err := open(t, saved(t, "x.arrows", out.Bytes())).Plan(t.Context())
		mustEnd(t, more > 0, err, "the schema has more than 65536 columns")
	}
}
