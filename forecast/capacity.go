// Package forecast computes how long the receivers of a publication need: by
// integer arithmetic on what each of them says of itself, and nothing else.
package forecast

import (
	"cmp"
	"maps"
	"slices"

	"flagfill/config"
	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// Capacity is what a capacity file says of the receivers: one column of a
// forecast.
type Capacity struct {
	Label     string // of the column: "expected"
	path      string
	receivers map[Receiver]*stated // those with figures of their own; without RDP those of the whole fuel
}

// Receiver is an RDP as the taker of one fuel's flow files.
type Receiver struct {
	Fuel meterpoint.Fuel
	RDP  string
}

func (r Receiver) String() string { return r.RDP + " (" + r.Fuel.String() + ")" }

// stated is a table of a capacity file; nil is what it does not say.
type stated struct {
	FilesPerHour           *int64   `toml:"files_per_hour"`
	RecordsPerFile         *int64   `toml:"records_per_file"`
	FilesInFlight          *int64   `toml:"files_in_flight"`
	AcknowledgementMinutes *int64   `toml:"acknowledgement_minutes"`
	TimeZone               *string  `toml:"time_zone"`
	Days                   []string `toml:"days"`
	Windows                []string `toml:"windows"`
	FirstStart             any      `toml:"first_start"`
	DailyRun               *string  `toml:"daily_run"`
}

type fuelTable struct {
	stated
	RDP map[string]*stated `toml:"rdp"`
}

type capacityFile struct {
	Label       string    `toml:"label"`
	Electricity fuelTable `toml:"electricity"`
	Gas         fuelTable `toml:"gas"`
}

// Read reads a capacity file. What it may not say is an *engine.Refusal of kind
// RefusedUsage; what it leaves unsaid is asked for when it is needed.
func Read(path string) (*Capacity, error) {
	var f capacityFile
	if _, err := config.ReadStrict(path, "capacity file", "flagfill forecast --sample prints one, with figures that are examples.", &f); err != nil {
		return nil, err
	}
	c := &Capacity{Label: f.Label, path: path, receivers: map[Receiver]*stated{
		{Fuel: meterpoint.Electricity}: &f.Electricity.stated, {Fuel: meterpoint.Gas}: &f.Gas.stated}}
	for fuel, table := range map[meterpoint.Fuel]fuelTable{meterpoint.Electricity: f.Electricity, meterpoint.Gas: f.Gas} {
		for rdp, s := range table.RDP {
			c.receivers[Receiver{fuel, rdp}] = s
		}
	}
	if c.Label == "" {
		return nil, c.refuse("it has no label", "Name its column in the forecast:\nlabel = \"expected\"    # or low, or high")
	}
	for _, r := range c.named() {
		if _, err := c.receivers[r].check(r, c); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// named are the receivers that the file says something of, in order.
func (c *Capacity) named() []Receiver {
	return slices.SortedFunc(maps.Keys(c.receivers), func(a, b Receiver) int {
		return cmp.Or(cmp.Compare(a.Fuel, b.Fuel), cmp.Compare(a.RDP, b.RDP))
	})
}

func (c *Capacity) refuse(problem, next string) error {
	return &engine.Refusal{Kind: engine.RefusedUsage, Problem: "cannot use capacity file " + engine.ShownPath(c.path) + ": " + problem, Next: next}
}
