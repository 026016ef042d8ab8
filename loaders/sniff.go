package loaders

import (
	"bytes"
	"fmt"
	"os"
)

// sniffedBytes is how much of a file's beginning tells text from binary data.
const sniffedBytes = 64 << 10

// content is what a file holds, in words that fit after "it holds", and what
// to do where that cannot be read.
type content struct{ kind, next string }

const (
	wholeParquet = "give a whole Parquet file; what a Parquet file is starts and ends with the four letters PAR1"
	otherFormat  = "write the extract as Parquet, Arrow IPC or CSV"

	arrowFileKind   = "an Arrow file"
	arrowStreamKind = "an Arrow stream"
)

// beginnings are what files start with that somebody may take for an extract.
var beginnings = []struct {
	magic string
	content
}{
	{"PARE", content{"encrypted Parquet", "write the extract without encryption"}},
	{arrowMagic, content{kind: arrowFileKind}},
	{"\xff\xff\xff\xff", content{kind: arrowStreamKind}},
	{"FEA1", content{"Feather of version 1", otherFormat}},
	{"\x1f\x8b", content{kind: "gzip-compressed data"}},
	{"\x28\xb5\x2f\xfd", content{kind: "zstd-compressed data"}},
	{"PK\x03\x04", content{"a zip archive or a spreadsheet", "unpack the archive, or save the spreadsheet as CSV"}},
	{"ORC", content{"ORC", otherFormat}},
	{"Obj\x01", content{"Avro", otherFormat}},
	{"SQLite format 3", content{"an SQLite database", otherFormat}},
	{"\xff\xfe", content{"UTF-16 text", "save it as UTF-8"}},
	{"\xfe\xff", content{"UTF-16 text", "save it as UTF-8"}},
}

// sniff tells what a file holds.
func sniff(path string) (content, error) {
	file, err := os.Open(path)
	if err != nil {
		return content{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return content{}, err
	}
	if info.Size() == 0 {
		return content{"nothing (0 bytes)", "ask for the extract again, or leave the file out"}, nil
	}
	head := make([]byte, min(info.Size(), sniffedBytes))
	tail := make([]byte, min(info.Size(), 4))
	if _, err := file.ReadAt(head, 0); err != nil {
		return content{}, err
	}
	if _, err := file.ReadAt(tail, info.Size()-int64(len(tail))); err != nil {
		return content{}, err
	}
	return kindOf(head, tail, info.Size()), nil
}

// kindOf judges by the first and the last bytes of a file.
func kindOf(head, tail []byte, size int64) content {
	starts := bytes.HasPrefix(head, []byte(parquetMagic))
	switch {
	case starts && string(tail) == parquetMagic && size >= minParquetBytes:
		return content{kind: "Parquet"}
	case starts && string(tail) == "PARE":
		return content{"encrypted Parquet", "write the extract without encryption"}
	case starts:
		return content{fmt.Sprintf("the beginning of a Parquet file whose end is missing (%d bytes are there)", size), wholeParquet}
	case string(tail) == parquetMagic:
		return content{"the end of a Parquet file whose beginning is missing or damaged", wholeParquet}
	}
	for _, b := range beginnings {
		if bytes.HasPrefix(head, []byte(b.magic)) {
			return b.content
		}
	}
	if bytes.IndexByte(head, 0) < 0 {
		return content{kind: "text"}
	}
	return content{"binary data of no known format", otherFormat}
}
