package writers

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"flagfill/engine"
)

// ContentDigest of the publication, as its manifest proves it.
func (p *Published) ContentDigest() string { return p.manifest.ContentDigest }

// AsOf is the instant that the publication was made for.
func (p *Published) AsOf() time.Time { return p.manifest.Content.AsOf }

// Fuel is the publication's choice of fuels, as a flag spells it.
func (p *Published) Fuel() string { return p.manifest.Content.Fuel }

// Scope is the publication's scope, as a flag spells it.
func (p *Published) Scope() string { return p.manifest.Content.Scope }

// Baseline is the publication's baseline, as a flag spells it.
func (p *Published) Baseline() string { return p.manifest.Content.Baseline }

// SettingDifference is a setting that decides meter points and is not the same
// in a publication.
type SettingDifference struct {
	Setting   string `json:"setting"` // "rules.mixed"
	Here      string `json:"here"`
	Published string `json:"published"`
}

// Differences lists the settings under which the publication was made and that
// differ from cfg: as-of, fuel, scope, baseline, switches, policies, checks,
// RDPs, and the mapping of columns and words. None: a run under cfg on the same
// rows gives this publication's dispositions.
func (p *Published) Differences(cfg *engine.Config) ([]SettingDifference, error) {
	here, err := flatSettings(settingsOf(cfg), newReading(cfg))
	if err != nil {
		return nil, err
	}
	there, err := flatSettings(p.manifest.Content, p.manifest.Reading)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, settings := range []map[string]string{here, there} {
		for name := range settings {
			names[name] = true
		}
	}
	differences := []SettingDifference{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if here[name] != there[name] {
			differences = append(differences, SettingDifference{name, orNotSet(here[name]), orNotSet(there[name])})
		}
	}
	return differences, nil
}

func orNotSet(text string) string {
	if text == "" {
		return "not set"
	}
	return text
}

// flatSettings gives every setting under the path of its keys.
func flatSettings(c Content, r Reading) (map[string]string, error) {
	columns := maps.Clone(r.Columns)
	delete(columns, engine.Extract.String()) // no run reads one
	text, err := compactJSON(struct {
		AsOf       time.Time                    `json:"as_of"`
		Fuel       string                       `json:"fuel"`
		Scope      string                       `json:"scope"`
		Baseline   string                       `json:"baseline"`
		Switches   SwitchSettings               `json:"switches"`
		Rules      map[string]string            `json:"rules"`
		Validation Validation                   `json:"validation"`
		RDP        RDPSettings                  `json:"rdp"`
		Columns    map[string]map[string]string `json:"columns"`
		Values     map[string]map[string]string `json:"values"`
	}{c.AsOf, c.Fuel, c.Scope, c.Baseline, c.Switches, c.Rules, c.Validation, c.RDP, columns, r.Values})
	if err != nil {
		return nil, fmt.Errorf("cannot compare settings: %w", err)
	}
	var tree map[string]any
	if err := json.Unmarshal(text, &tree); err != nil {
		return nil, fmt.Errorf("cannot compare settings: %w", err)
	}
	flat := map[string]string{}
	flatten(flat, "", tree)
	return flat, nil
}

func flatten(flat map[string]string, path string, value any) {
	if branch, ok := value.(map[string]any); ok {
		for key, below := range branch {
			flatten(flat, strings.TrimPrefix(path+"."+key, "."), below)
		}
		return
	}
	flat[path] = fmt.Sprint(value)
}

// SameInputs tells whether the files of devices and meter_points are those that
// the publication was made from, by their fingerprints. That proves nothing of
// rows that were changed in place without another footer or size.
func (p *Published) SameInputs(inputs []engine.Input) bool {
	here, there := map[string][]string{}, map[string][]string{}
	for _, in := range inputs {
		if in.Table == engine.Extract {
			continue
		}
		for _, f := range in.Files {
			here[in.Table.String()] = append(here[in.Table.String()], f.Fingerprint)
		}
	}
	for _, in := range p.manifest.Inputs {
		for _, f := range in.Files {
			there[in.Table] = append(there[in.Table], f.Fingerprint)
		}
	}
	for _, tables := range []map[string][]string{here, there} {
		for _, fingerprints := range tables {
			slices.Sort(fingerprints)
		}
	}
	return maps.EqualFunc(here, there, slices.Equal)
}
