// Package measure takes the costs of whole processes, describes the machine
// they ran on, keeps raw figures as text, and puts tables made of them into
// documents.
package measure

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Cost of one run of a whole process, taken from outside.
type Cost struct {
	Wall      time.Duration
	CPU       time.Duration // user + system
	Stolen    time.Duration // in which the host did not let the machine's processors run, all together
	PeakBytes int64         // greatest resident memory; 0 where it cannot be told
}

// Run runs a program to its end and gives what it wrote on stdout. The error
// of one that fails wraps its *exec.ExitError and quotes its stderr; what it cost
// and wrote is given all the same.
//
// Linux counts the memory of the process that starts another as the other's
// first peak (exec_mmap in fs/exec.c). So whoever measures must stay small: a
// peak that is not above our own is not given.
func Run(ctx context.Context, command ...string) (Cost, []byte, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	stolenBefore, began := stolenSoFar(), time.Now()
	err := cmd.Run()
	wall, stolen := time.Since(began), stolenSoFar()-stolenBefore
	if err != nil {
		err = fmt.Errorf("cannot run %s: %w\n%s", strings.Join(command, " "), err, stderr.String())
	}
	if cmd.ProcessState == nil { // it did not start
		return Cost{}, nil, err
	}
	cost := Cost{Wall: wall, Stolen: stolen, CPU: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok && usage.Maxrss > ownPeakKibibytes() {
		cost.PeakBytes = usage.Maxrss * 1024 // Linux counts in KiB
	}
	return cost, stdout.Bytes(), err
}

// ownPeakKibibytes is the greatest resident memory of this program. Rusage would
// also count that of whoever started it.
func ownPeakKibibytes() int64 {
	var peak int64
	if _, err := fmt.Sscanf(lineValue("/proc/self/status", "VmHWM", ""), "%d kB", &peak); err != nil {
		return math.MaxInt64
	}
	return peak
}
