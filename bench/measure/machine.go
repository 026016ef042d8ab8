package measure

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// Machine says in one line what the figures were taken on, and how busy it is:
// model, CPUs, memory, load average of the last minute.
func Machine() string {
	memory := "memory unknown"
	var kibibytes int64
	if _, err := fmt.Sscanf(lineValue("/proc/meminfo", "MemTotal", ""), "%d kB", &kibibytes); err == nil {
		memory = fmt.Sprintf("%.1f GiB", float64(kibibytes)/(1<<20))
	}
	return fmt.Sprintf("%s, %d CPUs, %s, load %s", lineValue("/proc/cpuinfo", "model name", runtime.GOARCH), runtime.NumCPU(), memory, loadAverage())
}

// Version asks a flagfill for its version, commit, Go and the module that reads
// Parquet, in one line.
func Version(ctx context.Context, flagfill string) (string, error) {
	text, err := exec.CommandContext(ctx, flagfill, "version").Output()
	if err != nil {
		return "", fmt.Errorf("cannot ask %s for its version: %w", flagfill, err)
	}
	return versionLine(string(text)), nil
}

// versionLine leaves out the modules but for the one that reads the input.
func versionLine(version string) string {
	var kept []string
	for line := range strings.Lines(version) {
		words := strings.Fields(line)
		if len(words) > 0 && (words[0] != "module" || strings.Contains(line, "/parquet-go v")) {
			kept = append(kept, strings.Join(words, " "))
		}
	}
	return strings.Join(kept, ", ")
}

// lineValue is the value of the first "name : value" line of a file.
func lineValue(path, name, otherwise string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return otherwise
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return otherwise
}

func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Fields(string(text))[0]
}
