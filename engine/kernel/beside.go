package kernel

// Beside keeps dated words beside the words of an Index that have their keys,
// mostly one or two. Its memory serves range after range.
type Beside struct {
	first, second []Dated // by indexed word; where the first says that there are others, the second is where they begin
	others        []other
	// What has a key that no indexed word has, in the order in which it came.
	Strays    []uint64
	StrayDays []int32
}

// Dated is the payload of a word and the day beside it. None are zero, and the
// day of none is 1970-01-01.
type Dated uint64

// other is one of three or more that stand beside an indexed word.
type other struct {
	dated Dated
	next  int32 // in others; −1 behind the last
}

const (
	datedOne     = 1 << 63 // it is there
	datedTwo     = 1 << 62 // of a first: there is a second
	datedMore    = 1 << 61 // of a first: there are others
	datedMarks   = datedOne | datedTwo | datedMore
	datedPayload = 32
)

// Payload of the word.
func (d Dated) Payload() uint32 { return uint32(d>>datedPayload) & payloadMask }

// Day beside the word.
func (d Dated) Day() int32 { return int32(uint32(d)) }

// Reset forgets everything, and makes room beside so many words.
func (b *Beside) Reset(words int) {
	if cap(b.first) < words {
		b.first, b.second = make([]Dated, words+words/4), make([]Dated, words+words/4)
	}
	b.first, b.second = b.first[:words], b.second[:words]
	clear(b.first)
	b.others, b.Strays, b.StrayDays = b.others[:0], b.Strays[:0], b.StrayDays[:0]
}

// Put adds words and the days beside them, each beside the first indexed word
// that has its key.
func (b *Beside) Put(x *Index, words []uint64, days []int32) {
	var places [findAtOnce]uint32
	for len(words) > 0 {
		n := min(len(words), findAtOnce)
		x.Find(places[:], words[:n])
		for i, w := range words[:n] {
			at := places[i]
			dated := datedOne | Dated(Payload(w))<<datedPayload | Dated(uint32(days[i]))
			switch {
			case at == Nowhere:
				b.Strays, b.StrayDays = append(b.Strays, w), append(b.StrayDays, days[i])
			case b.first[at] == 0:
				b.first[at] = dated
			case b.first[at]&datedTwo == 0:
				b.first[at] |= datedTwo
				b.second[at] = dated
			default:
				b.add(at, dated)
			}
		}
		words, days = words[n:], days[n:]
	}
}

// add puts another one where two stand already.
func (b *Beside) add(at uint32, dated Dated) {
	if b.first[at]&datedMore == 0 {
		b.first[at] |= datedMore
		b.others = append(b.others, other{b.second[at], -1})
		b.second[at] = Dated(len(b.others) - 1)
	}
	b.others = append(b.others, other{dated, int32(b.second[at])})
	b.second[at] = Dated(len(b.others) - 1)
}

// Two gives what stands beside an indexed word, the lesser first, and how many
// there are: zeros where there are fewer, and three, whatever is given, where there
// are more.
func (b *Beside) Two(at int) (lesser, greater Dated, n int) {
	first, second := b.first[at], b.second[at]
	n = int(first>>63 + first>>62&1 + first>>61&1)
	if n < 2 { // often, and not predictably: no branch, as in what follows
		second = first
	}
	lesser, greater = min(first&^datedMarks, second&^datedMarks), max(first&^datedMarks, second&^datedMarks)
	if n < 2 {
		greater = 0
	}
	return lesser, greater, n
}

// All appends what stands beside an indexed word, in any order.
func (b *Beside) All(into []Dated, at int) []Dated {
	first := b.first[at]
	if first == 0 {
		return into
	}
	into = append(into, first&^datedMarks)
	switch {
	case first&datedMore != 0:
		for i := int32(b.second[at]); i >= 0; i = b.others[i].next {
			into = append(into, b.others[i].dated&^datedMarks)
		}
	case first&datedTwo != 0:
		into = append(into, b.second[at]&^datedMarks)
	}
	return into
}
