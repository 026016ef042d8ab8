package engine

import (
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"pgregory.net/rapid"
)

func TestNearest(t *testing.T) {
	columns := []string{"device_type", "device_status", "import_mpxn", "export_mpan"}
	for _, c := range []struct{ word, want string }{
		{"device_status", "device_status"},
		{"DeviceStatus", "device_status"},
		{"SMI_DEVICE_STATUS", "device_status"},
		{"devcie_type", "device_type"},
		{"import_mpan", "import_mpxn"},
		{"postcode", ""},
		{"the_import_mpxn_of_the_home", "import_mpxn"},
		{"device_type and device_status", ""},
		{"", ""},
	} {
		got, ok := Nearest(c.word, columns)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("Nearest(%q) = %q, %v; want %q", c.word, got, ok, c.want)
		}
	}
}

// A column of an extract that stands for another field is meant for none.
func TestNearestColumnOfAnExtract(t *testing.T) {
	text := arrow.BinaryTypes.String
	file := File{Columns: []Column{{Name: "dcc_service_flag_efd", Type: text}, {Name: "mpxn", Type: text}, {Name: "flag_of_service", Type: text}}}
	if got, ok := nearestColumn(Extract, file, nil, fieldFlag, "dcc_service_flag"); got != "flag_of_service" || !ok {
		t.Errorf("for the flag: %q, %v", got, ok)
	}
	file.Columns = file.Columns[:2]
	if got, ok := nearestColumn(Extract, file, nil, fieldFlag, "dcc_service_flag"); ok {
		t.Errorf("for the flag: %q", got)
	}
}

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "hold", 4}, {"hold", "hold", 0}, {"holds", "hold", 1},
		{"mixd", "mixed", 1}, {"hodl", "hold", 1}, {"warn", "off", 4}, {"kitten", "sitting", 3},
	} {
		if got := edits(c.a, c.b); got != c.want {
			t.Errorf("edits(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestEditsIsSymmetricAndBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.StringMatching(`[a-d]{0,8}`).Draw(t, "a")
		b := rapid.StringMatching(`[a-d]{0,8}`).Draw(t, "b")
		n := edits(a, b)
		if n != edits(b, a) || (n == 0) != (a == b) || n > max(len(a), len(b)) || n < max(len(a)-len(b), len(b)-len(a)) {
			t.Errorf("edits(%q, %q) = %d, the other way round %d", a, b, n, edits(b, a))
		}
	})
}
