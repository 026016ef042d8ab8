package writers

// value names what stands in a field.
type value uint8

const (
	literal value = iota
	rdpID
	fileNumber // file_id of electricity, generation of gas
	createdAt
	testFlag
	usageLetter
	organisationID
	sequence // of the meter point within its file, from 1
	mpxn
	status
	effectiveOn
	groups  // lines between header and trailer
	records // meter points in the file
)

var valueNames = map[string]value{"rdp_id": rdpID, "file_id": fileNumber, "generation": fileNumber,
	"created_at": createdAt, "test_flag": testFlag, "usage": usageLetter, "organisation_id": organisationID,
	"sequence": sequence, "mpxn": mpxn, "status": status, "effective_on": effectiveOn,
	"groups": groups, "records": records}

// place is a part of a flow file; each takes some of the values.
type place uint8

const (
	inFileName place = iota
	inHeader
	inRecord
	inTrailer
)

var placeNames = [...]string{"file_name", "header", "record", "trailer"}

func (v value) allowedIn(p place) bool {
	switch v {
	case literal:
		return true
	case sequence, mpxn, status, effectiveOn:
		return p == inRecord
	case groups, records:
		return p == inTrailer
	}
	return p != inRecord
}

// timeFormats are Go's reference times for the formats of created_at.
var timeFormats = map[string]string{"YYYYMMDD": "20060102", "HHMMSS": "150405", "YYYYMMDDHHMMSS": "20060102150405"}

// segment is a stretch of text that is always the same, or one value.
type segment struct {
	value  value
	text   string // of a literal
	width  int    // zero-padded to exactly this, where not 0
	format string // Go reference time of created_at
	line   int    // 0-based within the template
	name   string // of the field, for error texts
}

// template is a compiled part of a flow: neighbouring constants, separators
// and line ends are merged, so that encoding is a few appends.
type template struct {
	segments []segment
	lines    int
}

// literal adds text, to the last segment where that is text too.
func (t *template) literal(text string) {
	if text == "" {
		return
	}
	if n := len(t.segments); n > 0 && t.segments[n-1].value == literal {
		t.segments[n-1].text += text
		return
	}
	t.segments = append(t.segments, segment{text: text, line: t.lines})
}

func (t *template) has(v value) bool { return t.count(v) > 0 }

func (t *template) count(v value) int {
	n := 0
	for _, s := range t.segments {
		if s.value == v {
			n++
		}
	}
	return n
}
