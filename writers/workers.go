package writers

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"flagfill/engine"
)

// All goroutines of this package start here.

// lane runs jobs one after another beside its owner, who stops it.
type lane struct {
	jobs chan func() error
	done chan struct{}
	stop sync.Once

	mu    sync.Mutex
	first error // of the jobs so far
}

// startLane has room for depth jobs that wait; submitting one more waits too.
func startLane(depth int) *lane {
	l := &lane{jobs: make(chan func() error, depth), done: make(chan struct{})}
	go func() {
		defer close(l.done)
		for job := range l.jobs {
			if err := guard(job); err != nil {
				l.fail(err)
			}
		}
	}()
	return l
}

// submit queues a job and gives the first error of earlier ones. Jobs run even
// after an error: each also releases what it holds.
func (l *lane) submit(job func() error) error {
	l.jobs <- job
	return l.err()
}

// finish lets the queued jobs end and gives the first error. It may be called
// again; after it, nothing may be submitted.
func (l *lane) finish() error {
	l.stop.Do(func() { close(l.jobs) })
	<-l.done
	return l.err()
}

func (l *lane) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.first == nil {
		l.first = err
	}
}

func (l *lane) err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.first
}

// parallel runs the jobs on a number of workers until all have ended, one has
// failed, or ctx is done.
func parallel(ctx context.Context, workers int, jobs []func() error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(workers, 1))
	for _, job := range jobs {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return guard(job)
		})
	}
	return group.Wait()
}

// guard turns a panic of a job into an error: a decoder of foreign bytes may
// panic, and nothing may stay behind when an encoder does.
func guard(job func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = engine.Fault(cause)
		}
	}()
	return job()
}
