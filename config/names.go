package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// nameTable is a table of the file whose keys are names: of distributors, of
// our columns, or of an extract's own words.
type nameTable struct {
	name, meaning string
	example       string
	keys          []string // the only keys allowed; nil where words are free
	add           func(c *Config, key, value string) *problem
	entries       func(c *Config) map[string]string
}

// columnNames are the columns of the tables, by engine.Table.
var columnNames = [3][]string{
	engine.Devices: {"device_id", "device_type", "device_status", "import_mpxn", "secondary_import_mpan", "export_mpan", "mpxn"},
	engine.MeterPoints: {"mpxn", "service_status", "rdp_id", "service_status_changed_on", "ever_installed",
		"reported_status"},
	engine.Extract: {"mpxn", "dcc_service_flag", "dcc_service_flag_efd", "rdp_id"},
}

var nameTables = []nameTable{
	{name: "rdp.distributors", example: `24 = "IPNL"`,
		meaning: "The MPID of the RDP of each distributor (the first two digits of an MPAN). Entries add to the built-in table or replace its own.",
		add:     addDistributor, entries: distributors},
	columns(engine.Devices, `device_status = "SMI_STATUS_CD"`),
	columns(engine.MeterPoints, `service_status = "DCC_SERVICE_STATUS"`),
	columns(engine.Extract, `dcc_service_flag = "DCC_FLAG"`),
	{name: "values.device_status", example: `"LIVE" = "Commissioned"`,
		meaning: "An extract's own words for the device statuses " + strings.Join(deviceStatusNames(), ", ") + ".",
		add: func(c *Config, word, name string) *problem {
			return addWord(c.DeviceStatuses, word, name, deviceStatusNames())
		},
		entries: func(c *Config) map[string]string { return c.DeviceStatuses }},
	{name: "values.device_type", example: `"ELEC METER" = "ESME"`,
		meaning: "An extract's own words for the device types " + strings.Join(meterpoint.DeviceTypeNames, ", ") + ".",
		add: func(c *Config, word, name string) *problem {
			return addWord(c.DeviceTypes, word, name, meterpoint.DeviceTypeNames)
		},
		entries: func(c *Config) map[string]string { return c.DeviceTypes }},
}

func deviceStatusNames() []string {
	var names []string
	for s := range meterpoint.DeviceStatus(meterpoint.DeviceStatuses) {
		names = append(names, s.String())
	}
	return names
}

func addDistributor(c *Config, id, mpid string) *problem {
	n, err := strconv.Atoi(id)
	if err != nil || len(id) != 2 || n < 10 {
		return &problem{"is no distributor", "a distributor is two digits, from 10 to 99"}
	}
	if !meterpoint.IsMPID(mpid) {
		return &problem{fmt.Sprintf("is %q, no MPID", mpid), "an MPID is four of A–Z and 0–9"}
	}
	c.Registrar.Distributors[n] = mpid
	return nil
}

func distributors(c *Config) map[string]string {
	known := map[string]string{}
	for n, mpid := range c.Registrar.Distributors {
		if mpid != "" {
			known[strconv.Itoa(n)] = mpid
		}
	}
	return known
}

func columns(table engine.Table, example string) nameTable {
	return nameTable{name: "columns." + table.String(), example: example, keys: columnNames[table],
		meaning: "The names that the columns " + strings.Join(columnNames[table], ", ") + " have in the " + table.String() +
			" files, where they are others. Letter case does not matter.",
		add: func(c *Config, ours, theirs string) *problem {
			if strings.TrimSpace(theirs) == "" {
				return &problem{"is empty", "give the column's name as the file has it"}
			}
			for other, name := range c.Columns[table] {
				if other != ours && strings.EqualFold(name, theirs) {
					return &problem{fmt.Sprintf("is %q, which is %s already", theirs, other), "a column of the file has one meaning"}
				}
			}
			c.Columns[table][ours] = theirs
			return nil
		},
		entries: func(c *Config) map[string]string { return c.Columns[table] }}
}

// addWord maps a word of an extract to one of the names. Words that differ
// only in case, spaces, hyphens or underscores are the same word.
func addWord(words map[string]string, word, name string, names []string) *problem {
	folded := meterpoint.Fold([]byte(word))
	if folded == "" {
		return &problem{"is an empty word", "give a word as the extract has it"}
	}
	i := slices.IndexFunc(names, func(n string) bool { return meterpoint.Fold([]byte(n)) == meterpoint.Fold([]byte(name)) })
	if i < 0 {
		return &problem{fmt.Sprintf("is %q", name), allowing(inWords(names), name, names)}
	}
	for other, meaning := range words {
		if other != word && meterpoint.Fold([]byte(other)) == folded {
			return &problem{fmt.Sprintf("is the same word as %q, which is %q already", other, meaning), "give each word one meaning"}
		}
	}
	words[word] = names[i]
	return nil
}
