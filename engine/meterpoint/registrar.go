package meterpoint

import (
	_ "embed"
	"strconv"
	"strings"
)

//go:embed distributors.csv
var distributorsCSV string

// Registrar finds the registration data provider that is told of a meter
// point: the MPAS of the distributor for electricity (FIA 6.2), Xoserve for
// gas.
type Registrar struct {
	Distributors [100]string // MPID by distributor; empty where unknown
	Gas          []string    // the gas RDPs
	TrustColumn  bool        // an electricity rdp_id may differ from its distributor's
}

// NewRegistrar has the built-in distributors and XOSERVE.
func NewRegistrar() Registrar {
	r := Registrar{Gas: []string{"XOSERVE"}}
	for line := range strings.Lines(distributorsCSV) {
		id, mpid, _ := strings.Cut(strings.TrimSpace(line), ",")
		n, err := strconv.Atoi(id)
		if err != nil {
			panic("distributors.csv: " + line)
		}
		r.Distributors[n] = mpid
	}
	return r
}

// RDPProblem is why a meter point has no RDP to be told.
type RDPProblem uint8

// The problems, as the exceptions NO_RDP, BAD_RDP and RDP_MISMATCH.
const (
	RDPKnown RDPProblem = iota
	NoRDP
	BadRDP
	RDPMismatch
)

// Resolve finds the RDP of a meter point from its rdp_id (empty where there is
// none). The RDP is empty whenever there is a problem.
func (r *Registrar) Resolve(m MPxN, rdpID string) (string, RDPProblem) {
	if m.Fuel() == Gas {
		return r.resolveGas(rdpID)
	}
	distributor := r.Distributors[m.Distributor()]
	switch {
	case rdpID == "" && distributor == "":
		return "", NoRDP
	case rdpID == "":
		return distributor, RDPKnown
	case !IsMPID(rdpID):
		return "", BadRDP
	case rdpID != distributor && !r.TrustColumn:
		return "", RDPMismatch
	}
	return rdpID, RDPKnown
}

// resolveGas accepts a named gas RDP; without a name there must be exactly
// one, for in doubt nothing is said.
func (r *Registrar) resolveGas(rdpID string) (string, RDPProblem) {
	if rdpID == "" {
		if len(r.Gas) != 1 {
			return "", NoRDP
		}
		return r.Gas[0], RDPKnown
	}
	for _, name := range r.Gas {
		if name == rdpID {
			return name, RDPKnown
		}
	}
	return "", BadRDP
}

// IsMPID tells whether text is a market participant id: four of A–Z and 0–9.
func IsMPID(text string) bool {
	if len(text) != 4 {
		return false
	}
	for _, c := range []byte(text) {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
