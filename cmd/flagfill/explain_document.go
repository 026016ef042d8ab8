package main

import (
	"slices"
	"time"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
	"flagfill/writers"
)

// explanationDocument is what --json prints: docs/explain.md describes it.
type explanationDocument struct {
	Schema       string              `json:"schema"`
	AsOf         time.Time           `json:"as_of"`
	Fuel         string              `json:"fuel"`
	Scope        string              `json:"scope"`
	Baseline     string              `json:"baseline"`
	Switches     map[string]bool     `json:"switches"`
	Rules        map[string]string   `json:"rules"`
	Publication  *publicationInView  `json:"publication"`
	Search       []engine.KeySearch  `json:"search"`
	Explanations []explanationInView `json:"explanations"`

	cfg *engine.Config
}

// publicationInView says which publication was looked into.
type publicationInView struct {
	Dir           string                      `json:"dir"`
	ContentDigest string                      `json:"content_digest"`
	SameSettings  bool                        `json:"same_settings"`
	SameInputs    bool                        `json:"same_inputs"`
	Differences   []writers.SettingDifference `json:"differences"`
}

// explanationInView is an explanation beside what the publication says.
type explanationInView struct {
	engine.Explanation
	Published *writers.PublishedPoint `json:"published"`
}

const explanationSchema = "flagfill.explanation/1"

func newExplanationDocument(cfg *engine.Config, answers *engine.Explanations, p *writers.Published, dir string) (*explanationDocument, error) {
	d := &explanationDocument{Schema: explanationSchema, AsOf: cfg.AsOf, Fuel: cfg.Fuel.String(), Scope: cfg.Scope.String(),
		Baseline: cfg.Baseline.String(), Rules: map[string]string{}, Search: answers.Search, cfg: cfg,
		Switches: map[string]bool{"installed_status": cfg.Rules.InstalledStatus,
			"report_electricity": cfg.Switches.ReportElectricity, "report_gas": cfg.Switches.ReportGas}}
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		d.Rules[a.String()] = cfg.Rules.Choices[a].String()
	}
	for _, x := range answers.All {
		d.Explanations = append(d.Explanations, explanationInView{Explanation: x})
	}
	if p == nil {
		return d, nil
	}
	differences, err := p.Differences(cfg)
	if err != nil {
		return nil, err
	}
	d.Publication = &publicationInView{dir, p.ContentDigest(), len(differences) == 0, p.SameInputs(answers.Inputs), differences}
	return d, d.lookUp(p)
}

// lookUp sets beside each explanation what the publication says of it.
func (d *explanationDocument) lookUp(p *writers.Published) error {
	var numbers []meterpoint.MPxN
	var beside []*explanationInView
	for i := range d.Explanations {
		if m, ok := meterpoint.ParseMPxN([]byte(d.Explanations[i].MPxN)); ok {
			numbers, beside = append(numbers, m), append(beside, &d.Explanations[i])
		}
	}
	found, err := p.Find(numbers)
	if err != nil {
		return err
	}
	for i := range found {
		beside[i].Published = &found[i]
		if d.Publication.SameSettings && d.Publication.SameInputs {
			found[i].Expect(beside[i].Decision)
		}
	}
	return nil
}

// disagrees tells whether a publication says something else than it should.
func (d *explanationDocument) disagrees() bool {
	return slices.ContainsFunc(d.Explanations, func(x explanationInView) bool {
		return x.Published != nil && len(x.Published.Problems) > 0
	})
}
