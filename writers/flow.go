package writers

import (
	"errors"
	"fmt"
	"math/bits"
	"time"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// Record is one meter point as a flow states it.
type Record struct {
	MPxN        meterpoint.MPxN
	Status      meterpoint.ServiceStatus // A, I or N
	EffectiveOn int32                    // days since 1970-01-01
}

// Envelope is what the header, trailer and name of one flow file state besides
// its records.
type Envelope struct {
	RDP            string
	CreatedAt      time.Time // UTC, whole seconds
	TestFlag       string    // "OPER", or "TR" and two digits
	OrganisationID int64     // of the sender, at most ten digits
	FileNumber     int64     // the file id of electricity, the generation of gas
}

const maxOrganisationDigits = 10

// Check refuses what could break out of its field, its file or its folder.
func (e Envelope) Check(l *Layout) error {
	switch {
	case !isName(e.RDP):
		return fmt.Errorf("the RDP %q is not 1 to 32 letters, digits, - and _", engine.Shown(e.RDP))
	case !isTestFlag(e.TestFlag):
		return fmt.Errorf("the test flag %q is neither OPER nor TR and two digits", engine.Shown(e.TestFlag))
	case e.OrganisationID < 0 || e.OrganisationID >= power10(maxOrganisationDigits):
		return fmt.Errorf("the organisation id %d does not have 1 to 10 digits", e.OrganisationID)
	case e.FileNumber < 0 || e.FileNumber > l.maxNumber:
		return fmt.Errorf("the file number %d does not fit the layout %s", e.FileNumber, l.Name)
	case e.CreatedAt.Year() < 1 || e.CreatedAt.Year() > 9999:
		return errors.New("the creation time is not within the years 1 to 9999")
	}
	return nil
}

func isTestFlag(flag string) bool {
	if flag == operational {
		return true
	}
	return len(flag) == 4 && flag[:2] == "TR" && isDigit(flag[2]) && isDigit(flag[3])
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// operational is the test flag of real flows.
const operational = "OPER"

// FileName of the flow file, without folders.
func (l *Layout) FileName(e Envelope) string { return string(l.fileName.append(nil, e, 0, 0)) }

// AppendHeader writes the lines before the first record.
func (l *Layout) AppendHeader(dst []byte, e Envelope) []byte { return l.header.append(dst, e, 0, 0) }

// AppendTrailer writes the lines after the last of n records.
func (l *Layout) AppendTrailer(dst []byte, e Envelope, n int64) []byte {
	return l.trailer.append(dst, e, n, n*int64(l.record.lines))
}

func (t *template) append(dst []byte, e Envelope, recordsStated, groupsStated int64) []byte {
	for _, s := range t.segments {
		switch s.value {
		case literal:
			dst = append(dst, s.text...)
		case rdpID:
			dst = append(dst, e.RDP...)
		case fileNumber:
			dst = appendNumber(dst, uint64(e.FileNumber), s.width)
		case createdAt:
			dst = e.CreatedAt.UTC().AppendFormat(dst, s.format)
		case testFlag:
			dst = append(dst, e.TestFlag...)
		case usageLetter:
			dst = append(dst, usage(e.TestFlag))
		case organisationID:
			dst = appendNumber(dst, uint64(e.OrganisationID), s.width)
		case groups:
			dst = appendNumber(dst, uint64(groupsStated), s.width)
		case records:
			dst = appendNumber(dst, uint64(recordsStated), s.width)
		}
	}
	return dst
}

// usage is P for production, T for a test.
func usage(flag string) byte {
	if flag == operational {
		return 'P'
	}
	return 'T'
}

// recordEncoder writes the records of one flow file. Neighbouring records
// often share their date, so its text is kept.
type recordEncoder struct {
	segments []segment
	sequence uint64 // of the last record
	day      int32  // that dayText is for, where it is not empty
	dayText  []byte // YYYYMMDD
}

func (l *Layout) newRecordEncoder() recordEncoder {
	return recordEncoder{segments: l.record.segments, dayText: make([]byte, 0, dayDigits)}
}

// append writes the lines of the next record.
func (enc *recordEncoder) append(dst []byte, r Record) ([]byte, error) {
	if !r.Status.Reported() {
		return dst, errors.New("cannot encode a flow record: only A, I and N are ever sent")
	}
	if r.EffectiveOn != enc.day || len(enc.dayText) == 0 {
		if r.EffectiveOn < firstDay || r.EffectiveOn > lastDay {
			return dst, errors.New("cannot encode a flow record: its effective date is not within the years 1 to 9999")
		}
		enc.day, enc.dayText = r.EffectiveOn, appendDay(enc.dayText[:0], r.EffectiveOn)
	}
	enc.sequence++
	for i := range enc.segments {
		switch s := &enc.segments[i]; s.value {
		case literal:
			dst = append(dst, s.text...)
		case sequence:
			dst = appendNumber(dst, enc.sequence, 0)
		case mpxn:
			dst = appendNumber(dst, uint64(r.MPxN), 0)
		case status:
			dst = append(dst, statusLetters[r.Status])
		case effectiveOn:
			dst = append(dst, enc.dayText...)
		}
	}
	return dst, nil
}

// statusLetters are the letters of A, I and N, by status.
var statusLetters = [...]byte{meterpoint.Active: 'A', meterpoint.Installed: 'I', meterpoint.NotActive: 'N'}

const digitPairs = "00010203040506070809101112131415161718192021222324252627282930313233343536373839" +
	"40414243444546474849505152535455565758596061626364656667686970717273747576777879" +
	"8081828384858687888990919293949596979899"

const zeros = "00000000000000000000"

// appendNumber writes n in decimal, zero-padded to width (at most 20) where
// that is longer.
func appendNumber(dst []byte, n uint64, width int) []byte {
	dst = append(dst, zeros[:max(decimalDigits(n), width)]...)
	i := len(dst)
	for n >= 100 {
		pair := n % 100 * 2
		n /= 100
		i -= 2
		dst[i], dst[i+1] = digitPairs[pair], digitPairs[pair+1]
	}
	dst[i-1] = '0' + byte(n%10)
	if n >= 10 {
		dst[i-2] = '0' + byte(n/10)
	}
	return dst
}

// decimalDigits is the length of n in decimal.
func decimalDigits(n uint64) int {
	digits := bits.Len64(n) * 1233 >> 12 // log10(2) ≈ 1233/4096
	if n >= powersOf10[digits] {
		digits++
	}
	return max(digits, 1)
}

var powersOf10 = func() (powers [20]uint64) {
	powers[0] = 1
	for i := 1; i < len(powers); i++ {
		powers[i] = powers[i-1] * 10
	}
	return powers
}()

func power10(digits int) int64 { return int64(powersOf10[digits]) }
