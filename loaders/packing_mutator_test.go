package loaders

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"flagfill/assurance/property"
)

// packed is a compressed CSV file, damaged in most cases.
func (m *mutator) packed() []byte {
	out := slices.Clone(m.wholes[m.random.IntN(len(m.wholes))])
	for range m.random.IntN(4) {
		if len(out) == 0 {
			break
		}
		at := m.random.IntN(len(out))
		other := m.wholes[m.random.IntN(len(m.wholes))]
		switch m.random.IntN(8) {
		case 0, 1:
			out = m.bytes(out)
		case 2:
			out = out[:at]
		case 3: // the header is what says how to read on
			out[m.random.IntN(min(len(out), 18))] = byte(m.random.IntN(256))
		case 4: // the checksum and what follows
			out[len(out)-1-m.random.IntN(min(len(out), 12))] ^= 1 << m.random.IntN(8)
		case 5:
			out = append(out, other[:m.random.IntN(len(other)+1)]...)
		case 6:
			out = slices.Concat(out[:at], other[m.random.IntN(len(other)):])
		case 7:
			out = slices.Insert(out, at, bytes.Repeat([]byte{byte(m.random.IntN(256))}, 1+m.random.IntN(40))...)
		}
	}
	return out
}

// wholesOf packs texts, whole and in two members, and damaged ones too: what is
// unpacked may be wrong where the packing is not.
func wholesOf(t *testing.T, name string, texts [][]byte) (wholes [][]byte) {
	t.Helper()
	for _, text := range texts {
		half := len(text) / 2
		wholes = append(wholes, packed(t, name, string(text)),
			slices.Concat(packed(t, name, string(text[:half])), packed(t, name, string(text[half:]))),
			packed(t, name, strings.Replace(string(text), "\n", "\n\"", 1)))
	}
	return append(wholes, packed(t, name, "a,b\n"+strings.Repeat("\n", 1<<20)))
}

func damagedPackedCSV(t *testing.T, name string, seed int) {
	t.Helper()
	var all [][]byte
	for _, text := range csvOddities {
		all = append(all, []byte(text))
	}
	devices, points := wholesOf(t, name, firstLines(t, "devices.csv")), wholesOf(t, name, firstLines(t, "meter_points.csv"))
	r := damageRun{damage: (*mutator).packed, ending: ".csv.packed",
		devices: &mutator{wholes: devices}, meterPoints: &mutator{wholes: points},
		any: &mutator{wholes: slices.Concat(devices, points, wholesOf(t, name, all))}}
	r.try(t, seed)
}

func TestPropertyDamagedGzip(t *testing.T) {
	p := property.Property{Goal: "R7", Name: "damaged CSV in gzip is read or refused, within 5 s and 1 GiB", Unit: "damaged files", Seeds: 25}
	inLimitedProcess(t, p, func(t *testing.T, seed int) { damagedPackedCSV(t, "gzip", seed) })
}

func TestPropertyDamagedZstd(t *testing.T) {
	p := property.Property{Goal: "R7", Name: "damaged CSV in zstd is read or refused, within 5 s and 1 GiB", Unit: "damaged files", Seeds: 25}
	inLimitedProcess(t, p, func(t *testing.T, seed int) { damagedPackedCSV(t, "zstd", seed) })
}

// FuzzUnpack tries what a file holds behind its first four bytes.
func FuzzUnpack(f *testing.F) {
	for i, p := range packings {
		for _, text := range []string{"a,b\n1200023305967,2\n", "a,b\n" + strings.Repeat("1,2\n", 300), ""} {
			whole := packed(f, p.name, text)
			f.Add(whole[len(p.magic()):], uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, rest []byte, kind uint8) {
		p := packings[int(kind)%len(packings)]
		content := append(p.magic(), rest...)
		if _, _, err := readPacked(t, content); err != nil {
			mustRefuse(t, err, "x.csv.packed")
		}
	})
}

// magic is what a file of this packing begins with.
func (p *packing) magic() []byte {
	for _, b := range beginnings {
		if packingOf(b.content) == p {
			return []byte(b.magic)
		}
	}
	return nil
}
