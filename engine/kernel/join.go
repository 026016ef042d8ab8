package kernel

// Join visits the keys of two runs of words in key order, each key once, with
// all words that either side has for it. It is the one primitive on which
// points meet devices, and expected statuses meet held ones.
type Join struct {
	Left, Right []uint64 // sorted by key

	Key       uint64
	LeftFrom  int // Left[LeftFrom:LeftTo] have the key
	LeftTo    int
	RightFrom int
	RightTo   int
}

// Next advances to the next key; it reports false after the last.
func (j *Join) Next() bool {
	j.LeftFrom, j.RightFrom = j.LeftTo, j.RightTo
	switch {
	case j.LeftFrom < len(j.Left) && j.RightFrom < len(j.Right):
		j.Key = min(Key(j.Left[j.LeftFrom]), Key(j.Right[j.RightFrom]))
	case j.LeftFrom < len(j.Left):
		j.Key = Key(j.Left[j.LeftFrom])
	case j.RightFrom < len(j.Right):
		j.Key = Key(j.Right[j.RightFrom])
	default:
		return false
	}
	for j.LeftTo < len(j.Left) && Key(j.Left[j.LeftTo]) == j.Key {
		j.LeftTo++
	}
	for j.RightTo < len(j.Right) && Key(j.Right[j.RightTo]) == j.Key {
		j.RightTo++
	}
	return true
}
