package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// change is a meter point with its new status.
type change struct {
	mpxn   int64
	status byte
}

// changes are the meter points whose status is not the recorded one, by MPxN.
func (e estate) changes() []change {
	var all []change
	for mpxn, point := range e {
		if status := point.decide(); status != point.recorded {
			all = append(all, change{mpxn, status})
		}
	}
	slices.SortFunc(all, func(a, b change) int { return int(a.mpxn - b.mpxn) })
	return all
}

// firstMPAN is the least number of 13 digits.
const firstMPAN = 1e12

// writeFlows writes the records of all flows to one file, gas first, then
// distributor by distributor.
func (e estate) writeFlows(out, day string) error {
	if err := os.MkdirAll(out, 0o750); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(out, "flows.txt"))
	if err != nil {
		return err
	}
	w := bufio.NewWriter(file)
	instruction, distributor := 0, int64(0)
	for _, c := range e.changes() {
		if c.mpxn < firstMPAN {
			fmt.Fprintf(w, "\"E46\",%d,\"%c\",%s\n", c.mpxn, c.status, day)
			continue
		}
		if d := c.mpxn / 1e11; d != distributor {
			distributor, instruction = d, 0
		}
		instruction++
		fmt.Fprintf(w, "901|%d|DC01|\n902|%d|%c|%s|\n", instruction, c.mpxn, c.status, day)
	}
	return errors.Join(w.Flush(), file.Close())
}
