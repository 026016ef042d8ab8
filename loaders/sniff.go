package loaders

import (
	"bytes"
	"fmt"
	"os"
	"unicode/utf8"
)

// beginnings are what files start with that somebody may take for an extract.
var beginnings = []struct{ magic, kind string }{
	{"PARE", "encrypted Parquet"},
	{"ARROW1", "an Arrow file"},
	{"\xff\xff\xff\xff", "an Arrow stream"},
	{"\x1f\x8b", "gzip-compressed data"},
	{"\x28\xb5\x2f\xfd", "zstd-compressed data"},
	{"PK\x03\x04", "a zip archive or a spreadsheet"},
	{"ORC", "ORC"},
	{"Obj\x01", "Avro"},
	{"SQLite format 3", "an SQLite database"},
}

// sniff tells what a file holds, in words that fit after "it holds".
func sniff(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	if info.Size() == 0 {
		return "nothing (0 bytes)", nil
	}
	head := make([]byte, min(info.Size(), 512))
	tail := make([]byte, min(info.Size(), 4))
	if _, err := file.ReadAt(head, 0); err != nil {
		return "", err
	}
	if _, err := file.ReadAt(tail, info.Size()-int64(len(tail))); err != nil {
		return "", err
	}
	return kindOf(head, tail, info.Size()), nil
}

// kindOf judges by the first and the last bytes of a file.
func kindOf(head, tail []byte, size int64) string {
	starts := bytes.HasPrefix(head, []byte(parquetMagic))
	switch {
	case starts && string(tail) == parquetMagic && size >= minParquetBytes:
		return "Parquet"
	case starts && string(tail) == "PARE":
		return "encrypted Parquet"
	case starts:
		return fmt.Sprintf("the beginning of a Parquet file whose end is missing (%d bytes are there)", size)
	case string(tail) == parquetMagic:
		return "the end of a Parquet file whose beginning is missing or damaged"
	}
	for _, b := range beginnings {
		if bytes.HasPrefix(head, []byte(b.magic)) {
			return b.kind
		}
	}
	if isText(head) {
		return "text"
	}
	return "binary data of no known format"
}

// isText tells UTF-8 or Latin text: no control characters but white space. The
// last character may be cut off.
func isText(head []byte) bool {
	for len(head) > 0 {
		r, n := utf8.DecodeRune(head)
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			return false
		}
		head = head[n:]
	}
	return true
}
