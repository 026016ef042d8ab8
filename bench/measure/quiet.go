package measure

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// restPerGibibyte is for about how long a GiB that a process gave back costs
// others: a virtual machine hands freed memory to its host, which takes it away
// on the same processors.
const restPerGibibyte = 2500 * time.Millisecond

// Rest waits for as long as what a process gave back mostly costs the next one.
// It fails if ctx ends.
func Rest(ctx context.Context, after Cost) error {
	select {
	case <-ctx.Done():
		return fmt.Errorf("cannot rest: %w", ctx.Err())
	case <-time.After(restFor(after.PeakBytes)):
		return nil
	}
}

func restFor(peakBytes int64) time.Duration {
	return time.Duration(float64(restPerGibibyte) * float64(peakBytes) / (1 << 30))
}

// stolenSoFar is for how long, in all, processors of this machine wanted to run
// and its host did not let them; 0 where the system does not tell.
func stolenSoFar() time.Duration {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	return stolenIn(string(text))
}

// stolenIn reads the first line of /proc/stat, that of all processors
// (proc_stat(5)).
func stolenIn(stat string) time.Duration {
	const (
		steal          = 8 // its place among the words
		ticksPerSecond = 100
	)
	all, _, _ := strings.Cut(stat, "\n")
	words := strings.Fields(all)
	if len(words) <= steal {
		return 0
	}
	ticks, err := strconv.ParseInt(words[steal], 10, 64)
	if err != nil {
		return 0
	}
	return time.Duration(ticks) * time.Second / ticksPerSecond
}
