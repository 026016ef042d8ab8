package writers

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// A job that panics fails, and what the panic quotes is not told.
func TestPanicsInJobsTellNoData(t *testing.T) {
	job := func() error { panic(fmt.Sprintf("cannot encode %d", 1200023305967)) }
	l := startLane(1)
	_ = l.submit(job)
	for _, err := range []error{guard(job), parallel(context.Background(), 2, []func() error{job}), l.finish()} {
		if err == nil || strings.Contains(err.Error(), "1200023305967") || !strings.Contains(err.Error(), "workers_test.go:") {
			t.Errorf("a panic ends in %v", err)
		}
	}
}
