package synth

import "math/bits"

// permutation is a bijection of [0, n), picked by a key: a Feistel network over
// a high part of any range and a low part of some bits, walked until it falls
// inside. It takes no memory and any element can be asked for, either way round.
type permutation struct {
	n, left uint64 // left: the range of the high part
	bits    uint   // of the low part, about half of those of n
	keys    [3]uint64
}

func newPermutation(n int64, key uint64) permutation {
	p := permutation{n: uint64(n), bits: uint(bits.Len64(uint64(n)) / 2)}
	p.left = (p.n + 1<<p.bits - 1) >> p.bits
	for i := range p.keys {
		p.keys[i] = mix(key + uint64(i))
	}
	return p
}

// at is where element i goes.
func (p *permutation) at(i int64) int64 {
	x, low := uint64(i), uint64(1)<<p.bits-1
	for {
		l, r := x>>p.bits, x&low
		l = wrap(l+below(stir(r^p.keys[0]), p.left), p.left)
		r ^= stir(l^p.keys[1]) >> 32 & low
		l = wrap(l+below(stir(r^p.keys[2]), p.left), p.left)
		if x = l<<p.bits | r; x < p.n {
			return int64(x)
		}
	}
}

// from is the element that goes to i.
func (p *permutation) from(i int64) int64 {
	x, low := uint64(i), uint64(1)<<p.bits-1
	for {
		l, r := x>>p.bits, x&low
		l = wrap(l+p.left-below(stir(r^p.keys[2]), p.left), p.left)
		r ^= stir(l^p.keys[1]) >> 32 & low
		l = wrap(l+p.left-below(stir(r^p.keys[0]), p.left), p.left)
		if x = l<<p.bits | r; x < p.n {
			return int64(x)
		}
	}
}

// wrap brings x < 2n below n.
func wrap(x, n uint64) uint64 {
	if x >= n {
		x -= n
	}
	return x
}

// below maps a hash evenly to [0, n).
func below(hash, n uint64) uint64 {
	high, _ := bits.Mul64(hash, n)
	return high
}

// stir spreads every bit of x over the upper half of the word. It is half of
// mix: a permutation stirs three times for every element.
func stir(x uint64) uint64 {
	x *= 0xBF58476D1CE4E5B9
	return (x ^ x>>32) * 0x94D049BB133111EB
}

// mix is the finaliser of SplitMix64 (Steele, Lea and Flood, 2014): a bijection
// that spreads every bit of x over the whole word.
func mix(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
