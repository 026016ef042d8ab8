package kernel

// A word is a key of 44 bits above a payload of 20: what one row says of one
// meter point.
const PayloadBits = 20

const payloadMask = 1<<PayloadBits - 1

// Word joins key and payload.
func Word(key uint64, payload uint32) uint64 { return key<<PayloadBits | uint64(payload) }

// Payload of a word.
func Payload(word uint64) uint32 { return uint32(word) & (1<<PayloadBits - 1) }

// Key of a word.
func Key(word uint64) uint64 { return word >> PayloadBits }

// Noted marks a payload whose association the caller wants to look at.
const Noted = 1 << 31

// Combine looks up what each row's kind and its number's class make of an
// association: payloads[kind×8+class]. Words with a payload, tag added to it,
// are written to words[n:] and their rows, from first on, beside them; the new n
// is returned.
// Every association is counted in counts, whose index is the same, and noted
// tells whether one of them is Noted. words and into have room for
// len(numbers) more.
func Combine(words []uint64, into []int32, n int, first int32, kinds, classes []uint8, numbers []uint64, rows []int32,
	payloads *[512]uint32, tag uint32, counts *[512]int64) (next int, noted bool) {
	classes = classes[:len(kinds)]
	numbers = numbers[:len(kinds)]
	rows = rows[:len(kinds)]
	all := uint32(0)
	for i, kind := range kinds {
		at := (uint(kind)<<3 | uint(classes[i])) % 512
		counts[at]++
		payload := payloads[at]
		all |= payload
		words[n] = numbers[i]<<PayloadBits | uint64(payload&(1<<PayloadBits-1)|tag)
		into[n] = first + rows[i]
		if payload&(1<<PayloadBits-1) != 0 {
			n++
		}
	}
	return n, all&Noted != 0
}

// The payload of a point's word, from the top: recorded status 3 bits,
// reported status 3, ever installed 2, RDP 8; the lowest 4 are spare.
const (
	ReportedShift = 14
	EverShift     = 12
	RDPShift      = 4
	recordedShift = 17
)

// PackPoints joins what a row says of its own point into payloads.
func PackPoints(payloads []uint32, recorded, reported, ever, rdp []uint8) {
	recorded, reported = recorded[:len(payloads)], reported[:len(payloads)]
	ever, rdp = ever[:len(payloads)], rdp[:len(payloads)]
	for i := range payloads {
		payloads[i] = uint32(recorded[i])<<recordedShift | uint32(reported[i])<<ReportedShift |
			uint32(ever[i])<<EverShift | uint32(rdp[i])<<RDPShift
	}
}

// KeepPoints writes the words, days and rows, from first on, of the rows whose
// class is kept, and counts every row by class. It returns how many it wrote;
// words, days and into have room for all.
func KeepPoints(words []uint64, days, into []int32, first int32, numbers []uint64, payloads []uint32, rowDays []int32, classes []uint8, keep *[8]bool, counts *[8]int64) int {
	numbers, payloads, rowDays = numbers[:len(classes)], payloads[:len(classes)], rowDays[:len(classes)]
	n := 0
	for i, class := range classes {
		counts[class%8]++
		words[n] = numbers[i]<<PayloadBits | uint64(payloads[i])
		days[n] = rowDays[i]
		into[n] = first + int32(i)
		if keep[class%8] {
			n++
		}
	}
	return n
}

// Within keeps the words whose keys are from first to last, with what stands
// beside them, and returns how many there are. days may be nil.
func Within(words []uint64, days, rows []int32, first, last uint64) int {
	low, width := first<<PayloadBits, (last-first+1)<<PayloadBits
	n := 0
	if days == nil {
		for i, w := range words {
			words[n], rows[n] = w, rows[i]
			if w-low < width {
				n++
			}
		}
		return n
	}
	for i, w := range words {
		words[n], days[n], rows[n] = w, days[i], rows[i]
		if w-low < width {
			n++
		}
	}
	return n
}

// JoinKinds makes each status code the kind type × statuses + status.
func JoinKinds(statuses, types []uint8, statusesOfType uint8) {
	types = types[:len(statuses)]
	for i := range statuses {
		statuses[i] += types[i] * statusesOfType
	}
}

// OddPoints appends the rows that hold something to look at: a status beyond
// inForce, the ever code everOdd, the RDP code rdpOdd or the day dayOdd.
func OddPoints(odd []int32, recorded, reported, ever, rdp []uint8, days []int32, inForce, everOdd, rdpOdd uint8, dayOdd int32) []int32 {
	reported, ever = reported[:len(recorded)], ever[:len(recorded)]
	rdp, days = rdp[:len(recorded)], days[:len(recorded)]
	for i := range recorded {
		if recorded[i] > inForce || reported[i] > inForce || ever[i] == everOdd || rdp[i] == rdpOdd || days[i] == dayOdd {
			odd = append(odd, int32(i))
		}
	}
	return odd
}

// The payload of a word of what RDPs hold, from the top: flag 3 bits, RDP 8,
// publication 9.
const (
	heldFlagShift = 17
	heldRDPShift  = 9
	// MaxPublications bounds the number of a publication.
	MaxPublications = 1<<heldRDPShift - 1
)

// PackHeld joins what rows of one file say of what is held into payloads.
func PackHeld(payloads []uint32, flags, rdps []uint8, publication int) {
	flags, rdps = flags[:len(payloads)], rdps[:len(payloads)]
	for i := range payloads {
		payloads[i] = uint32(flags[i])<<heldFlagShift | uint32(rdps[i])<<heldRDPShift | uint32(publication)
	}
}

// UnpackHeld takes a payload of PackHeld apart.
func UnpackHeld(payload uint32) (flag, rdp uint8, publication uint16) {
	return uint8(payload >> heldFlagShift & 7), uint8(payload >> heldRDPShift), uint16(payload & MaxPublications)
}
