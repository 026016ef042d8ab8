package synth

import (
	"math"
	"math/bits"
)

// permutation is a bijection of [0, n), picked by a key: a Feistel network over
// two digits of unequal range, walked until it falls inside. It takes no memory
// and any element can be asked for, either way round.
type permutation struct {
	n, left, right uint64
	keys           [4]uint64
}

func newPermutation(n int64, key uint64) permutation {
	p := permutation{n: uint64(n), left: max(uint64(math.Sqrt(float64(n))), 1)}
	p.right = (p.n + p.left - 1) / p.left
	for i := range p.keys {
		p.keys[i] = mix(key + uint64(i))
	}
	return p
}

// at is where element i goes.
func (p *permutation) at(i int64) int64 {
	x := uint64(i)
	for {
		l, r := x/p.right, x%p.right
		l = wrap(l+below(mix(r^p.keys[0]), p.left), p.left)
		r = wrap(r+below(mix(l^p.keys[1]), p.right), p.right)
		l = wrap(l+below(mix(r^p.keys[2]), p.left), p.left)
		r = wrap(r+below(mix(l^p.keys[3]), p.right), p.right)
		if x = l*p.right + r; x < p.n {
			return int64(x)
		}
	}
}

// from is the element that goes to i.
func (p *permutation) from(i int64) int64 {
	x := uint64(i)
	for {
		l, r := x/p.right, x%p.right
		r = wrap(r+p.right-below(mix(l^p.keys[3]), p.right), p.right)
		l = wrap(l+p.left-below(mix(r^p.keys[2]), p.left), p.left)
		r = wrap(r+p.right-below(mix(l^p.keys[1]), p.right), p.right)
		l = wrap(l+p.left-below(mix(r^p.keys[0]), p.left), p.left)
		if x = l*p.right + r; x < p.n {
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

// mix is the finaliser of SplitMix64 (Steele, Lea and Flood, 2014): a bijection
// that spreads every bit of x over the whole word.
func mix(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
