package writers

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// checkSettings proves that a run could have had the settings stated, and that
// layouts and facts keep to them.
func (c *Content) checkSettings(problems *checklist, layouts [2]*Layout) {
	fuels := slices.Index(engine.FuelChoices(), c.Fuel)
	if fuels < 0 {
		problems.add("its fuel %q is unknown", engine.Shown(c.Fuel))
		return
	}
	c.checkFuels(problems, engine.FuelChoice(fuels), layouts)
	if c.AsOf.Location() != time.UTC || c.AsOf.Nanosecond() != 0 {
		problems.add("its as_of is not in UTC and whole seconds")
	}
	if c.Scope == meterpoint.Backfill.String() && !c.Switches.InstalledStatus {
		problems.add("its scope is backfill, and installed_status is off: no run is made so")
	}
	ids, err := c.identifiers()
	if err != nil {
		problems.add("%v", err)
		return
	}
	for _, cell := range c.Facts {
		if !ids.mayTell(cell.Fuel, cell.RDP) {
			problems.add("its facts name the RDP %q, which its settings do not know for %s", engine.Shown(cell.RDP), cell.Fuel)
		}
	}
	if c.Flows.MaxRecords < 1 {
		problems.add("its max_records is %d", c.Flows.MaxRecords)
	}
	first := [2]int64{meterpoint.Gas: c.Flows.FirstGeneration, meterpoint.Electricity: c.Flows.FirstFileID}
	for _, fuel := range meterpoint.Fuels {
		if layouts[fuel] == nil {
			continue
		}
		err := c.envelope(Shard{RDP: "any", FileID: first[fuel]}).Check(layouts[fuel])
		if err == nil && first[fuel] < 1 {
			err = errors.New("the first number is less than 1")
		}
		if err != nil {
			problems.add("its flow settings for %s: %v", fuel, err)
		}
	}
}

// checkFuels holds the run's choice of fuels against what is there of each.
func (c *Content) checkFuels(problems *checklist, choice engine.FuelChoice, layouts [2]*Layout) {
	for _, fuel := range meterpoint.Fuels {
		if choice.Includes(fuel) != (layouts[fuel] != nil) {
			problems.add("its fuel is %s, and its layouts are for other fuels", c.Fuel)
		}
		isOf := func(cell engine.Cell) bool { return cell.Fuel == fuel }
		if !choice.Includes(fuel) && slices.ContainsFunc(c.Facts, isOf) {
			problems.add("its fuel is %s, and its facts count %s too", c.Fuel, fuel)
		}
	}
	if others := c.Totals.Devices.OtherFuel + c.Totals.MeterPoints.OtherFuel; choice == engine.BothFuels && others != 0 {
		problems.add("other_fuel: it states %d in a run of both fuels", others)
	}
}

// identifiers are the settings that say which MPxNs are valid and who may be
// told of them.
type identifiers struct {
	digits    meterpoint.Digits
	rejects   [2]bool // wrong check digits, by fuel
	registrar meterpoint.Registrar
}

// maxMPRNDigits is one less than an MPAN has.
const maxMPRNDigits = 12

func (c *Content) identifiers() (*identifiers, error) {
	v := c.Validation
	ids := &identifiers{
		digits:    meterpoint.Digits{MPRNMin: v.MPRNMinDigits, MPRNMax: v.MPRNMaxDigits},
		registrar: meterpoint.Registrar{Gas: c.RDP.Gas, TrustColumn: c.RDP.TrustColumn},
	}
	for fuel, mode := range map[meterpoint.Fuel]string{meterpoint.Gas: v.MPRNCheckDigits, meterpoint.Electricity: v.MPANCheckDigit} {
		if !slices.Contains(engine.CheckModes(), mode) {
			return nil, fmt.Errorf("its validation says %q, which is none of its words", engine.Shown(mode))
		}
		ids.rejects[fuel] = mode == engine.Reject.String()
	}
	if v.MPRNMinDigits < 1 || v.MPRNMaxDigits < v.MPRNMinDigits || v.MPRNMaxDigits > maxMPRNDigits {
		return nil, fmt.Errorf("its validation allows MPRNs of %d to %d digits", v.MPRNMinDigits, v.MPRNMaxDigits)
	}
	for _, id := range slices.Sorted(maps.Keys(c.RDP.Distributors)) {
		distributor, err := strconv.Atoi(id)
		if err != nil || len(id) != 2 || distributor < 10 || !meterpoint.IsMPID(c.RDP.Distributors[id]) {
			return nil, fmt.Errorf("its distributor %q, %q is none", engine.Shown(id), engine.Shown(c.RDP.Distributors[id]))
		}
		ids.registrar.Distributors[distributor] = c.RDP.Distributors[id]
	}
	for _, name := range c.RDP.Gas {
		if !isName(name) {
			return nil, fmt.Errorf("its gas RDP %q is no name", engine.Shown(name))
		}
	}
	return ids, nil
}

// mayTell tells whether an RDP can have points of the fuel at all; none can.
func (ids *identifiers) mayTell(fuel meterpoint.Fuel, rdp string) bool {
	switch {
	case rdp == "":
		return true
	case fuel == meterpoint.Gas:
		return slices.Contains(ids.registrar.Gas, rdp)
	case ids.registrar.TrustColumn:
		return meterpoint.IsMPID(rdp)
	}
	return slices.Contains(ids.registrar.Distributors[:], rdp)
}
