package config

import (
	"fmt"
	"strings"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// setting is one key of the file: what it means, what it may be, and where its
// value stands. The table of them is what Load reads by and WriteTOML prints.
type setting struct {
	key     string // rules.mixed
	meaning string
	allowed string   // in words
	words   []string // where the value is one of some words
	set     func(c *Config, value any) bool
	get     func(c *Config) any
	unset   any // what is in force while the value is 0; nil where 0 means 0
}

// section is a table of the file with fixed keys.
type section struct {
	name, meaning string
	settings      []setting
}

var sections = []section{
	{"switches", "The feature switches (FIA 3.5.5).", []setting{
		boolean("installed_status", "The status I is computed. Off: the old rules, which know no I.",
			func(c *Config) *bool { return &c.Rules.InstalledStatus }),
		boolean("report_electricity", "D0350 carries changes to A, I and N. Off: to A only.",
			func(c *Config) *bool { return &c.Switches.ReportElectricity }),
		boolean("report_gas", "DXI carries changes to A, I and N. Off: to A only.",
			func(c *Config) *bool { return &c.Switches.ReportGas }),
	}},
	{"rules", "What the FIA leaves open, each closed by a policy. Every run counts the meter points that depend on it.", policies()},
	{"validation", "The checks of meter point numbers. reject: not used; warn: counted and used; off: not looked at.", []setting{
		checkMode("mpan_check_digit", "A wrong check digit of an MPAN.", func(c *Config) *engine.CheckMode { return &c.MPANCheck }),
		checkMode("mprn_check_digits", "Wrong check digits of an MPRN.", func(c *Config) *engine.CheckMode { return &c.MPRNCheck }),
		integer("mprn_min_digits", "The fewest digits of an MPRN.", 1, 12, func(c *Config) *int { return &c.Digits.MPRNMin }),
		integer("mprn_max_digits", "The most digits of an MPRN.", 1, 12, func(c *Config) *int { return &c.Digits.MPRNMax }),
	}},
	{"rdp", "Who is told: the registration data providers.", []setting{
		gasRDPs(),
		boolean("trust_column", "An electricity rdp_id may differ from its distributor's.",
			func(c *Config) *bool { return &c.Registrar.TrustColumn }),
	}},
	{"flows", "The flow files.", []setting{
		integer("max_records", "The most meter points in one file.", 1, 1_000_000_000, func(c *Config) *int { return &c.Flows.MaxRecords }),
		text("test_flag", "Operational, or a test.", `"OPER", or "TR" and two digits`, isTestFlag,
			func(c *Config) *string { return &c.Flows.TestFlag }),
		identifier("first_file_id", "The id of the first electricity file; the next free one stands in the manifest.", 9_999_999_999, 1,
			func(c *Config) *int64 { return &c.Flows.FirstFileID }),
		identifier("gas_organisation_id", "The sender's organisation id in gas files.", 9_999_999_999, 0,
			func(c *Config) *int64 { return &c.Flows.GasOrganisationID }),
		identifier("first_generation", "The generation of the first gas file; the next free one stands in the manifest.", 999_999, 1,
			func(c *Config) *int64 { return &c.Flows.FirstGeneration }),
		text("electricity_layout", "The format of electricity files.", layoutAllowed, isLayout,
			func(c *Config) *string { return &c.Flows.ElectricityLayout }),
		text("gas_layout", "The format of gas files.", layoutAllowed, isLayout,
			func(c *Config) *string { return &c.Flows.GasLayout }),
	}},
	{"input", "How input files are read, where their content does not tell.", []setting{
		delimiter(),
		integer("max_skew_hours", "How far apart devices and meter_points may have been taken before a run raises a caution.", 0, 8784,
			func(c *Config) *int { return &c.Input.MaxSkewHours }),
	}},
}

func policies() []setting {
	var all []setting
	for a := range meterpoint.Ambiguity(meterpoint.Ambiguities) {
		var words []string
		for _, c := range a.Choices() {
			words = append(words, c.String())
		}
		all = append(all, oneOf(a.String(), sentence(a.Gap()), words,
			func(c *Config) int { return indexOf(words, c.Rules.Choices[a].String()) },
			func(c *Config, i int) { c.Rules.Choices[a] = a.Choices()[i] }))
	}
	return all
}

// sentence begins with a capital letter and ends as a sentence does.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	text = strings.ToUpper(text[:1]) + text[1:]
	if strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

func checkMode(key, meaning string, field func(*Config) *engine.CheckMode) setting {
	return oneOf(key, meaning, engine.CheckModes(),
		func(c *Config) int { return int(*field(c)) },
		func(c *Config, i int) { *field(c) = engine.CheckMode(i) })
}

func oneOf(key, meaning string, words []string, get func(*Config) int, set func(*Config, int)) setting {
	return setting{key: key, meaning: meaning, allowed: inWords(words), words: words,
		get: func(c *Config) any { return words[get(c)] },
		set: func(c *Config, value any) bool {
			word, _ := value.(string)
			i := indexOf(words, word)
			if i >= 0 {
				set(c, i)
			}
			return i >= 0
		}}
}

func boolean(key, meaning string, field func(*Config) *bool) setting {
	return setting{key: key, meaning: meaning, allowed: "true or false",
		get: func(c *Config) any { return *field(c) },
		set: func(c *Config, value any) bool {
			on, ok := value.(bool)
			*field(c) = on
			return ok
		}}
}

func integer[T int | int64](key, meaning string, low, high int64, field func(*Config) *T) setting {
	return setting{key: key, meaning: meaning, allowed: fmt.Sprintf("a whole number from %d to %d", low, high),
		get: func(c *Config) any { return int64(*field(c)) },
		set: func(c *Config, value any) bool {
			n, ok := value.(int64)
			*field(c) = T(n)
			return ok && low <= n && n <= high
		}}
}

// identifier is a number that the organisation assigns; 0 leaves it unset.
func identifier(key, meaning string, high, unset int64, field func(*Config) *int64) setting {
	s := integer(key, meaning+" Not set: the publication carries test identifiers.", 0, high, field)
	s.unset = unset
	return s
}

func text(key, meaning, allowed string, valid func(string) bool, field func(*Config) *string) setting {
	return setting{key: key, meaning: meaning, allowed: allowed,
		get: func(c *Config) any { return *field(c) },
		set: func(c *Config, value any) bool {
			word, ok := value.(string)
			*field(c) = word
			return ok && valid(word)
		}}
}

// maxGasRDPs keeps all RDPs, with 90 distributors, within what a run can tell
// apart.
const maxGasRDPs = 100

func gasRDPs() setting {
	return setting{key: "gas", meaning: "The names of the gas RDPs. With more than one, every gas meter point must name its own.",
		allowed: fmt.Sprintf("1 to %d different names of 1 to 20 of A–Z, 0–9, _ and -, beginning with a letter or digit", maxGasRDPs),
		get:     func(c *Config) any { return c.Registrar.Gas },
		set: func(c *Config, value any) bool {
			list, _ := value.([]any)
			c.Registrar.Gas = nil
			for _, v := range list {
				name, _ := v.(string)
				if !isGasRDP(name) || indexOf(c.Registrar.Gas, name) >= 0 {
					return false
				}
				c.Registrar.Gas = append(c.Registrar.Gas, name)
			}
			return 0 < len(list) && len(list) <= maxGasRDPs
		}}
}

// isGasRDP keeps names safe as a folder: no dot, no slash, no leading mark.
func isGasRDP(name string) bool {
	if len(name) < 1 || len(name) > 20 || name[0] == '-' || name[0] == '_' {
		return false
	}
	return strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

func delimiter() setting {
	return setting{key: "delimiter", meaning: "What stands between the fields of CSV files.",
		allowed: `",", ";", "\t", "|" or another ASCII character, but no letter, digit, space, quote or line end`,
		get:     func(c *Config) any { return string(c.Input.Delimiter) },
		set: func(c *Config, value any) bool {
			text, _ := value.(string)
			if len(text) != 1 || !isDelimiter(text[0]) {
				return false
			}
			c.Input.Delimiter = rune(text[0])
			return true
		}}
}

// isDelimiter keeps what values are made of from splitting them.
func isDelimiter(c byte) bool {
	isLetter := 'a' <= c|0x20 && c|0x20 <= 'z'
	isDigit := '0' <= c && c <= '9'
	return c != 0 && c < 0x80 && !isLetter && !isDigit && strings.IndexByte(" \"\r\n", c) < 0
}

func isTestFlag(flag string) bool {
	digits, isTest := strings.CutPrefix(flag, "TR")
	return flag == "OPER" || isTest && len(digits) == 2 && strings.Trim(digits, "0123456789") == ""
}

const layoutAllowed = "the name of a built-in layout, or the path of a layout file relative to the configuration"

func isLayout(layout string) bool {
	return strings.TrimSpace(layout) != "" && !strings.ContainsRune(layout, 0)
}
