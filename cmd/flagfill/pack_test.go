package main

import (
	"bytes"
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"
)

// pack FILE NEW makes a compressed copy, by the ending of its name.
func pack(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: pack FILE NEW")
	}
	text, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	var out bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&out)
	if strings.HasSuffix(args[1], ".zst") {
		w, err = zstd.NewWriter(&out)
		ts.Check(err)
	}
	_, err = w.Write(text)
	ts.Check(err)
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), out.Bytes(), 0o640))
}

// bomb FILE NEW makes a gzip file that begins with a table and unpacks to a
// quarter of a gigabyte.
func bomb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: bomb FILE NEW")
	}
	text, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	var member, out bytes.Buffer
	for _, part := range []struct {
		into *bytes.Buffer
		text []byte
	}{{&out, text}, {&member, bytes.Repeat([]byte{'\n'}, 16<<20)}} {
		w := gzip.NewWriter(part.into)
		_, err = w.Write(part.text)
		ts.Check(err)
		ts.Check(w.Close())
	}
	for range 16 {
		out.Write(member.Bytes())
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), out.Bytes(), 0o640))
}
