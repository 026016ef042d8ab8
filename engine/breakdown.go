package engine

import (
	"cmp"
	"slices"
)

// Breakdown says by what the moves of an answer are grouped.
type Breakdown uint8

// ByFuel keeps the fuel alone; the others keep it beside the RDP, or the old
// and the new status. What is not kept is zero.
const (
	ByFuel Breakdown = iota
	ByRDP
	ByTransition
)

var breakdownNames = []string{"fuel", "rdp", "transition"}

func (b Breakdown) String() string { return breakdownNames[b] }

// Breakdowns are the names in order, indexed by Breakdown. Read only.
func Breakdowns() []string { return breakdownNames }

func (b Breakdown) of(m Move) Move {
	switch b {
	case ByRDP:
		return Move{Fuel: m.Fuel, RDP: m.RDP}
	case ByTransition:
		return Move{Fuel: m.Fuel, From: m.From, To: m.To}
	}
	return Move{Fuel: m.Fuel}
}

// By sums the moves by what the breakdown keeps.
func (a *Answer) By(b Breakdown) map[Move]Tally {
	groups := map[Move]Tally{}
	for move, t := range a.Moves {
		sum := groups[b.of(move)]
		sum.add(t)
		groups[b.of(move)] = sum
	}
	return groups
}

// SortedMoves are the keys of all groups together: by fuel, gas first, by RDP,
// by old and new status in the order Null, A, I, N.
func SortedMoves(groups ...map[Move]Tally) []Move {
	var moves []Move
	for _, g := range groups {
		for m := range g {
			moves = append(moves, m)
		}
	}
	slices.SortFunc(moves, func(a, b Move) int {
		return cmp.Or(cmp.Compare(a.Fuel, b.Fuel), cmp.Compare(a.RDP, b.RDP), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return slices.Compact(moves)
}
