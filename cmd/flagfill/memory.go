package main

import (
	"bufio"
	"os"
	"strconv"
	"strings"
)

// The memory budget where neither the machine nor its control group says how
// much there is.
const fallbackMemory = 4 << 30

// gcPercent lets what a short command throws away grow before it is collected:
// the first collections, of a few megabytes each, cost more than they give.
// Where memory is budgeted, its limit holds all the same.
const gcPercent = 400

// defaultMemory is four fifths of the memory that this process may use: the
// control group's limit, or the machine's memory.
func defaultMemory() int64 {
	limit := machineMemory()
	for _, path := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		if bytes, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && bytes > 0 {
			limit = min(limit, bytes)
		}
	}
	return limit / 5 * 4
}

func machineMemory() int64 {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return fallbackMemory
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 || fields[0] != "MemTotal:" {
			continue
		}
		if kib, err := strconv.ParseInt(fields[1], 10, 64); err == nil {
			return kib << 10
		}
	}
	return fallbackMemory
}
