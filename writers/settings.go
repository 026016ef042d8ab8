package writers

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// Settings are what a publication depends on besides rows and engine.Config.
type Settings struct {
	Flows         Flows
	StagingSuffix string      // letters, digits, - and _; other runs for the same DIR should use another
	DryRun        bool        // count, hash and check everything, and write nothing
	Sign          *SigningKey // signs SHA256SUMS; nil: nobody does
	Run           RunInfo
	InputDigests  map[string]string // path → SHA-256, where inputs were hashed
}

// Flows settle the form of the flow files. 0 and nil are "unset".
type Flows struct {
	MaxRecords        int    // of one file; 0: DefaultMaxRecords
	TestFlag          string // "OPER", or "TR" and two digits; "": OPER
	FirstFileID       int64  // of electricity; unset: 1
	FirstGeneration   int64  // of gas; unset: 1
	GasOrganisationID int64
	Electricity, Gas  *Layout // nil: the built-in one
}

// DefaultMaxRecords is the number of meter points at which a flow file is cut.
const DefaultMaxRecords = 100_000

// RunInfo is what only the caller knows of a run: evidence for run.json.
type RunInfo struct {
	Version string
	Commit  string
	Go      string
	Modules map[string]string // path → version
	Host    string
	Command []string
	Config  string // path of the configuration file
	Out     string // where the publication was asked for
	Started time.Time
	Elapsed func() time.Duration // since Started; nil: unknown
}

// withDefaults fills in what is unset.
func (f Flows) withDefaults() (Flows, error) {
	for _, number := range []*int64{&f.FirstFileID, &f.FirstGeneration} {
		if *number == 0 {
			*number = 1
		}
	}
	if f.MaxRecords == 0 {
		f.MaxRecords = DefaultMaxRecords
	}
	if f.TestFlag == "" {
		f.TestFlag = operational
	}
	var err error
	if f.Electricity == nil {
		if f.Electricity, err = LoadLayout("d0350001", meterpoint.Electricity); err != nil {
			return f, err
		}
	}
	if f.Gas == nil {
		f.Gas, err = LoadLayout("dxi", meterpoint.Gas)
	}
	return f, err
}

// layouts are those of the fuels in the run, by fuel.
func (f Flows) layouts(choice engine.FuelChoice) (layouts [2]*Layout) {
	for _, l := range []*Layout{f.Gas, f.Electricity} {
		if choice.Includes(l.Fuel) {
			layouts[l.Fuel] = l
		}
	}
	return layouts
}

// check refuses settings, defaults filled in, that no flow file could hold.
func (f Flows) check(registrar *meterpoint.Registrar) error {
	refuse := func(format string, args ...any) error {
		return &engine.Refusal{Kind: engine.RefusedUsage,
			Problem: "cannot write flow files: " + fmt.Sprintf(format, args...),
			Next:    "Mend the configuration."}
	}
	if f.MaxRecords < 1 {
		return refuse("max_records is %d", f.MaxRecords)
	}
	known := slices.DeleteFunc(slices.Clone(registrar.Distributors[:]), func(mpid string) bool { return mpid == "" })
	for _, name := range slices.Concat(registrar.Gas, known) {
		if !isName(name) {
			return refuse("the RDP %q is not 1 to 32 letters, digits, - and _", name)
		}
	}
	for _, l := range []*Layout{f.Gas, f.Electricity} {
		e := Envelope{RDP: "any", TestFlag: f.TestFlag, OrganisationID: f.GasOrganisationID, FileNumber: f.firstNumber(l.Fuel), CreatedAt: dateOf(0)}
		if err := e.Check(l); err != nil {
			return refuse("%v", err)
		}
		if e.FileNumber < 1 {
			return refuse("the first file number of %s is %d", l.Fuel, e.FileNumber)
		}
	}
	return nil
}

// firstNumber is the first file id of electricity, the first generation of gas.
func (f Flows) firstNumber(fuel meterpoint.Fuel) int64 {
	if fuel == meterpoint.Electricity {
		return f.FirstFileID
	}
	return f.FirstGeneration
}

// cautions are what an operator should look at in these settings, before
// defaults are filled in.
func (f Flows) cautions(layouts [2]*Layout) []string {
	var cautions, unset []string
	for _, fuel := range meterpoint.Fuels {
		l := layouts[fuel]
		if l == nil {
			continue
		}
		if !l.Confirmed {
			cautions = append(cautions, fmt.Sprintf("unconfirmed layout: %s (%s) has not been agreed with its receivers", l.Name, fuel))
		}
		if fuel == meterpoint.Gas && f.GasOrganisationID == 0 {
			unset = append(unset, "gas_organisation_id")
		}
		if fuel == meterpoint.Gas && f.FirstGeneration == 0 {
			unset = append(unset, "first_generation")
		}
		if fuel == meterpoint.Electricity && f.FirstFileID == 0 {
			unset = append(unset, "first_file_id")
		}
	}
	if len(unset) > 0 {
		cautions = append(cautions, testIdentifiers+"[flows] "+strings.Join(unset, ", ")+" not set")
	}
	return cautions
}

// testIdentifiers begins the caution of numbers that nobody assigned.
const testIdentifiers = "test identifiers: "

// TestIdentifiers says, in words, by what receivers would take flow files for
// test files, or for somebody else's.
func (m *Manifest) TestIdentifiers() []string {
	var found []string
	for _, caution := range m.Cautions {
		if strings.HasPrefix(caution, testIdentifiers) {
			found = append(found, strings.TrimPrefix(caution, testIdentifiers))
		}
	}
	if flag := m.Content.Flows.TestFlag; flag != operational {
		found = append(found, "test flag "+engine.Shown(flag))
	}
	return found
}
