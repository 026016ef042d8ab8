package writers

import (
	"time"

	"flagfill/engine"
)

// runRecord is run.json: what happened when, and where. Evidence only.
type runRecord struct {
	Schema        string            `json:"schema"`
	Version       string            `json:"version"`
	Commit        string            `json:"commit"`
	Go            string            `json:"go"`
	Modules       map[string]string `json:"modules"`
	Host          string            `json:"host"`
	Command       []string          `json:"command"`
	Config        string            `json:"config"`
	Out           string            `json:"out"`
	Workers       int               `json:"workers"`
	MemoryBytes   int64             `json:"memory_bytes"`
	Started       time.Time         `json:"started"`
	Seconds       float64           `json:"seconds"` // until the publication was sealed
	Rows          int64             `json:"rows"`    // of all input tables
	RowsPerSecond float64           `json:"rows_per_second"`
	Stages        []runStage        `json:"stages"` // that have ended
	Work          []runCrew         `json:"work"`
}

type runStage struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
}

type runCrew struct {
	Crew       string     `json:"crew"`
	Goroutines int        `json:"goroutines"`
	Steps      []runStage `json:"steps"`
}

func newRunRecord(info RunInfo, cfg *engine.Config, result *engine.Result, timings Timings) runRecord {
	r := runRecord{
		Schema: "flagfill.run/1", Version: info.Version, Commit: info.Commit, Go: info.Go, Modules: info.Modules,
		Host: info.Host, Command: append([]string{}, info.Command...), Config: info.Config, Out: info.Out,
		Workers: cfg.Workers, MemoryBytes: cfg.MemoryBytes, Started: info.Started.UTC(),
		Rows:   result.Read.Devices.Rows + result.Read.MeterPoints.Rows,
		Stages: runStages(timings.Stages),
	}
	if r.Modules == nil {
		r.Modules = map[string]string{}
	}
	for _, crew := range timings.Crews {
		r.Work = append(r.Work, runCrew{crew.Name, crew.Goroutines, runStages(crew.Steps)})
	}
	if info.Elapsed != nil {
		r.Seconds = info.Elapsed().Seconds()
	}
	if r.Seconds > 0 {
		r.RowsPerSecond = float64(r.Rows) / r.Seconds
	}
	return r
}

func runStages(stages []engine.Stage) []runStage {
	named := make([]runStage, 0, len(stages))
	for _, s := range stages {
		named = append(named, runStage{s.Name, s.Duration.Seconds()})
	}
	return named
}
