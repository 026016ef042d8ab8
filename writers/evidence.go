package writers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// limitsInForce sets a run's limits beside the defaults.
func limitsInForce(limits engine.Limits) []LimitInForce {
	defaults := engine.DefaultLimits()
	inForce := []LimitInForce{
		{"max_exceptions", limitText(limits.MaxExceptions), limits.MaxExceptions != defaults.MaxExceptions},
		{"max_demotions", limitText(limits.MaxDemotions), limits.MaxDemotions != defaults.MaxDemotions},
		{"max_no_meter_left", limitText(limits.MaxNoMeterLeft), limits.MaxNoMeterLeft != defaults.MaxNoMeterLeft},
	}
	for _, table := range []engine.Table{engine.Devices, engine.MeterPoints} {
		if rows, ok := limits.ExpectRows[table]; ok {
			inForce = append(inForce, LimitInForce{"expect_rows " + table.String(), strconv.FormatInt(rows, 10), false})
		}
	}
	return inForce
}

func limitText(l engine.Limit) string {
	if l.Count >= 0 {
		return strconv.FormatInt(l.Count, 10)
	}
	return strconv.FormatFloat(l.Share*100, 'g', 6, 64) + "%"
}

func limitCautions(limits []LimitInForce) []string {
	var cautions []string
	for _, l := range limits {
		if l.Overridden {
			cautions = append(cautions, fmt.Sprintf("limit overridden: %s = %s", l.Name, l.Limit))
		}
	}
	return cautions
}

func newReading(cfg *engine.Config) Reading {
	r := Reading{Columns: map[string]map[string]string{}, Values: map[string]map[string]string{}}
	for table, columns := range cfg.Columns {
		if len(columns) > 0 {
			r.Columns[engine.Table(table).String()] = columns
		}
	}
	if len(cfg.DeviceStatuses) > 0 {
		words := map[string]string{}
		for word, s := range cfg.DeviceStatuses {
			words[word] = s.String()
		}
		r.Values["device_status"] = words
	}
	if len(cfg.DeviceTypes) > 0 {
		words := map[string]string{}
		for word, t := range cfg.DeviceTypes {
			words[word] = deviceTypeNames[t]
		}
		r.Values["device_type"] = words
	}
	return r
}

var deviceTypeNames = [...]string{meterpoint.UnknownDeviceType: "unknown", meterpoint.OtherDevice: "other",
	meterpoint.ESME: "ESME", meterpoint.GSME: "GSME"}

func newSnapshot(c *engine.Coherence) SnapshotFacts {
	said := func(at time.Time) *time.Time {
		if at.IsZero() {
			return nil
		}
		at = at.UTC().Truncate(time.Second)
		return &at
	}
	s := SnapshotFacts{DevicesAt: said(c.TakenAt[engine.Devices]), MeterPointsAt: said(c.TakenAt[engine.MeterPoints]),
		MaxSkewHours: int(c.MaxSkew / time.Hour), ChangesAfterAsOf: c.LaterChanges}
	if c.NewestChange != engine.NoDay {
		date := dateOf(c.NewestChange).Format(time.DateOnly)
		s.NewestChangeOn = &date
	}
	return s
}

func newInputs(inputs []engine.Input, digests map[string]string) []InputTable {
	tables := make([]InputTable, 0, len(inputs))
	for _, in := range inputs {
		t := InputTable{Table: in.Table.String(), Files: []InputFile{}}
		for _, f := range in.Files {
			t.Files = append(t.Files, InputFile{validUTF8(f.Path), f.Format, f.Rows, f.Bytes, f.Fingerprint, digests[f.Path]})
			t.Rows += f.Rows
			t.Bytes += f.Bytes
		}
		t.Fingerprint = fingerprintOf(t.Files)
		tables = append(tables, t)
	}
	return tables
}

// fingerprintOf a table is the SHA-256 of its files' fingerprints, a line each.
func fingerprintOf(files []InputFile) string {
	all := sha256.New()
	for _, f := range files {
		all.Write([]byte(f.Fingerprint + "\n"))
	}
	return hex.EncodeToString(all.Sum(nil))
}
