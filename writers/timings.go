package writers

import (
	"time"

	"flagfill/engine"
)

// Timings say where the time of a run went: by stage, one after another, and by
// step of the goroutines that worked beside each other. Times are by the clock,
// so a goroutine's include waiting for a processor.
type Timings struct {
	Stages []engine.Stage // wall time
	Crews  []Crew
}

// Crew is a number of goroutines that do the same work, with their time by step
// added up.
type Crew struct {
	Name       string
	Goroutines int
	Steps      []engine.Stage
}

// Steps of the goroutines that write.
const (
	stepEncode = iota
	stepWrite  // to the file system's cache
	stepHash
	stepSync
	writerSteps
)

var writerStepNames = [writerSteps]string{"encode", "write", "hash", "fsync"}

// clocks count the time of a publication in the making.
type clocks struct {
	clock     func() time.Time  // nil: nothing is counted
	writer    *engine.Stopwatch // the goroutine that the sink is called on: flow files and small ones
	changes   *engine.Stopwatch // the lane that encodes changes.parquet
	syncs     *engine.Stopwatch // the lane that makes files durable
	verifying time.Duration     // of the workers
	stages    []engine.Stage
}

func newClocks(clock func() time.Time) clocks {
	watch := func() *engine.Stopwatch { return engine.NewStopwatch(clock, writerSteps) }
	return clocks{clock: clock, writer: watch(), changes: watch(), syncs: watch()}
}

// Timings of a run whose publication is committed, from the input to the
// rename.
func (p *Publication) Timings(result *engine.Result) Timings {
	t := p.clocks.untilSealed(p.cfg.Workers, result)
	t.Crews[0].Steps = append(t.Crews[0].Steps, engine.Stage{Name: "verify", Duration: p.clocks.verifying})
	t.Crews = append(t.Crews, crewOf("durability", p.clocks.syncs, stepSync))
	return t
}

// Timings of a reconciliation that is committed, from the input to the rename.
func (r *Reconciliation) Timings(found *engine.Reconciliation) Timings {
	t := r.untilSealed(found.Result)
	t.Crews[0].Steps = append(t.Crews[0].Steps, engine.Stage{Name: "verify", Duration: r.clocks.verifying})
	t.Crews = append(t.Crews, crewOf("durability", r.clocks.syncs, stepSync))
	return t
}

// untilSealed counts the workers. The goroutines that encode differences and
// corrections beside them are no crew: their time shows in the stages alone.
func (r *Reconciliation) untilSealed(result *engine.Result) Timings {
	return Timings{Stages: append(result.Stages[:len(result.Stages):len(result.Stages)], r.clocks.stages...),
		Crews: []Crew{{"workers", r.cfg.Workers, append([]engine.Stage{}, result.Work...)}}}
}

// untilSealed leaves out what is still under way when run.json is written: making
// files durable and verifying them.
func (c *clocks) untilSealed(workers int, result *engine.Result) Timings {
	t := Timings{Stages: append(result.Stages[:len(result.Stages):len(result.Stages)], c.stages...)}
	t.Crews = []Crew{
		{"workers", workers, append([]engine.Stage{}, result.Work...)},
		crewOf("flow files", c.writer, stepEncode, stepWrite, stepHash, stepSync),
		crewOf("changes.parquet", c.changes, stepEncode, stepWrite, stepHash),
	}
	return t
}

func crewOf(name string, watch *engine.Stopwatch, steps ...int) Crew {
	crew := Crew{Name: name, Goroutines: 1}
	for _, step := range steps {
		crew.Steps = append(crew.Steps, engine.Stage{Name: writerStepNames[step], Duration: watch.Spent(step)})
	}
	return crew
}
