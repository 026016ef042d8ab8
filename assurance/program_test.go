package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"
)

// outcome is how a run of the program ended.
type outcome struct {
	code           int // -1: killed by a signal
	stdout, stderr string
	took           time.Duration
}

// scratch is the folder of what the whole package shares: the program, and
// snapshots that are made once. Other users may read it.
var scratch string

const hangs = time.Minute

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "flagfill-"); err == nil {
		err = os.Chmod(scratch, 0o755)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cannot make a folder for the program:", err)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(scratch); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

var build = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "flagfill")
	c := exec.Command("go", "build", "-trimpath", "-o", path, "flagfill/cmd/flagfill")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("cannot build the program: %w\n%s", err, text)
	}
	return path, nil
})

// program is the path of the real program, built once.
func program(t *testing.T) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// flagfill runs the program to its end: flagfill(t, "verify", dir).
func flagfill(t *testing.T, args ...string) outcome {
	t.Helper()
	return ended(t, exec.CommandContext(t.Context(), program(t), args...))
}

// ended runs a command to its end.
func ended(t *testing.T, c *exec.Cmd) outcome {
	t.Helper()
	return <-begun(t, c)
}

// begun starts a command, whose outcome follows. A command that still runs
// after a minute hangs, and is killed.
func begun(t *testing.T, c *exec.Cmd) <-chan outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	started := time.Now()
	if err := c.Start(); err != nil {
		t.Fatalf("cannot start %s: %v", c, err)
	}
	outcomes := make(chan outcome, 1)
	go func() { // ends with the process
		hang := time.AfterFunc(hangs, func() {
			t.Errorf("%s hangs", c)
			_ = c.Process.Kill()
		})
		_ = c.Wait() // the outcome says it
		hang.Stop()
		outcomes <- outcome{c.ProcessState.ExitCode(), stdout.String(), stderr.String(), time.Since(started)}
	}()
	return outcomes
}

// snapshot generates meter points, once for each number and seed.
func snapshot(t *testing.T, meterPoints, seed int) string {
	t.Helper()
	dir := filepath.Join(scratch, fmt.Sprintf("snapshot-%d-%d", meterPoints, seed))
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	o := flagfill(t, "generate", "--out", dir, "--meter-points", strconv.Itoa(meterPoints), "--seed", strconv.Itoa(seed), "--errors", "0.001")
	if o.code != 0 {
		t.Fatalf("cannot generate: %s", o.stderr)
	}
	return dir
}

// publishing is the arguments of a run over a snapshot.
func publishing(snapshot, out string, more ...string) []string {
	return append([]string{"run", "--devices", filepath.Join(snapshot, "devices.parquet"), "--meter-points", filepath.Join(snapshot, "meter_points.parquet"),
		"--out", out, "--as-of", "2026-11-21T02:00:00Z", "--baseline", "go-live", "--max-exceptions", "1%", "--progress", "none"}, more...)
}

var digestLine = regexp.MustCompile(`(?m)^content digest ([0-9a-f]{64})$`)

// digest that a run or verify states; empty where it states none.
func (o outcome) digest() string {
	found := digestLine.FindStringSubmatch(o.stdout)
	if found == nil {
		return ""
	}
	return found[1]
}
