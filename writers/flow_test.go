package writers

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"flagfill/engine/meterpoint"
)

func testEnvelope(l *Layout) Envelope {
	e := Envelope{RDP: "EELC", CreatedAt: time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC), TestFlag: "OPER", OrganisationID: 10001, FileNumber: 12}
	if l.Fuel == meterpoint.Gas {
		e.RDP = "XOSERVE"
	}
	return e
}

func encodeFlow(l *Layout, e Envelope, records []Record) ([]byte, error) {
	text := l.AppendHeader(nil, e)
	enc := l.newRecordEncoder()
	for _, r := range records {
		var err error
		if text, err = enc.append(text, r); err != nil {
			return nil, err
		}
	}
	return l.AppendTrailer(text, e, int64(len(records))), nil
}

func parseFlow(l *Layout, e Envelope, r io.Reader) (records []Record, err error) {
	_, err = l.Parse(r, e, func(r Record) error {
		records = append(records, r)
		return nil
	})
	return records, err
}

func bothLayouts(tb testing.TB) []*Layout {
	return []*Layout{builtIn(tb, "d0350001", meterpoint.Electricity), builtIn(tb, "dxi", meterpoint.Gas)}
}

// TestFlowRoundTrip reads back what was written, however the reader cuts it.
func TestFlowRoundTrip(t *testing.T) {
	layouts := bothLayouts(t)
	record := rapid.Custom(func(t *rapid.T) Record {
		return Record{
			MPxN:        meterpoint.MPxN(rapid.Uint64Range(0, 1e13-1).Draw(t, "mpxn")),
			Status:      rapid.SampledFrom([]meterpoint.ServiceStatus{meterpoint.Active, meterpoint.Installed, meterpoint.NotActive}).Draw(t, "status"),
			EffectiveOn: rapid.Int32Range(firstDay, lastDay).Draw(t, "day"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom(layouts).Draw(t, "layout")
		e := testEnvelope(l)
		e.FileNumber = rapid.Int64Range(0, l.maxNumber).Draw(t, "number")
		e.OrganisationID = rapid.Int64Range(0, 9_999_999_999).Draw(t, "organisation")
		want := rapid.SliceOf(record).Draw(t, "records")
		text, err := encodeFlow(l, e, want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseFlow(l, e, iotest.HalfReader(bytes.NewReader(text)))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if len(want) != len(got) || len(want) > 0 && !cmp.Equal(want, got) {
			t.Fatalf("want %v, got %v", want, got)
		}
	})
}

// FuzzFlowParse accepts nothing that the layout would not have written, and
// shows no figures of a record in an error.
func FuzzFlowParse(f *testing.F) {
	layouts := bothLayouts(f)
	for i, l := range layouts {
		for _, records := range [][]Record{nil, {{1030006718997, meterpoint.Installed, testDay}}, {{123456, meterpoint.Active, 0}, {3938424403, meterpoint.NotActive, testDay}}} {
			text, err := encodeFlow(l, testEnvelope(l), records)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(i, text)
		}
	}
	f.Fuzz(func(t *testing.T, layout int, text []byte) {
		l := layouts[uint(layout)%uint(len(layouts))]
		records, err := parseFlow(l, testEnvelope(l), iotest.OneByteReader(bytes.NewReader(text)))
		if err != nil {
			for _, m := range records {
				if len(m.MPxN.String()) > 6 && strings.Contains(err.Error(), m.MPxN.String()) {
					t.Errorf("the error shows a meter point: %v", err)
				}
			}
			return
		}
		again, err := encodeFlow(l, testEnvelope(l), records)
		if err != nil || !bytes.Equal(again, text) {
			t.Errorf("accepted %q, which would be written %q (%v)", text, again, err)
		}
	})
}

func TestRecordsThatCannotBeSent(t *testing.T) {
	l := builtIn(t, "dxi", meterpoint.Gas)
	for _, r := range []Record{
		{3938424403, meterpoint.Null, testDay}, {3938424403, meterpoint.LegacyW, testDay},
		{3938424403, meterpoint.Active, firstDay - 1}, {3938424403, meterpoint.Active, lastDay + 1}, {3938424403, meterpoint.Active, -2147483648},
	} {
		if text, err := encodeFlow(l, testEnvelope(l), []Record{r}); err == nil {
			t.Errorf("%+v became %s", r, text)
		}
	}
	for _, day := range []int32{firstDay, 0, lastDay} {
		want := Record{3938424403, meterpoint.Active, day}
		text, err := encodeFlow(l, testEnvelope(l), []Record{want})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := parseFlow(l, testEnvelope(l), bytes.NewReader(text)); err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("day %d: %v, %v", day, got, err)
		}
	}
}

func TestAppendNumber(t *testing.T) {
	for _, c := range []struct {
		n     uint64
		width int
		want  string
	}{{0, 0, "0"}, {7, 0, "7"}, {10, 0, "10"}, {99, 0, "99"}, {100, 0, "100"}, {1e19, 0, "10000000000000000000"}, {41, 10, "0000000041"}, {0, 3, "000"}, {12345, 3, "12345"}} {
		if got := string(appendNumber([]byte("x"), c.n, c.width)); got != "x"+c.want {
			t.Errorf("%d in %d digits: got %s", c.n, c.width, got)
		}
	}
}

func TestParsePassesErrorsOn(t *testing.T) {
	l := builtIn(t, "dxi", meterpoint.Gas)
	text, err := encodeFlow(l, testEnvelope(l), []Record{{3938424403, meterpoint.Active, testDay}})
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	for cut := range len(text) {
		_, err := parseFlow(l, testEnvelope(l), io.MultiReader(bytes.NewReader(text[:cut]), iotest.ErrReader(broken)))
		if !errors.Is(err, broken) {
			t.Errorf("cut at %d: got %v", cut, err)
		}
	}
	if _, err := l.Parse(bytes.NewReader(text), testEnvelope(l), func(Record) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestRecordsAllocateNothing(t *testing.T) {
	for _, l := range bothLayouts(t) {
		enc, buffer, records := l.newRecordEncoder(), make([]byte, 0, 1<<20), randomRecords(1000, 2000)
		allocations := testing.AllocsPerRun(10, func() {
			buffer = buffer[:0]
			for _, r := range records {
				buffer, _ = enc.append(buffer, r)
			}
		})
		if allocations > 0 {
			t.Errorf("%s: %v allocations for %d records", l.Name, allocations, len(records))
		}
	}
}

// randomRecords are the same every time. Their dates are spread over so many
// days: 1 as in a daily run, 2000 as in the first report of everything.
func randomRecords(n int, days uint64) []Record {
	random := rand.New(rand.NewPCG(1, 2))
	records := make([]Record, n)
	m := meterpoint.MPxN(1e12)
	for i := range records {
		m += meterpoint.MPxN(1 + random.Uint64N(20))
		records[i] = Record{m, meterpoint.ServiceStatus(1 + random.Uint64N(3)), testDay - int32(random.Uint64N(days))}
	}
	return records
}

// TestValuesAreTakenWhole: how many bytes of a text a value takes, where the
// text may end with it.
func TestValuesAreTakenWhole(t *testing.T) {
	number := func(text []byte) int { _, taken := parseNumber(text, mpxnDigits); return taken }
	status := func(text []byte) int { _, taken := parseStatus(text); return taken }
	day := func(text []byte) int { _, taken := new(dayParser).parse(text); return taken }
	for _, c := range []struct {
		parse func(text []byte) int
		text  string
		want  int
	}{
		{number, "0", 1}, {number, "10", 2}, {number, "9999999999999", 13}, {number, "7x", 1},
		{number, "", 0}, {number, "x", 0}, {number, "00", 0}, {number, "01", 0}, {number, "10000000000000", 0},
		{status, "A", 1}, {status, "I|", 1}, {status, "N", 1}, {status, "", 0}, {status, "W", 0},
		{day, "20261121", 8}, {day, "20261121|", 8}, {day, "2026112", 0}, {day, "2026112|", 0}, {day, "", 0}, {day, strings.Repeat("\x00", dayDigits), 0},
	} {
		if got := c.parse([]byte(c.text)); got != c.want {
			t.Errorf("%d bytes are taken of %q, not %d", got, c.text, c.want)
		}
	}
}
