package synth

import "math"

// addHomes adds occurrences of a story, with as much of its past as the
// settings leave in what is recorded.
func (e *estate) addHomes(s story, instances int64) {
	if e.cfg.Forgotten {
		e.add(s.forgotten(), instances)
		return
	}
	settled := int64(0)
	if s.changes() {
		settled = int64(math.Round(float64(instances) * e.cfg.Settled))
	}
	e.add(s, instances-settled)
	if settled > 0 {
		e.add(s.settled(), settled)
	}
}

func (s *story) changes() bool {
	for _, p := range s.points {
		if p.becomes != held && p.becomes != p.recorded {
			return true
		}
	}
	return false
}

// settled is the story after a run: what was to become is recorded.
func (s story) settled() story {
	return s.with(func(p point) point {
		p.recorded = p.becomes
		return p
	})
}

// forgotten is the story with nothing recorded but that there once was a
// meter, so that where there is none now the status is N.
func (s story) forgotten() story {
	return s.with(func(p point) point {
		p.recorded, p.quirk = "", everInstalled
		if p.becomes == "" {
			p.becomes = "N"
		}
		return p
	})
}

// with is the story with other points in place of those not on hold.
func (s story) with(other func(point) point) story {
	points := make([]point, len(s.points))
	for i, p := range s.points {
		if points[i] = p; p.becomes != held {
			points[i] = other(p)
		}
	}
	s.points = points
	return s
}
