package main

import (
	"time"

	"flagfill/forecast"
)

// forecastDocument is what forecast --json prints.
type forecastDocument struct {
	Schema        string           `json:"schema"`
	ContentDigest string           `json:"content_digest"`
	RunSeconds    float64          `json:"run_seconds"`
	Deadline      *time.Time       `json:"deadline"`
	Instants      []time.Time      `json:"instants"`
	Capacities    []columnDocument `json:"capacities"`
}

type columnDocument struct {
	Label       string              `json:"label"`
	Bottleneck  receiverDocument    `json:"bottleneck"`
	Start       time.Time           `json:"start"`
	Finish      time.Time           `json:"finish"`
	LatestStart *time.Time          `json:"latest_start"`
	Receivers   []receptionDocument `json:"receivers"`
	Others      []otherCutDocument  `json:"others"`
}

type receiverDocument struct {
	Fuel string `json:"fuel"`
	RDP  string `json:"rdp"`
}

type receptionDocument struct {
	receiverDocument
	Files          int64         `json:"files"`
	Records        int64         `json:"records"`
	Recut          bool          `json:"recut"`
	FirstStart     time.Time     `json:"first_start"`
	Finish         time.Time     `json:"finish"`
	Seconds        int64         `json:"seconds"`
	LatestStart    *time.Time    `json:"latest_start"`
	DailyRun       dailyDocument `json:"daily_run"`
	Waiting        []int64       `json:"waiting_files"`
	WaitingRecords []int64       `json:"waiting_records"`
}

type dailyDocument struct {
	At      time.Time `json:"at"`
	Waiting int64     `json:"waiting_files"`
	Met     int64     `json:"met"`
}

type otherCutDocument struct {
	MaxRecords int64     `json:"max_records,omitempty"`
	Waves      int64     `json:"waves,omitempty"`
	AnyFlight  bool      `json:"any_in_flight,omitempty"`
	Files      int64     `json:"files"`
	Finish     time.Time `json:"finish"`
	Most       int64     `json:"most_waiting_files"`
}

func utc(at int64) time.Time { return time.Unix(at, 0).UTC() }

// given is an instant, or null where it is 0.
func given(at int64) *time.Time {
	if at == 0 {
		return nil
	}
	t := utc(at)
	return &t
}

func (v *forecastView) document() forecastDocument {
	d := forecastDocument{Schema: "flagfill.forecast/1", ContentDigest: v.manifest.ContentDigest, RunSeconds: v.runSeconds,
		Instants: []time.Time{}, Capacities: []columnDocument{}}
	if !v.deadline.IsZero() {
		d.Deadline = &v.deadline
	}
	if v.forecast == nil {
		return d
	}
	for _, at := range v.forecast.Instants {
		d.Instants = append(d.Instants, utc(at))
	}
	for i := range v.forecast.Columns {
		d.Capacities = append(d.Capacities, newColumnDocument(&v.forecast.Columns[i], v.forecast.Instants))
	}
	return d
}

func newColumnDocument(c *forecast.Column, instants []int64) columnDocument {
	first := c.Receivers[0]
	d := columnDocument{Label: c.Label, Bottleneck: receiverDocument{first.Fuel.String(), first.RDP}, Start: utc(c.Start), Finish: utc(c.Finish()),
		LatestStart: given(c.LatestStart()), Others: []otherCutDocument{}}
	for _, r := range c.Receivers {
		reception := receptionDocument{receiverDocument{r.Fuel.String(), r.RDP}, r.Files, r.Records, r.Recut,
			utc(r.FirstStart), utc(r.Finish), r.Elapsed(), given(r.LatestStart),
			dailyDocument{utc(r.DailyRun.At), r.DailyRun.Waiting, r.DailyRun.Met}, nil, nil}
		for _, at := range instants {
			records, files := r.Backlog(at)
			reception.Waiting, reception.WaitingRecords = append(reception.Waiting, files), append(reception.WaitingRecords, records)
		}
		d.Receivers = append(d.Receivers, reception)
	}
	for _, o := range c.Others {
		d.Others = append(d.Others, otherCutDocument{o.MaxRecords, o.Waves, o.AnyFlight, o.Files, utc(o.Finish), o.Most})
	}
	return d
}
