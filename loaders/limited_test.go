package loaders

import (
	"fmt"
	"os"
	"os/exec"
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
		said, used, err := limitedProcess(name, seed)
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
func limitedProcess(test string, seed int) (said string, used int64, err error) {
	child := exec.Command(os.Args[0], "-test.run=^"+test+"$", "-test.failfast")
	child.Env = append(os.Environ(), fmt.Sprintf("%s=%d", limitedTo, seed), "GOTRACEBACK=all", "ASSURANCE_RESULTS=")
	out, err := child.CombinedOutput()
	used = child.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
	const shown = 6000
	if len(out) > shown {
		out = append(append(out[:shown/2:shown/2], "\n…\n"...), out[len(out)-shown/2:]...)
	}
	return string(out), used, err
}

func TestMain(m *testing.M) {
	if os.Getenv(limitedTo) != "" {
		limit := syscall.Rlimit{Cur: mostMemory, Max: mostMemory}
		if err := syscall.Setrlimit(syscall.RLIMIT_DATA, &limit); err != nil {
			fmt.Fprintln(os.Stderr, "cannot limit memory:", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
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
	if said, _, err := limitedProcess(t.Name(), little); err != nil {
		t.Errorf("a process took a MiB: %v\n%s", err, said)
	}
	if said, _, err := limitedProcess(t.Name(), all); err == nil {
		t.Errorf("a process took %d bytes\n%s", mostMemory, said)
	}
}
