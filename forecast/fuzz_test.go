package forecast

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// Whatever a capacity file holds, it is refused with what to do next, or gives a
// forecast in which everything is acknowledged after it started.
func FuzzCapacity(f *testing.F) {
	f.Add([]byte(Sample))
	f.Add([]byte("label = \"x\"\n[gas]\nfiles_per_hour = 1\nfirst_start = 9999-12-31T23:59:59Z\n"))
	f.Add([]byte("label = \"x\"\n[gas.rdp.\"a\\u0000\"]\nwindows = [\"00:00-24:00\", \"23:59-00:00\"]\n"))
	f.Add([]byte("[electricity]\ndays = \"mon\"\n[electricity.rdp]\nEELC = 3\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "capacity.toml")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		refused := func(err error) bool {
			var refusal *engine.Refusal
			if err != nil && (!errors.As(err, &refusal) || refusal.Kind != engine.RefusedUsage || refusal.Next == "") {
				t.Fatalf("not refused as it should be: %v", err)
			}
			return err != nil
		}
		c, err := Read(path)
		if refused(err) {
			return
		}
		shipments := []Shipment{{Receiver{meterpoint.Gas, "XOSERVE"}, []int64{3, 3, 1}}, {Receiver{meterpoint.Electricity, "EELC"}, []int64{5}}}
		forecast, err := New(shipments, []*Capacity{c}, Asked{Deadline: 1796860800, MaxRecords: []int64{1}, Waves: []int64{3}})
		if refused(err) {
			return
		}
		for _, r := range forecast.Columns[0].Receivers {
			if _, waiting := r.Backlog(r.Finish); r.Finish <= r.FirstStart || waiting != 0 {
				t.Fatalf("%+v", r)
			}
		}
		_ = forecast.SVG()
	})
}
