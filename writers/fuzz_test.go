package writers

import (
	"bytes"
	"testing"

	"flagfill/engine/meterpoint"
)

// FuzzLayout has any text for a layout: what is accepted writes flows that it
// reads back.
func FuzzLayout(f *testing.F) {
	for _, l := range bothLayouts(f) {
		f.Add(l.Source)
	}
	want := []Record{{3938424403, meterpoint.Active, testDay}, {1030006718997, meterpoint.NotActive, testDay - 1}}
	f.Fuzz(func(t *testing.T, source string) {
		l, err := ParseLayout(source)
		if err != nil {
			return
		}
		e := testEnvelope(l)
		if e.Check(l) != nil {
			return
		}
		if name := l.FileName(e); name == "" || name[0] == '.' || bytes.ContainsAny([]byte(name), "/\\\x00\n") {
			t.Errorf("file name %q", name)
		}
		text, err := encodeFlow(l, e, want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseFlow(l, e, bytes.NewReader(text))
		if err != nil || len(got) != len(want) || got[0] != want[0] || got[1] != want[1] {
			t.Errorf("%q reads back as %v: %v", text, got, err)
		}
	})
}

// FuzzSums accepts nothing that would not be written.
func FuzzSums(f *testing.F) {
	digest := "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	f.Add([]byte(digest + "  a\n" + digest + "  b/c\n"))
	f.Add([]byte(digest + "  ../a\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		files, err := decodeSums(text)
		if err == nil && !bytes.Equal(encodeSums(files), text) {
			t.Errorf("accepted %q", text)
		}
	})
}

// FuzzManifest must not panic, and accepts only what Encode writes.
func FuzzManifest(f *testing.F) {
	cfg := testConfig()
	settings, err := testSettings().Flows.withDefaults()
	if err != nil {
		f.Fatal(err)
	}
	_, result := run(cfg, smallPoints())
	m := &Manifest{Schema: ManifestSchema, Content: newContent(&cfg, settings, &flowFiles{}, ChangesFacts{}, result)}
	if m.ContentDigest, err = m.Content.Digest(); err != nil {
		f.Fatal(err)
	}
	text, err := m.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := DecodeManifest(text)
		if err != nil {
			return
		}
		m.check()
		if again, err := m.Encode(); err != nil || !bytes.Equal(again, text) {
			t.Errorf("accepted %q", text)
		}
	})
}

// FuzzParseNumber against its plain twin, which goes digit by digit.
func FuzzParseNumber(f *testing.F) {
	for _, text := range []string{"", "0", "01", "7x12345678", "12345678", "123456789|", "9999999999999", "10000000000000", "1234567890123456789", "12345678901234567890123456",
		"1234567", "12\xff45678", "12:45678", ":2345678", "1234567:", "12\xca45678", "1234567\xca", "\x05", "\x0512"} {
		f.Add([]byte(text), uint8(8))
		f.Add([]byte(text), uint8(mpxnDigits))
		f.Add([]byte(text), uint8(sequenceDigits))
	}
	f.Fuzz(func(t *testing.T, text []byte, most uint8) {
		maxDigits := int(most) % (sequenceDigits + 1)
		n, taken := parseNumber(text, maxDigits)
		wantN, want := uint64(0), 0
		for want < len(text) && isDigit(text[want]) {
			wantN = wantN*10 + uint64(text[want]-'0')
			want++
		}
		if want > maxDigits || want > 1 && text[0] == '0' {
			wantN, want = 0, 0
		}
		if n != wantN || taken != want {
			t.Errorf("%q with at most %d digits: %d of %d, not %d of %d", text, maxDigits, n, taken, wantN, want)
		}
		if n, taken = parseNumber(text, mpxnDigits); taken != len(text) {
			n = 0
		}
		if whole := numberIn(text); uint64(whole) != n {
			t.Errorf("%q is the number %d, not %d", text, whole, n)
		}
	})
}
