package synth

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// maker makes groups of rows, one after another. One worker uses it.
type maker interface {
	// make makes a group and keeps it.
	make(ctx context.Context, group int64) error
	// commit appends the group to its files.
	commit() error
}

// inTurn makes groups in parallel and commits them in order: worker w makes the
// groups w, w+workers, …, and a baton goes round the workers with the right to
// commit. Workers end when their groups are done, or when another failed.
func inTurn[M maker](ctx context.Context, groups int64, makers []M) error {
	workers := len(makers)
	batons := make([]chan struct{}, workers)
	for i := range batons {
		batons[i] = make(chan struct{}, 1)
	}
	batons[0] <- struct{}{}
	g, ctx := errgroup.WithContext(ctx)
	for i, m := range makers {
		g.Go(func() error {
			for group := int64(i); group < groups; group += int64(workers) {
				if err := m.make(ctx, group); err != nil {
					return err
				}
				select {
				case <-ctx.Done():
					return context.Cause(ctx)
				case <-batons[i]:
				}
				if err := m.commit(); err != nil {
					return err
				}
				batons[(i+1)%workers] <- struct{}{}
			}
			return nil
		})
	}
	return g.Wait()
}
