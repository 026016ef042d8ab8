package main

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strconv"

	"github.com/parquet-go/parquet-go"
)

// readCSV calls row for every line after the first, whose columns are those of
// the generator. The row is valid until the next call.
func readCSV(path string, row func([]string) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.ReuseRecord = true
	if _, err := reader.Read(); err != nil {
		return err
	}
	for {
		cells, err := reader.Read()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = row(cells)
		}
		if err != nil {
			return err
		}
	}
}

func readPointsCSV(e estate, path string) error {
	return readCSV(path, func(cells []string) error {
		return e.add(pointRow{cells[0], cells[1], cells[4], cells[5]})
	})
}

func readDevicesCSV(e estate, path string) error {
	return readCSV(path, func(cells []string) error {
		return e.addDevice(deviceRow{cells[1], cells[2], cells[3], cells[4], cells[5]})
	})
}

// pointRow is what is read of a row of meter_points. Null is empty.
type pointRow struct {
	MPxN           string `parquet:"mpxn,optional"`
	ServiceStatus  string `parquet:"service_status,optional"`
	EverInstalled  string `parquet:"ever_installed,optional"`
	ReportedStatus string `parquet:"reported_status,optional"`
}

func (e estate) add(row pointRow) error {
	mpxn, err := number(row.MPxN)
	e[mpxn] = meterPoint{recorded: letter(row.ServiceStatus), reported: letter(row.ReportedStatus), everInstalled: row.EverInstalled == "true"}
	return err
}

// deviceRow is what is read of a row of devices. Null is empty.
type deviceRow struct {
	DeviceType          string `parquet:"device_type"`
	DeviceStatus        string `parquet:"device_status"`
	ImportMPxN          string `parquet:"import_mpxn,optional"`
	SecondaryImportMPAN string `parquet:"secondary_import_mpan,optional"`
	ExportMPAN          string `parquet:"export_mpan,optional"`
}

func (e estate) addDevice(row deviceRow) error {
	var mpxns [3]int64
	var errs [3]error
	for i, text := range [3]string{row.ImportMPxN, row.SecondaryImportMPAN, row.ExportMPAN} {
		mpxns[i], errs[i] = number(text)
	}
	e.associate(row.DeviceType, row.DeviceStatus, mpxns)
	return errors.Join(errs[:]...)
}

// number reads an MPxN; 0 is none.
func number(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	return strconv.ParseInt(text, 10, 64)
}

func letter(text string) byte {
	if text == "" {
		return 0
	}
	return text[0]
}

// readParquet calls add for every row.
func readParquet[T any](path string, add func(T) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	reader := parquet.NewGenericReader[T](file)
	defer reader.Close()
	rows := make([]T, 4096)
	for {
		n, err := reader.Read(rows)
		for _, row := range rows[:n] {
			if err := add(row); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func readPointsParquet(e estate, path string) error { return readParquet(path, e.add) }

func readDevicesParquet(e estate, path string) error { return readParquet(path, e.addDevice) }
