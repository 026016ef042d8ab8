package loaders

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"

	"flagfill/engine"
)

// packed is a text as gzip and zstd make it.
func packed(t testing.TB, name, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&out)
	if name == "zstd" {
		var err error
		if w, err = zstd.NewWriter(&out, zstd.WithEncoderConcurrency(1)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// readPacked reads a file of devices, whatever its content.
func readPacked(t testing.TB, content []byte) (*engine.Plan, [][]string, error) {
	t.Helper()
	source, err := Open([]string{saved(t, "x.csv.packed", content)}, engine.Devices, Options{})
	if err != nil {
		return nil, nil, err
	}
	plan, err := source.Plan(context.Background())
	if err != nil {
		return nil, nil, err
	}
	rows, err := readCSVRows(t, source, plan, []int{1, 0})
	return plan, rows, err
}

func TestPackedCSV(t *testing.T) {
	text := "a,b\n" + strings.Repeat("1200023305967,\"A\nB\"\n,x\n", 40_000) // several buffers
	want := slices.Repeat([][]string{{"A\nB", "1200023305967"}, {"x", ""}}, 40_000)
	half := len(text) / 2
	for _, p := range packings {
		for name, content := range map[string][]byte{
			"whole":       packed(t, p.name, text),
			"two members": slices.Concat(packed(t, p.name, text[:half]), packed(t, p.name, text[half:])),
			"empty ones":  slices.Concat(packed(t, p.name, ""), packed(t, p.name, text), packed(t, p.name, "")),
		} {
			plan, rows, err := readPacked(t, content)
			if err != nil || !slices.EqualFunc(rows, want, slices.Equal) {
				t.Errorf("%s, %s: %d rows, %v", p.name, name, len(rows), err)
				continue
			}
			file := plan.Files[0]
			if file.Format != "csv"+p.ending || file.Rows != -1 || file.Bytes != int64(len(content)) || len(plan.Splits) != 1 || plan.Splits[0].Rows < 80_000 {
				t.Errorf("%s, %s: planned %+v, splits %+v", p.name, name, file, plan.Splits)
			}
			if lines := int64(120_000); file.GuessedRows < lines/4 || file.GuessedRows > 4*lines {
				t.Errorf("%s, %s: %d rows are guessed", p.name, name, file.GuessedRows)
			}
		}
	}
}

// Cut off anywhere, a file is refused; but where one of several members ends,
// nothing tells that another followed.
func TestPackedCSVCutAnywhere(t *testing.T) {
	for _, p := range packings {
		first, second := packed(t, p.name, "a,b\n1200023305967,2\n"), packed(t, p.name, "3,4\n5,6\n7,8\n")
		whole := slices.Concat(first, second)
		for size := 1; size < len(whole); size++ {
			_, rows, err := readPacked(t, whole[:size])
			switch {
			case size == len(first):
				if err != nil || len(rows) != 1 {
					t.Errorf("%s, the first member: %q, %v", p.name, rows, err)
				}
			case size < 4: // too short to be told by its beginning
				mustRefuse(t, err)
			default:
				mustRefuse(t, err, "x.csv.packed: after ", " bytes, which unpack to ", p.name+" data")
			}
		}
	}
}

// A flipped bit is refused, or changes no row: both formats keep a checksum.
func TestPackedCSVWithFlippedBits(t *testing.T) {
	want := [][]string{{"2", "1200023305967"}, {"4", "3"}}
	for _, p := range packings {
		whole := packed(t, p.name, "a,b\n1200023305967,2\n3,4\n")
		refused := 0
		for bit := range 8 * len(whole) {
			flipped := slices.Clone(whole)
			flipped[bit/8] ^= 1 << (bit % 8)
			_, rows, err := readPacked(t, flipped)
			if err != nil {
				mustRefuse(t, err, "x.csv.packed")
				refused++
			} else if !slices.EqualFunc(rows, want, slices.Equal) {
				t.Errorf("%s, bit %d: rows %q", p.name, bit, rows)
			}
		}
		if refused < 4*len(whole) {
			t.Errorf("%s: %d of %d flipped bits are refused", p.name, refused, 8*len(whole))
		}
	}
}

func TestPackedCSVRefused(t *testing.T) {
	gz, zst := packed(t, "gzip", "a,b\n1,2\n"), packed(t, "zstd", "a,b\n1,2\n")
	unpacksTo := fmt.Sprintf("after %d bytes, which unpack to 8: ", len(gz)+10)
	for _, c := range []struct {
		name    string
		content []byte
		part    string
	}{
		{"text behind gzip", append(slices.Clone(gz), "and so on and on"...), unpacksTo + "something else than gzip data follows"},
		{"zeros behind gzip", append(slices.Clone(gz), make([]byte, 512)...), unpacksTo + "something else than gzip data follows"},
		{"a few bytes behind gzip", append(slices.Clone(gz), 0), "the gzip data ends before its end"},
		{"text behind zstd", append(slices.Clone(zst), "and so on and on"...), "which unpack to 8: something else than zstd data follows"},
		{"gzip behind zstd", append(slices.Clone(zst), gz...), "something else than zstd data follows"},
		{"Parquet within", packed(t, "gzip", string(writeParquet(t, keyedRows(1)))), "it holds gzip-compressed data that is no text, not Parquet, Arrow or CSV"},
		{"gzip within zstd", packed(t, "zstd", string(gz)), "it holds zstd-compressed data that is no text"},
		{"nothing within", packed(t, "gzip", ""), "it holds gzip-compressed data that unpacks to nothing (0 bytes)"},
		{"a wrong row", packed(t, "zstd", "a,b\n1,2\n3\n"), "line 3: the row has 1 fields"},
	} {
		_, _, err := readPacked(t, c.content)
		if err == nil {
			t.Errorf("%s is read", c.name)
			continue
		}
		mustRefuse(t, err, c.part)
	}
	if _, rows, err := readPacked(t, append([]byte("\x50\x2a\x4d\x18\x03\x00\x00\x00abc"), zst...)); err == nil { // a skippable frame first is no beginning of ours
		t.Errorf("rows %q", rows)
	}
	if _, rows, err := readPacked(t, append(slices.Clone(zst), "\x50\x2a\x4d\x18\x03\x00\x00\x00abc"...)); err != nil || len(rows) != 1 {
		t.Errorf("a skippable frame behind: rows %q, %v", rows, err)
	}
}

// zstdFrame is a frame that names a window and holds the text as it is.
func zstdFrame(window byte, text string) []byte {
	frame := append([]byte("\x28\xb5\x2f\xfd\x00"), window)
	header := binary.LittleEndian.AppendUint32(nil, uint32(len(text))<<3|1) // the last block, raw
	return slices.Concat(frame, header[:3], []byte(text))
}

// namedGzip is a table in gzip that names the file it was made from.
func namedGzip(t *testing.T, name string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Name = name
	_, err := io.WriteString(w, "a,b\n1,2\n")
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Each limit on what a file unpacks to, at the limit and one beyond it.
func TestUnpackingLimits(t *testing.T) {
	lines := func(bytes int) string { return "a,b\n" + strings.Repeat("\n", bytes-8) + "1,2\n" }
	for _, c := range []struct {
		name    string
		content []byte
		refused string
	}{
		{"a window of 8 MiB", zstdFrame(0x68, "a,b\n1,2\n"), ""},
		{"a window of 9 MiB", zstdFrame(0x69, "a,b\n1,2\n"), "it takes a window of more than 8 MiB to unpack"},
		{"a name of 511 bytes", namedGzip(t, strings.Repeat("n", 511)), ""},
		{"a name of 512 bytes", namedGzip(t, strings.Repeat("n", 512)), "something else than gzip data follows, or a damaged beginning of it"},
		{"64 MiB of gzip", packed(t, "gzip", lines(freelyUnpackedBytes)), ""},
		{"64 MiB and a byte of gzip", packed(t, "gzip", lines(freelyUnpackedBytes+1)), "it unpacks to more than 64 MiB and 100 times its size"},
		{"64 MiB and a byte of zstd", packed(t, "zstd", lines(freelyUnpackedBytes+1)), "it unpacks to more than 64 MiB and 100 times its size"},
	} {
		_, rows, err := readPacked(t, c.content)
		if c.refused != "" {
			mustRefuse(t, err, c.refused)
		} else if err != nil || len(rows) != 1 {
			t.Errorf("%s: %d rows, %v", c.name, len(rows), err)
		}
	}
	for packedBytes, want := range map[int64]int64{0: 64 << 20, 671088: 64 << 20, 671089: 67108900, 1 << 30: 100 << 30} {
		if got := mostUnpacked(packedBytes); got != want {
			t.Errorf("%d bytes may unpack to %d, want %d", packedBytes, got, want)
		}
	}
}

// A bomb is refused after its first bytes, whatever it would unpack to.
func TestBombsAreRefusedEarly(t *testing.T) {
	bomb := slices.Concat(packed(t, "gzip", "a,b\n"), slices.Repeat(packed(t, "gzip", strings.Repeat("\n", 16<<20)), 64)) // 1 GiB
	_, _, err := readPacked(t, bomb)
	mustRefuse(t, err, "100 times its size")
	var fault *packingFault
	if !errors.As(err, &fault) || fault.unpackedBytes > freelyUnpackedBytes+aheadBytes {
		t.Errorf("refused by %v", err)
	}
}

// The disk's errors are not the data's.
func TestUnpackerPassesReadErrorsOn(t *testing.T) {
	for _, p := range packings {
		whole := packed(t, p.name, "a,b\n1,2\n")
		for size := range whole {
			u, err := p.openUnpacker(failing{bytes.NewReader(whole[:size])})
			if err == nil {
				_, err = io.ReadAll(u)
				u.release()
			}
			if !errors.Is(err, errDisk) {
				t.Errorf("%s, %d bytes: %v", p.name, size, err)
			}
		}
	}
}

// panicking gives some bytes and then panics, as a decoder might.
type panicking struct{ left int }

func (p *panicking) Read(into []byte) (int, error) {
	if p.left == 0 {
		panic("1200023305967")
	}
	p.left--
	return copy(into, "x"), nil
}

// However reading ends, what reads ahead ends with it.
func TestReadingAheadEnds(t *testing.T) {
	before := goleak.IgnoreCurrent()
	for name, use := range map[string]func(*readAhead) error{
		"unread":     func(*readAhead) error { return nil },
		"read a bit": func(a *readAhead) error { _, err := a.Read(make([]byte, 3)); return err },
		"read out":   func(a *readAhead) error { _, err := io.Copy(io.Discard, a); return err },
	} {
		a := startReading(strings.NewReader(strings.Repeat("x", 3*aheadBuffers*aheadBytes)))
		if err := errors.Join(use(a), a.Close(), a.Close()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	a := startReading(&panicking{left: 2})
	if text, err := io.ReadAll(a); string(text) != "" || err == nil || strings.Contains(err.Error(), "1200023305967") {
		t.Errorf("a panic gives %q and %v", text, err)
	}
	a.Close()
	for _, p := range packings {
		content := packed(t, p.name, "a,b\n"+strings.Repeat("1,2\n", 1<<20))
		for _, file := range [][]byte{content, content[:len(content)/2]} {
			source := open(t, saved(t, "x", file))
			plan, err := source.Plan(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			reader, err := source.Open(plan.Splits[0], []int{0})
			if err != nil {
				t.Fatal(err)
			}
			var batch engine.Batch
			if err := errors.Join(reader.Next(&batch), reader.Close()); err != nil {
				t.Error(err)
			}
		}
	}
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}
