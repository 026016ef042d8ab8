package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

const canary = 1200023305967

//go:noinline
func faulty(kind string, m uint64) int {
	var few []int
	switch kind {
	case "text":
		panic(fmt.Sprintf("cannot place %d", m))
	case "error":
		panic(fmt.Errorf("no room for %d: %w", m, errors.ErrUnsupported))
	case "number":
		panic(m)
	}
	return few[m] // the runtime's own text quotes the index
}

// A panic in a worker is told by its kind and its place, and tells no data: the
// value may quote an MPxN, and the runtime's stack prints arguments.
func TestFaultsTellNoData(t *testing.T) {
	for _, kind := range []string{"text", "error", "number", "index"} {
		inWorker := each(context.Background(), 2, func(context.Context, int) error {
			faulty(kind, canary)
			return nil
		})
		inProducer := inOrder(context.Background(), 2, 8, func(int, int) (int, error) { return faulty(kind, canary), nil },
			func(int) error { return nil })
		for _, err := range []error{inWorker, inProducer} {
			if err == nil {
				t.Fatalf("%s: the panic is lost", kind)
			}
			text := err.Error()
			if strings.Contains(text, fmt.Sprint(canary)) || strings.Contains(text, fmt.Sprintf("%x", canary)) {
				t.Errorf("%s: it shows the data: %s", kind, text)
			}
			if !strings.HasPrefix(text, "internal fault (") || !strings.Contains(text, "engine.faulty (fault_test.go:") || strings.Contains(text, "\n") {
				t.Errorf("%s: it does not say on one line where: %s", kind, text)
			}
		}
	}
}
