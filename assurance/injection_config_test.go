package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flagfill/assurance/property"
)

// hostileSetting is a line or two of a configuration with a hostile text in it.
func hostileSetting(random *rand.Rand) string {
	text := inTOML(hostileText(random))
	settings := []string{
		"[rdp]\ngas = [%s]", "[rdp]\ngas = [\"XOSERVE\", %s]", "[rdp.distributors]\n24 = %s", "[rdp.distributors]\n%s = \"IPNL\"",
		"[flows]\ntest_flag = %s", "[flows]\nelectricity_layout = %s", "[flows]\ngas_layout = %s", "[flows]\n%s = 1", "[input]\ndelimiter = %s",
		"[columns.devices]\ndevice_type = %s", "[columns.meter_points]\nrdp_id = %s", "[columns.meter_points]\n%s = \"x\"",
		"[values.device_status]\n%s = \"Commissioned\"", "[values.device_type]\n\"LIVE\" = %s", "[values.device_type]\n%s = \"ESME\"",
		"[rules]\nmixed = %s", "[switches]\ninstalled_status = %s", "[validation]\nmprn_min_digits = %s", "[%s]\na = 1", "%s = 1", "[rdp]\ngas = {%s = 1}",
	}
	setting := fmt.Sprintf(settings[random.IntN(len(settings))], text)
	if random.IntN(8) == 0 { // and what is no TOML at all
		setting += "\n" + hostileText(random)
	}
	return setting
}

// hostileLayout is a built-in layout with a hostile text in one of its places.
func hostileLayout(t *testing.T, random *rand.Rand) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "writers", "layouts", "d0350001.toml"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	for {
		at := random.IntN(len(lines))
		before, after, found := strings.Cut(lines[at], `"`)
		value, rest, closed := strings.Cut(after, `"`)
		if !found || !closed || strings.HasPrefix(strings.TrimSpace(before), "#") {
			continue
		}
		if random.IntN(4) == 0 { // beside what stands there
			value += hostileText(random)
		} else {
			value = hostileText(random)
		}
		lines[at] = before + inTOML(value) + rest
		return []byte(strings.Join(lines, ""))
	}
}

// A configuration or a layout with hostile texts is used or refused like any
// other, and what is told is told of the sound meter points alone.
func TestPropertyHostileConfiguration(t *testing.T) {
	property.Property{Goal: "R9", Name: "hostile text in configurations and layouts", Unit: "texts", Seeds: 100}.Check(t,
		func(t *testing.T, seed int) (cases int64) {
			random := rand.New(rand.NewPCG(uint64(seed), 29))
			y := newYard(t)
			data := tables{[][]string{{"ESME", "Commissioned", "1030006718997", "", ""}, {"GSME", "Commissioned", "1000048", "", ""}},
				[][]string{{"1030006718997", "", "", "", "", ""}, {"1000048", "", "", "", "", ""}}}
			inputs := y.writeTables(t, random, data)
			for i := range 12 {
				config, out := fmt.Sprintf("%d.toml", i), fmt.Sprintf("out%d", i)
				y.write(t, config, []byte(hostileSetting(random)+"\n"))
				y.run(t, []int{0, 2}, nil, "config", "--config", config)
				y.run(t, []int{0, 2}, nil, "rules", "--config", config)
				y.run(t, []int{0, 2, 5}, nil, append([]string{"inspect", "--config", config, "--json"}, inputs[1], inputs[3])...)
				run := append(append([]string{"run", "--config", config, "--out", out}, inputs...), lifted...)
				if i%4 > 0 {
					run = append(run, "--dry-run")
				}
				if o := y.run(t, []int{0, 2, 5}, []string{out}, run...); o.code == 0 && i%4 == 0 {
					if found := toldMeterPoints(t, filepath.Join(y.work, out)); len(found) > 2 {
						t.Errorf("%v are told", found)
					}
				}
				cases++
			}
			cases += y.tryLayouts(t, random, inputs)
			return cases
		})
}

func (y *yard) tryLayouts(t *testing.T, random *rand.Rand, inputs []string) (cases int64) {
	t.Helper()
	y.write(t, "layout.toml", []byte("[flows]\nelectricity_layout = \"layout of mine.toml\"\n"))
	for i := range 6 {
		out := fmt.Sprintf("laid out %d", i)
		y.write(t, "layout of mine.toml", hostileLayout(t, random))
		o := y.run(t, []int{0, 2}, []string{out}, append(append([]string{"run", "--config", "layout.toml", "--out", out}, inputs...), lifted...)...)
		if o.code == 0 { // a source or a name of a field may be anything
			y.run(t, []int{0}, nil, "verify", out)
		}
		cases++
	}
	return cases
}
