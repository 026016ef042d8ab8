package loaders

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"flagfill/assurance/property"
)

const (
	// mostMemory is what a process that reads damaged files may have mapped to
	// write to, the test and its files included.
	mostMemory = 1 << 30
	// limitedTo names the seed in the environment of such a process.
	limitedTo = "FLAGFILL_LIMITED_TO"
	// peakTo names the file there to which it says its peak of resident memory.
	// What the system keeps of an ended process will not do: it counts the memory
	// of the process that started it.
	peakTo = "FLAGFILL_PEAK_TO"
)

// inLimitedProcess tries each seed of a property in a process of its own, which
// the kernel denies more than mostMemory: a file that makes it ask for more
// ends it, as does a panic that no barrier catches.
func inLimitedProcess(t *testing.T, p property.Property, try func(t *testing.T, seed int)) {
	t.Helper()
	if seed, err := strconv.Atoi(os.Getenv(limitedTo)); err == nil {
		try(t, seed)
		return
	}
	p.Check(t, func(t *testing.T, seed int) int64 {
		name, _, _ := strings.Cut(t.Name(), "/")
		said, used, err := limitedProcess(t, name, seed)
		if err != nil {
			t.Errorf("%v\n%s", err, said)
		}
		if used > mostMemory {
			t.Errorf("the process took %d MiB", used>>20)
		}
		return filesPerSeed
	})
}

// limitedProcess runs one test of this binary and gives the end of what it
// said, and its peak of resident memory in bytes.
func limitedProcess(t *testing.T, test string, seed int) (said string, used int64, err error) {
	t.Helper()
	peak := filepath.Join(t.TempDir(), "peak")
	child := exec.Command(os.Args[0], "-test.run=^"+test+"$", "-test.failfast")
	child.Env = append(os.Environ(), fmt.Sprintf("%s=%d", limitedTo, seed), peakTo+"="+peak, "GOTRACEBACK=all", "ASSURANCE_RESULTS=")
	out, err := child.CombinedOutput()
	if err == nil {
		used, err = peakSaid(peak)
	}
	const shown = 6000
	if len(out) > shown {
		out = append(append(out[:shown/2:shown/2], "\n…\n"...), out[len(out)-shown/2:]...)
	}
	return string(out), used, err
}

// peakSaid finds the peak in what proc_pid_status(5) says of a process.
func peakSaid(path string) (bytes int64, err error) {
	status, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	_, peak, _ := strings.Cut(string(status), "\nVmHWM:")
	var kibibytes int64
	if _, err := fmt.Sscan(peak, &kibibytes); err != nil {
		return 0, fmt.Errorf("no peak in %s: %w", status, err)
	}
	return kibibytes << 10, nil
}

// sayPeak ends a limited process.
func sayPeak() error {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	return os.WriteFile(os.Getenv(peakTo), status, 0o600)
}

func TestMain(m *testing.M) {
	if os.Getenv(limitedTo) != "" {
		limit := syscall.Rlimit{Cur: mostMemory, Max: mostMemory}
		if err := syscall.Setrlimit(syscall.RLIMIT_DATA, &limit); err != nil {
			fmt.Fprintln(os.Stderr, "cannot limit memory:", err)
			os.Exit(1)
		}
	}
	code := m.Run()
	if code == 0 && os.Getenv(peakTo) != "" {
		if err := sayPeak(); err != nil {
			fmt.Fprintln(os.Stderr, "cannot say how much memory was taken:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// The limit is in force: a process that takes little ends well, and one that
// takes all does not, whatever part of it the kernel's refusal hits.
func TestLimitedProcessIsLimited(t *testing.T) {
	const little, all = 0, 1
	if seed := os.Getenv(limitedTo); seed != "" {
		taken := make([]byte, map[string]int{strconv.Itoa(little): 1 << 20, strconv.Itoa(all): mostMemory}[seed])
		for i := range taken {
			taken[i] = 1
		}
		return
	}
	if said, used, err := limitedProcess(t, t.Name(), little); err != nil || used < 1<<20 {
		t.Errorf("a process took a MiB, and says %d bytes: %v\n%s", used, err, said)
	}
	if said, _, err := limitedProcess(t, t.Name(), all); err == nil {
		t.Errorf("a process took %d bytes\n%s", mostMemory, said)
	}
}
