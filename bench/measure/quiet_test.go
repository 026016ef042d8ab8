package measure

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestRestIsLongerAfterMoreMemory(t *testing.T) {
	if got := restFor(12 << 30); got != 30*time.Second {
		t.Errorf("after 12 GiB: %s", got)
	}
	if got := restFor(0); got != 0 {
		t.Errorf("after nothing: %s", got)
	}
}

func TestRestEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Rest(ctx, Cost{PeakBytes: 1 << 40}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestStolenTime(t *testing.T) {
	for stat, want := range map[string]time.Duration{
		"cpu  8145333 1242172 2851477 4572590 111582 0 48176 38119 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n": 381190 * time.Millisecond,
		"cpu  1 2 3 4": 0, // before Linux 2.6.11
		"":             0,
	} {
		if got := stolenIn(stat); got != want {
			t.Errorf("%q: %s, want %s", stat, got, want)
		}
	}
}
