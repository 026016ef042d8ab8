// Goarrow reads Arrow IPC files with Go's Arrow library and throws away what it
// read, as an anchor to measure against; and it writes such a file again with
// compressed bodies.
//
//	go run ./bench/peers/goarrow read THREADS DEVICES METER_POINTS
//	go run ./bench/peers/goarrow pack lz4|zstd FROM TO
//
// read gives the rows of both files as JSON. The library has no way to leave
// columns out: all are read, device_id too.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "goarrow:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 4 && args[0] == "pack" {
		return pack(args[1], args[2], args[3])
	}
	if len(args) != 4 || args[0] != "read" {
		return fmt.Errorf("cannot understand %q: read THREADS DEVICES METER_POINTS, or pack lz4|zstd FROM TO", args)
	}
	threads, err := strconv.Atoi(args[1])
	if err != nil || threads < 1 {
		return fmt.Errorf("cannot read with %s threads", args[1])
	}
	var rows struct {
		Devices     int64 `json:"devices"`
		MeterPoints int64 `json:"meter_points"`
	}
	if rows.Devices, err = countRows(args[2], threads); err != nil {
		return err
	}
	if rows.MeterPoints, err = countRows(args[3], threads); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(rows)
}
