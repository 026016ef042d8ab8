package main

import (
	"os"
	"path/filepath"
	"testing"
)

// Each meter point is there for a line of the decision table.
const points = `mpxn,service_status,rdp_id,service_status_changed_on,ever_installed,reported_status
1000000000001,,EELC,,,
1000000000002,,EELC,,,
1000000000003,A,EELC,,,A
1000000000004,A,EELC,,,A
1100000000005,,EMEB,,true,
3938424403,A,XOSERVE,,,A
3938424404,,XOSERVE,,,
`

const devices = `device_id,device_type,device_status,import_mpxn,secondary_import_mpan,export_mpan
a,ESME,Commissioned,1000000000001,,1000000000002
b,ESME,InstalledNotCommissioned,1000000000003,,
c,ESME,InstalledNotCommissioned,1000000000004,,
d,ESME,Suspended,1000000000004,,
e,GSME,Decommissioned,3938424403,,
f,PPMID,Commissioned,3938424404,,
`

const flows = `"E46",3938424403,"N",20261121
901|1|DC01|
902|1000000000001|A|20261121|
901|2|DC01|
902|1000000000002|A|20261121|
901|3|DC01|
902|1000000000003|I|20261121|
901|1|DC01|
902|1100000000005|N|20261121|
`

func TestRun(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"meter_points.csv": points, "devices.csv": devices} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(dir, "out")
	if err := run(dir, "csv", out, "20261121"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(out, "flows.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != flows {
		t.Errorf("got\n%swant\n%s", got, flows)
	}
}
