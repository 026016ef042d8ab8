package engine

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// each runs work once on every worker and waits for all; the first error stops
// the others through the context. A panic becomes an error that names the
// place, never the data.
func each(ctx context.Context, workers int, work func(ctx context.Context, worker int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	for worker := range workers {
		group.Go(func() (err error) {
			defer barrier(&err)
			return work(ctx, worker)
		})
	}
	return group.Wait()
}

// Each runs work for the items 0 to n−1, for those that read beside the engine:
// on as many goroutines as there are workers, which end before it returns. The
// first error stops the others through the context.
func Each(ctx context.Context, workers, n int, work func(ctx context.Context, item int) error) error {
	var next atomic.Int64
	return each(ctx, workers, func(ctx context.Context, _ int) error {
		for ctx.Err() == nil {
			item := int(next.Add(1) - 1)
			if item >= n {
				return nil
			}
			if err := work(ctx, item); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
}

// barrier turns a panic into an error.
func barrier(err *error) {
	if fault := recover(); fault != nil {
		*err = Fault(fault)
	}
}

// aheadPerWorker is how many items wait at most until those before them have
// been consumed.
const aheadPerWorker = 24

// inOrder produces the items 0 to n−1 on all workers and consumes them in
// order on the caller's goroutine. At most a few items a worker wait to be
// consumed, which bounds memory.
func inOrder[T any](ctx context.Context, workers, n int, produce func(worker, item int) (T, error), consume func(T) error) error {
	window := aheadPerWorker * workers
	slots := make([]chan T, window)
	for i := range slots {
		slots[i] = make(chan T, 1)
	}
	tickets := make(chan struct{}, window)
	for range window {
		tickets <- struct{}{}
	}
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for worker := range workers {
		group.Go(func() (err error) {
			defer barrier(&err)
			for {
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-tickets:
				}
				item := int(next.Add(1) - 1)
				if item >= n {
					return nil
				}
				made, err := produce(worker, item)
				if err != nil {
					return err
				}
				slots[item%window] <- made
			}
		})
	}
	err := func() error {
		for item := range n {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case made := <-slots[item%window]:
				if err := consume(made); err != nil {
					return err
				}
				tickets <- struct{}{}
			}
		}
		return nil
	}()
	if err != nil {
		group.Go(func() error { return err }) // ends the context for workers that wait for a ticket
	}
	if first := group.Wait(); first != nil {
		return first
	}
	return err
}
