package forecast

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// Shipment is what one receiver is sent.
type Shipment struct {
	Receiver
	Files []int64 // records of each flow file, in their order
}

// Asked is what a forecast is to show besides the finish.
type Asked struct {
	Deadline   int64   // Unix seconds; 0: none
	MaxRecords []int64 // other cuts to try
	Waves      []int64 // other numbers of waves, a day apart
}

// Forecast has a column for each capacity file.
type Forecast struct {
	Instants []int64 // Unix seconds, at which backlogs are given
	Columns  []Column
}

// Column is what follows from one capacity file.
type Column struct {
	Label     string
	Start     int64       // of the first receiver
	Receivers []Reception // the latest finish first: the first one is the bottleneck
	Others    []Other
	Unused    []Receiver // that the file names and the publication does not
}

// Finish is when the last file of all is acknowledged.
func (c *Column) Finish() int64 { return c.Receivers[0].Finish }

// Reception is how one receiver takes its files. Instants are Unix seconds.
type Reception struct {
	Receiver
	Files, Records int64
	Recut          bool // the files published hold more than it takes: it is forecast with files that it takes
	RecordsPerFile int64
	FirstStart     int64
	Finish         int64 // of the last acknowledgement
	DailyRun       DailyRun
	LatestStart    int64 // with which the deadline is met; 0 where none within a year does, or no deadline is asked for
	terms          *Terms
	left           []int64 // records of the last n files, by n
	schedule       *schedule
}

// Elapsed is the time from the first start to the finish, in seconds.
func (r *Reception) Elapsed() int64 { return r.Finish - r.FirstStart }

// DailyRun is the first run of the daily report after the first start.
type DailyRun struct {
	At      int64
	Waiting int64 // files that are not acknowledged then: it has to queue behind them
	Met     int64 // daily runs until the finish
}

// Other is another cut, or another number of waves, and what it gives; the first
// is what is published, at once.
type Other struct {
	MaxRecords int64 // 0: as published
	Waves      int64 // 0: all at once
	AnyFlight  bool  // no file waits for an acknowledgement of another
	Files      int64
	Finish     int64
	Most       int64 // files that wait at one receiver at most
}

// maxFiles keeps a forecast within seconds and memory; a publication of all of
// Great Britain has hundreds.
const maxFiles = 2_000_000

// New forecasts the shipments, of which there is at least one, under every
// capacity. What a capacity leaves
// unsaid is asked for in an *engine.Refusal of kind RefusedUsage.
func New(shipments []Shipment, capacities []*Capacity, asked Asked) (*Forecast, error) {
	f := &Forecast{}
	for _, c := range capacities {
		column, err := c.column(shipments)
		if err != nil {
			return nil, err
		}
		if err := column.ask(asked); err != nil {
			return nil, c.refuse(err.Error(), "Ask for larger files, or fewer waves.")
		}
		f.Columns = append(f.Columns, *column)
	}
	f.Instants = f.instants()
	return f, nil
}

func (c *Capacity) column(shipments []Shipment) (*Column, error) {
	column, unsaid := &Column{Label: c.Label}, map[meterpoint.Fuel]map[string][]string{}
	known := map[Receiver]bool{}
	for _, s := range shipments {
		known[s.Receiver] = true
		terms, missing, err := c.terms(s.Receiver)
		if err != nil {
			return nil, err
		}
		for _, key := range missing {
			if unsaid[s.Fuel] == nil {
				unsaid[s.Fuel] = map[string][]string{}
			}
			unsaid[s.Fuel][key] = append(unsaid[s.Fuel][key], s.RDP)
		}
		if terms != nil {
			column.Receivers = append(column.Receivers, newReception(s, terms))
		}
	}
	if len(unsaid) > 0 {
		return nil, c.askFor(unsaid)
	}
	for _, r := range c.named() {
		if r.RDP != "" && !known[r] {
			column.Unused = append(column.Unused, r)
		}
	}
	for i := range column.Receivers {
		if err := column.Receivers[i].place(); err != nil {
			return nil, c.refuse(column.Receivers[i].Receiver.String()+": "+err.Error(), "Look at its windows, days and files_per_hour.")
		}
	}
	slices.SortFunc(column.Receivers, func(a, b Reception) int {
		return cmp.Or(cmp.Compare(b.Finish, a.Finish), cmp.Compare(b.Elapsed(), a.Elapsed()), cmp.Compare(a.Fuel, b.Fuel), cmp.Compare(a.RDP, b.RDP))
	})
	column.Start = slices.MinFunc(column.Receivers, func(a, b Reception) int { return cmp.Compare(a.FirstStart, b.FirstStart) }).FirstStart
	return column, nil
}

// askFor names what a capacity file does not say, with the lines that would.
func (c *Capacity) askFor(unsaid map[meterpoint.Fuel]map[string][]string) error {
	var problem, lines []string
	for _, fuel := range meterpoint.Fuels {
		if len(unsaid[fuel]) == 0 {
			continue
		}
		rdps := map[string]bool{}
		lines = append(lines, "["+fuel.String()+"]")
		for _, k := range keys {
			if len(unsaid[fuel][k.name]) > 0 {
				lines = append(lines, k.line)
			}
			for _, rdp := range unsaid[fuel][k.name] {
				rdps[rdp] = true
			}
		}
		problem = append(problem, fmt.Sprintf("%s: %s", fuel, strings.Join(slices.Sorted(maps.Keys(rdps)), ", ")))
	}
	return c.refuse("it does not say all that is needed of "+strings.Join(problem, "; "),
		"Ask the receivers, and add for each fuel, or for one RDP under [fuel.rdp.NAME]:\n"+strings.Join(lines, "\n"))
}

// newReception cuts the files again where they hold more records than the
// receiver takes.
func newReception(s Shipment, t *Terms) Reception {
	r := Reception{Receiver: s.Receiver, RecordsPerFile: t.RecordsPerFile, FirstStart: t.FirstStart, terms: t, left: []int64{0}}
	sizes := s.Files
	for _, records := range s.Files {
		r.Records += records
		r.Recut = r.Recut || records > t.RecordsPerFile
	}
	if r.Recut {
		sizes = cut(r.Records, t.RecordsPerFile)
	}
	r.Files = int64(len(sizes))
	for _, records := range slices.Backward(sizes) {
		r.left = append(r.left, r.left[len(r.left)-1]+records)
	}
	return r
}

// cut is how many records each file holds where they are cut at most.
func cut(records, most int64) []int64 {
	sizes := make([]int64, 0, (records+most-1)/most)
	for ; records > 0; records -= most {
		sizes = append(sizes, min(records, most))
	}
	return sizes
}

// place fills in what follows from all files being ready at the first start.
func (r *Reception) place() error {
	if r.Files > maxFiles {
		return fmt.Errorf("%s files are more than the %s that a forecast counts", engine.Grouped(r.Files), engine.Grouped(maxFiles))
	}
	s, err := newSchedule(&r.terms.Pace, r.FirstStart, make([]int64, r.Files))
	if err != nil {
		return err
	}
	r.schedule, r.Finish = s, s.finish()
	r.DailyRun.At = r.terms.nextDailyRun(r.FirstStart)
	r.DailyRun.Waiting = s.waiting(r.DailyRun.At)
	for at := r.DailyRun.At; at < r.Finish; at = r.terms.nextDailyRun(at) {
		r.DailyRun.Met++
	}
	return nil
}

// nextDailyRun is the first daily run after an instant.
func (t *Terms) nextDailyRun(after int64) int64 {
	year, month, date := time.Unix(after, 0).In(t.calendar.zone).Date()
	for day := time.Date(year, month, date, 0, 0, 0, 0, time.UTC); ; day = day.AddDate(0, 0, 1) {
		if at := instant(t.calendar.zone, day, t.dailyRun); at > after {
			return at
		}
	}
}
