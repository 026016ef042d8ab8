package main

import (
	"time"

	"flagfill/engine"
	"flagfill/writers"
)

// whatIfDocument is what whatif --json prints.
type whatIfDocument struct {
	Schema        string          `json:"schema"`
	ContentDigest string          `json:"content_digest"`
	AsOf          time.Time       `json:"as_of"`
	Fuel          string          `json:"fuel"`
	Assessed      int64           `json:"assessed"`
	Chosen        answerDocument  `json:"chosen"`
	Others        []otherDocument `json:"others"`
}

type answerDocument struct {
	Settings map[string]string `json:"settings"` // by dimension
	engine.Answer
	ByFuel       []groupDocument `json:"by_fuel"`
	ByRDP        []groupDocument `json:"by_rdp"`
	ByTransition []groupDocument `json:"by_transition"`
}

type otherDocument struct {
	Changes []string     `json:"changes"` // in words: "report_gas off"
	Against engine.Tally `json:"against_chosen"`
	answerDocument
}

// groupDocument has an RDP, or an old and a new status, or neither.
type groupDocument struct {
	Fuel string  `json:"fuel"`
	RDP  *string `json:"rdp,omitempty"` // "" where none is known
	From string  `json:"from,omitempty"`
	To   string  `json:"to,omitempty"`
	engine.Tally
}

func (w *whatIf) document(m *writers.Manifest) whatIfDocument {
	d := whatIfDocument{Schema: "flagfill.whatif/1", ContentDigest: m.ContentDigest, AsOf: m.Content.AsOf, Fuel: m.Content.Fuel,
		Assessed: m.Content.Totals.MeterPoints.Assessed, Chosen: w.answer(0), Others: []otherDocument{}}
	for i := 1; i < len(w.answers); i++ {
		d.Others = append(d.Others, otherDocument{w.scenarios[i].Against(w.scenarios[0]),
			w.answers[i].Minus(w.answers[0].Tally), w.answer(i)})
	}
	return d
}

func (w *whatIf) answer(i int) answerDocument {
	d := answerDocument{Settings: map[string]string{}, Answer: w.answers[i]}
	for _, dimension := range engine.Dimensions() {
		d.Settings[dimension.Name] = dimension.Of(w.scenarios[i])
	}
	for by, groups := range map[engine.Breakdown]*[]groupDocument{engine.ByFuel: &d.ByFuel, engine.ByRDP: &d.ByRDP, engine.ByTransition: &d.ByTransition} {
		*groups = []groupDocument{}
		tallies := d.By(by)
		for _, move := range engine.SortedMoves(tallies) {
			g := groupDocument{Fuel: move.Fuel.String(), Tally: tallies[move]}
			switch by {
			case engine.ByRDP:
				g.RDP = &move.RDP
			case engine.ByTransition:
				g.From, g.To = move.From.String(), move.To.String()
			}
			*groups = append(*groups, g)
		}
	}
	return d
}
