package engine

import (
	"fmt"
	"slices"
	"sync"

	"flagfill/engine/meterpoint"
)

// maxRDPs is how many different RDPs a snapshot may name: their codes take
// eight bits of a point's word.
const maxRDPs = 254

const (
	rdpAbsent uint8 = 0
	rdpBad    uint8 = 255 // text that can name no RDP
)

// rdpCodes gives each rdp_id of the snapshot a code. Workers share it; codes
// depend on who comes first, so only names leave the engine.
type rdpCodes struct {
	mu        sync.Mutex
	registrar *meterpoint.Registrar
	codes     map[string]uint8
	names     []string // by code
}

func newRDPCodes(registrar *meterpoint.Registrar) *rdpCodes {
	return &rdpCodes{registrar: registrar, codes: map[string]uint8{}, names: []string{""}}
}

// parse gives the code of a trimmed rdp_id.
func (r *rdpCodes) parse(text []byte) (uint8, error) {
	if len(text) == 0 {
		return rdpAbsent, nil
	}
	if !meterpoint.IsMPID(string(text)) && !slices.Contains(r.registrar.Gas, string(text)) {
		return rdpBad, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if code, ok := r.codes[string(text)]; ok {
		return code, nil
	}
	if len(r.names) > maxRDPs {
		return 0, fmt.Errorf("more than %d different RDPs", maxRDPs)
	}
	code := uint8(len(r.names))
	r.names = append(r.names, string(text))
	r.codes[string(text)] = code
	return code, nil
}

// delivery is where the news of a point goes: an index into the run's RDPs, 0
// where the problem leaves none.
type delivery struct {
	rdp     uint8
	problem meterpoint.RDPProblem
}

// deliveries answers the registrar's question by table: by distributor (0 for
// gas) and code.
type deliveries struct {
	rdps  []string // rdps[0] is ""; grows at its end
	known int      // codes that are resolved
	table [100][256]delivery
}

// newDeliveries knows the registrar's own RDPs.
func newDeliveries(registrar *meterpoint.Registrar) *deliveries {
	names := slices.Clone(registrar.Gas)
	for _, mpid := range registrar.Distributors {
		if mpid != "" {
			names = append(names, mpid)
		}
	}
	slices.Sort(names)
	return &deliveries{rdps: append([]string{""}, slices.Compact(names)...)}
}

// resolve answers every question that can come up, given the codes that are
// known so far. No worker reads at the same time.
func (d *deliveries) resolve(codes *rdpCodes) error {
	if d.known == len(codes.names) {
		return nil
	}
	d.known = len(codes.names)
	registrar := codes.registrar
	for _, name := range codes.names[1:] {
		if !slices.Contains(d.rdps, name) {
			d.rdps = append(d.rdps, name)
		}
	}
	if len(d.rdps)-1 > maxRDPs {
		return tooManyRDPs(MeterPoints, len(d.rdps)-1)
	}
	for distributor := range d.table {
		m := meterpoint.MPxN(distributor) * 1e11 // 0 is gas
		if distributor > 0 && distributor < 10 {
			continue
		}
		for code := range 256 {
			name := "?" // can name no RDP
			if code < len(codes.names) {
				name = codes.names[code]
			}
			rdp, problem := registrar.Resolve(m, name)
			at := slices.Index(d.rdps, rdp)
			d.table[distributor][code] = delivery{uint8(at), problem}
		}
	}
	return nil
}

func tooManyRDPs(name Table, found int) *Refusal {
	return &Refusal{Kind: RefusedInput,
		Problem: fmt.Sprintf("cannot read %s: column rdp_id names %d different RDPs, and %d are the most a run can hold", name, found, maxRDPs),
		Next:    "Map rdp_id to the right column: [columns." + name.String() + "] rdp_id = \"…\""}
}

func (d *deliveries) of(m meterpoint.MPxN, code uint8) delivery {
	return d.table[m.Distributor()%100][code]
}
