package kernel

import (
	"encoding/binary"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func prefixed(texts []string) (data []byte) {
	for _, text := range texts {
		data = binary.LittleEndian.AppendUint32(data, uint32(len(text)))
		data = append(data, text...)
	}
	return data
}

// parsePrefixedPlainly is the twin: one text at a time, by the standard library.
func parsePrefixedPlainly(most int, data []byte, at, end int) (numbers []int64, next int) {
	for len(numbers) < most && end-at >= 4 {
		size := binary.LittleEndian.Uint32(data[at:])
		if size < 1 || size > 16 || int(size) > end-at-4 {
			break
		}
		text := string(data[at+4 : at+4+int(size)])
		number, err := strconv.ParseUint(text, 10, 64)
		if err != nil || strings.HasPrefix(text, "0") || strings.HasPrefix(text, "+") {
			break
		}
		numbers, at = append(numbers, int64(number)), at+4+int(size)
	}
	return numbers, at
}

type fataler interface{ Fatalf(string, ...any) }

func checkParsePrefixed(t fataler, most int, data []byte, at int) {
	want, wantNext := parsePrefixedPlainly(most, data, at, len(data))
	numbers := make([]int64, most)
	n, next := ParsePrefixed(numbers, data, at, len(data))
	if n != len(want) || next != wantNext {
		t.Fatalf("%d of at most %d numbers of %q from %d on, next at %d; want %d, next at %d", n, most, data, at, next, len(want), wantNext)
	}
	for i := range want {
		if numbers[i] != want[i] {
			t.Fatalf("number %d of %q is %d, want %d", i, data, numbers[i], want[i])
		}
	}
}

func TestParsePrefixed(t *testing.T) {
	for name, texts := range map[string][]string{
		"none":         nil,
		"MPANs":        {"1030006718997", "1200023305967", "1100013222946"},
		"all lengths":  {"1", "12", "123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890", "12345678901", "123456789012345", "1234567890123456"},
		"seventeen":    {"1030006718997", "12345678901234567"},
		"leading zero": {"1030006718997", "0030006718997", "5"},
		"empty":        {"1030006718997", "", "5"},
		"spaces":       {"1030006718997", " 1030006718997", "5"},
		"letters":      {"1030006718997", "103O006718997", "5"},
		"above nine":   {"1030006718997", "10300067189:7", "5"},
		"below zero":   {"1030006718997", "10300067189/7", "5"},
		"high bits":    {"1030006718997", "103000671\x80997", "5"},
		"first is odd": {"x", "1030006718997"},
	} {
		t.Run(name, func(t *testing.T) {
			data := prefixed(texts)
			for most := range len(texts) + 2 {
				for end := range len(data) + 1 {
					checkParsePrefixed(t, most, data[:end], 0)
				}
			}
		})
	}
}

func TestParsePrefixedAgainstPlainTwin(t *testing.T) {
	text := rapid.OneOf(rapid.StringMatching(`[1-9][0-9]{12}`), rapid.StringMatching(`[1-9][0-9]{0,16}`), rapid.StringMatching(`[ 0-9a/:]{0,18}`))
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOf(text).Draw(t, "texts")
		front := rapid.StringN(0, 20, 20).Draw(t, "in front")
		data := append([]byte(front), prefixed(texts)...)
		checkParsePrefixed(t, rapid.IntRange(0, len(texts)+1).Draw(t, "most"), data, len(front))
	})
}

func FuzzParsePrefixed(f *testing.F) {
	f.Add(prefixed([]string{"1030006718997", "3938424403", "x"}), uint8(3))
	f.Add([]byte{255, 255, 255, 255, '1'}, uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, most uint8) {
		for at := range min(len(data), 4) {
			checkParsePrefixed(t, int(most), data, at)
		}
	})
}
