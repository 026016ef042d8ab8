// Gomap does the job of flagfill run the plain way, as an anchor to measure
// against: one goroutine, a map of structs, and the usual readers. It believes
// every row, so it is right only of a snapshot without faults.
//
//	go run ./bench/peers/gomap --data DIR --format parquet|csv --out DIR --day 20261121
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// meterPoint is what is known of an MPxN.
type meterPoint struct {
	recorded, reported byte // 0 for Null
	everInstalled      bool
	meters             meters
}

// meters says of which classes a meter point has some.
type meters uint8

const (
	commissioned meters = 1 << iota
	installed
	other
	past
)

var classes = map[string]meters{
	"Commissioned": commissioned, "InstalledNotCommissioned": installed,
	"Suspended": other, "Recovery": other, "Recovered": other,
	"Decommissioned": past, "Withdrawn": past,
}

// estate holds all meter points by MPxN.
type estate map[int64]meterPoint

// associate adds a device to the meter points that it names; 0 names none.
func (e estate) associate(deviceType, deviceStatus string, mpxns [3]int64) {
	if deviceType != "ESME" && deviceType != "GSME" {
		return
	}
	for _, mpxn := range mpxns {
		if point, ok := e[mpxn]; ok {
			point.meters |= classes[deviceStatus]
			e[mpxn] = point
		}
	}
}

// decide gives the status that a meter point should have.
func (p meterPoint) decide() byte {
	switch {
	case p.meters&commissioned != 0:
		return 'A'
	case p.meters&installed != 0 && p.meters&other != 0:
		return p.recorded // held
	case p.meters&installed != 0:
		return 'I'
	case p.recorded != 0 || p.reported != 0 || p.everInstalled || p.meters&(other|past) != 0:
		return 'N'
	}
	return 0
}

func main() {
	data := flag.String("data", "", "folder of the snapshot")
	format := flag.String("format", "csv", "parquet or csv")
	out := flag.String("out", "", "folder for flows.txt")
	day := flag.String("day", "20261121", "effective date, YYYYMMDD")
	flag.Parse()
	if err := run(*data, *format, *out, *day); err != nil {
		fmt.Fprintln(os.Stderr, "gomap:", err)
		os.Exit(1)
	}
}

func run(data, format, out, day string) error {
	readers := map[string]struct{ points, devices func(estate, string) error }{
		"csv":     {readPointsCSV, readDevicesCSV},
		"parquet": {readPointsParquet, readDevicesParquet},
	}
	reader, ok := readers[format]
	if !ok {
		return fmt.Errorf("cannot read format %q", format)
	}
	e := estate{}
	if err := reader.points(e, filepath.Join(data, "meter_points."+format)); err != nil {
		return fmt.Errorf("cannot read meter points: %w", err)
	}
	if err := reader.devices(e, filepath.Join(data, "devices."+format)); err != nil {
		return fmt.Errorf("cannot read devices: %w", err)
	}
	if err := e.writeFlows(out, day); err != nil {
		return fmt.Errorf("cannot write flows: %w", err)
	}
	return nil
}
