package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"go.uber.org/goleak"

	"flagfill/assurance/property"
)

// spoiling makes what was freed unreadable, so that a run that looks at a
// batch after its time gives wrong results.
type spoiling struct{ memory.Allocator }

func (s spoiling) Free(b []byte) {
	for i := range b {
		b[i] = 0xA5
	}
	s.Allocator.Free(b)
}

func (s spoiling) Reallocate(size int, b []byte) []byte {
	grown := s.Allocate(size)
	copy(grown, b)
	s.Free(b)
	return grown
}

var errTrouble = errors.New("trouble")

// troubledSink fails at one of its calls.
type troubledSink struct {
	memorySink
	at func() error
}

func (s *troubledSink) Write(c *Changes) error {
	if err := s.at(); err != nil {
		return err
	}
	return s.memorySink.Write(c)
}

func (s *troubledSink) WriteExceptions(e []Exception) error {
	if err := s.at(); err != nil {
		return err
	}
	return s.memorySink.WriteExceptions(e)
}

// troubles are the ways in which a run can end early, at its nth batch or call
// of the sink.
var troubles = []struct {
	name    string
	ofSink  bool
	trouble func(cancel func()) error
}{
	{"a source fails", false, func(func()) error { return errTrouble }},
	{"a source panics", false, func(func()) error { panic("trouble") }},
	{"the run is cancelled while it reads", false, func(cancel func()) error { cancel(); return nil }},
	{"a sink fails", true, func(func()) error { return errTrouble }},
	{"the run is cancelled while it writes", true, func(cancel func()) error { cancel(); return nil }},
}

// However a run ends, it leaves no goroutine, closes every reader, and frees
// every Arrow buffer that a source allocated for it.
func TestPropertyRunLeavesNothingBehind(t *testing.T) {
	property.Property{Goal: "R11", Name: "a run leaves no goroutine, reader or Arrow buffer, however it ends", Unit: "runs", Seeds: 20}.
		Check(t, func(t *testing.T, seed int) (runs int64) {
			random := rand.New(rand.NewPCG(uint64(seed), 11))
			c := randomCase(random, 1500)
			want := oracle{oracleSettings: c.settings}
			want.run(c.devices, c.points)
			c.end(t, func() {
				if diff := c.compare(&want, nil); diff != "" {
					t.Errorf("a successful run: %s", diff)
				}
			})
			refused := *c
			refused.cfg.Limits.MaxExceptions = Limit{Count: 0}
			refused.end(t, func() {
				_, err := Run(context.Background(), refused.cfg, Inputs{c.shapedDevices, c.shapedPoints}, &memorySink{}, &Progress{})
				var refusal *Refusal
				if !errors.As(err, &refusal) {
					t.Errorf("a run over its limit: %v", err)
				}
			})
			runs = 2
			for _, kind := range troubles {
				for at, reached := int64(1), true; reached; at += max(at/2, 1) {
					reached = c.troubled(t, fmt.Sprintf("%s at %d", kind.name, at), at, kind.ofSink, kind.trouble)
					runs++
				}
			}
			return runs
		})
}

// troubled runs into trouble at one of the calls of the source or the sink. It
// tells whether the run came so far.
func (c *agreementCase) troubled(t *testing.T, name string, at int64, ofSink bool, trouble func(cancel func()) error) bool {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var calls atomic.Int64
	inTrouble := func() error {
		if calls.Add(1) == at {
			return trouble(cancel)
		}
		return nil
	}
	never := func() error { return nil }
	sink := &troubledSink{at: never}
	if ofSink {
		sink.at = inTrouble
	} else {
		c.shapedDevices.trouble, c.shapedPoints.trouble = inTrouble, inTrouble
		defer func() { c.shapedDevices.trouble, c.shapedPoints.trouble = nil, nil }()
	}
	c.end(t, func() {
		_, err := Run(ctx, c.cfg, Inputs{c.shapedDevices, c.shapedPoints}, sink, &Progress{})
		last := ofSink && ctx.Err() != nil // cancelled at its last call, a run may end well
		if reached := calls.Load() >= at; reached != (err != nil) && !last {
			t.Errorf("%s: reached: %v, and the run ends with %v", name, reached, err)
		}
	})
	return calls.Load() >= at
}

// end has a run end, and looks at what it leaves.
func (c *agreementCase) end(t *testing.T, run func()) {
	t.Helper()
	for _, left := range c.leftBy(run) {
		t.Error(left)
	}
}

func (c *agreementCase) leftBy(run func()) (left []string) {
	before := goleak.IgnoreCurrent()
	allocator := memory.NewCheckedAllocator(spoiling{memory.NewGoAllocator()})
	c.shapedDevices.allocator, c.shapedPoints.allocator = allocator, allocator
	run()
	if err := goleak.Find(before); err != nil {
		left = append(left, err.Error())
	}
	if open := c.shapedDevices.open.Load() + c.shapedPoints.open.Load(); open != 0 {
		left = append(left, fmt.Sprintf("%d readers are open", open))
	}
	if n := allocator.CurrentAlloc(); n != 0 {
		left = append(left, fmt.Sprintf("%d bytes of Arrow buffers are not freed", n))
	}
	return left
}

// What the property looks for, it finds.
func TestLeaksAreSeen(t *testing.T) {
	c := randomCase(rand.New(rand.NewPCG(1, 12)), 100)
	end := make(chan struct{})
	defer close(end)
	left := c.leftBy(func() {
		plan, err := c.shapedPoints.Plan(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		reader, err := c.shapedPoints.Open(plan.Splits[0], []int{0, 1})
		if err != nil {
			t.Fatal(err)
		}
		var batch Batch
		if err := reader.Next(&batch); err != nil {
			t.Fatal(err)
		}
		go func() { <-end }()
	})
	if len(left) != 3 {
		t.Errorf("a goroutine, a reader and its buffers were left, and it found %q", left)
	}
}
