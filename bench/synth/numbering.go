package synth

import "flagfill/engine/meterpoint"

type distributorSize struct {
	distributor int
	thousands   int64
}

// distributorSizes are rough numbers of MPANs by distributor, in thousands: an
// estimate from public customer counts, good enough to give every RDP its
// weight. 99 stands for a distributor that nobody knows and has none of these.
var distributorSizes = []distributorSize{
	{10, 3600}, {11, 2650}, {12, 2350}, {13, 1520}, {14, 2450}, {15, 1620}, {16, 2400}, {17, 780},
	{18, 2020}, {19, 2300}, {20, 3100}, {21, 1130}, {22, 1640}, {23, 2320}, {24, 420}, {25, 120},
	{26, 480}, {27, 180}, {28, 40}, {29, 30}, {30, 90}, {31, 70}, {32, 40}, {33, 6}, {34, 15},
	{35, 10}, {36, 15}, {37, 10}, {38, 50},
}

const strayDistributorID = 99

// MPxNs are given out in blocks, dense within a block at a spacing of one to
// three, with a gap after every town of 64 blocks.
const (
	blockNumbers = 8192
	maxSpacing   = 3
	townBlocks   = 64
	townGap      = 8_000_000 // MPANs only: MPRNs are too few for gaps
)

// numbering turns the rank of an MPxN within its fuel into the MPxN. Greater
// ranks are greater numbers.
type numbering struct {
	key    uint64
	spans  [2][]span // by fuel; MPANs have one for each distributor, in the order of distributorSizes
	spanOf [2]finder
	mpans  int64 // ranks from here on are stray
}

// span is a run of ranks that share leading digits (MPANs) or a length (MPRNs).
type span struct {
	from  int64
	base  int64 // first number, without check digits
	times int64 // spacing at most
}

func newNumbering(gas, electricity int64, key uint64, sizes []distributorSize) numbering {
	n := numbering{key: key, mpans: electricity, spans: [2][]span{meterpoint.Gas: mprnSpans(gas)}}
	total, before := int64(0), int64(0)
	for _, d := range sizes {
		total += d.thousands
	}
	for _, d := range sizes {
		s := span{from: electricity * before / total, base: int64(d.distributor) * 1e10, times: maxSpacing}
		n.spans[meterpoint.Electricity] = append(n.spans[meterpoint.Electricity], s)
		before += d.thousands
	}
	for fuel, end := range [...]int64{meterpoint.Gas: gas, meterpoint.Electricity: electricity} {
		var starts []int64
		for _, s := range n.spans[fuel] {
			starts = append(starts, s.from)
		}
		n.spanOf[fuel] = newFinder(append(starts, end))
	}
	return n
}

// mprnSpans gives a few short MPRNs, as old networks have them, and ten digits
// to all others.
func mprnSpans(gas int64) []span {
	var spans []span
	from, base := int64(0), int64(1000) // six digits: four and two check digits
	for _, share := range []int64{2000, 500, 200, 50} {
		spans = append(spans, span{from: from, base: base, times: 1})
		from += min(gas/share, 8*base)
		base *= 10
	}
	spacing := min((9*base-blockNumbers*maxSpacing)/max(gas-from, 1), maxSpacing)
	return append(spans, span{from: from, base: base, times: max(spacing, 1)})
}

func (n *numbering) mpxn(fuel meterpoint.Fuel, rank int64) meterpoint.MPxN {
	if fuel == meterpoint.Electricity && rank >= n.mpans {
		return checkedMPAN(strayDistributorID*1e10 + rank)
	}
	s := n.spans[fuel][n.spanOf[fuel].find(rank)]
	return n.within(fuel, s, rank-s.from)
}

// within gives the MPxN of a rank within a span. Ranks above the span's own
// give MPxNs that no meter point of the estate has.
func (n *numbering) within(fuel meterpoint.Fuel, s span, rank int64) meterpoint.MPxN {
	body := s.base + n.spread(s, rank)
	if fuel == meterpoint.Gas {
		return meterpoint.MPxN(body)*100 + mprnSums.of(meterpoint.MPxN(body))
	}
	return checkedMPAN(body + rank/(blockNumbers*townBlocks)*townGap)
}

func checkedMPAN(body int64) meterpoint.MPxN {
	return meterpoint.MPxN(body)*10 + mpanSums.of(meterpoint.MPxN(body))%10
}

// spread numbers a span's ranks block by block.
func (n *numbering) spread(s span, rank int64) int64 {
	block, within := rank/blockNumbers, rank%blockNumbers
	spacing := 1 + int64(below(mix(n.key^uint64(s.base+block)), uint64(s.times)))
	return block*blockNumbers*s.times + within*spacing
}

// spoilt is the MPxN with check digits that are not its own.
func spoilt(m meterpoint.MPxN) meterpoint.MPxN {
	if m.Fuel() == meterpoint.Electricity {
		return m - m%10 + (m.CheckDigit()+1)%10
	}
	return m - m%100 + m.CheckDigits() + 1
}
