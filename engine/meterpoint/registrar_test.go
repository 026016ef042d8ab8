package meterpoint

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The distributors as published: fourteen with a licence area, the rest
// independent.
var publishedDistributors = map[int]string{
	10: "EELC", 11: "EMEB", 12: "LOND", 13: "MANW", 14: "MIDE", 15: "NEEB", 16: "NORW", 17: "HYDE", 18: "SPOW", 19: "SEEB",
	20: "SOUT", 21: "SWAE", 22: "SWEB", 23: "YELG",
	24: "IPNL", 25: "LENG", 26: "GUCL", 27: "ETCL", 28: "EDFI", 29: "HARL", 30: "PENL", 31: "UKPD", 32: "UDNL",
	33: "GGEN", 34: "MPDL", 35: "FEAL", 36: "VATT", 37: "FORB", 38: "INDI",
}

func TestDistributorsFile(t *testing.T) {
	if len(publishedDistributors) != 29 {
		t.Fatalf("%d distributors are published, want 29", len(publishedDistributors))
	}
	r := NewRegistrar()
	got, owner := map[int]string{}, map[string]int{}
	for id, mpid := range r.Distributors {
		if mpid == "" {
			continue
		}
		got[id] = mpid
		if !IsMPID(mpid) {
			t.Errorf("distributor %d: %q is no MPID", id, mpid)
		}
		if other, taken := owner[mpid]; taken {
			t.Errorf("%s is distributor %d and %d", mpid, other, id)
		}
		owner[mpid] = id
	}
	if diff := cmp.Diff(publishedDistributors, got); diff != "" {
		t.Errorf("distributors (-published +file):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"XOSERVE"}, r.Gas); diff != "" || r.TrustColumn {
		t.Errorf("gas RDPs (-want +got):\n%s\ntrust_column %v", diff, r.TrustColumn)
	}
}

func TestResolve(t *testing.T) {
	const (
		london  MPxN = 1200023305967
		nowhere MPxN = 9900000000000
		gas     MPxN = 3938424403
	)
	trusting := func(r *Registrar) { r.TrustColumn = true }
	twoGas := func(r *Registrar) { r.Gas = []string{"XOSERVE", "OTHER"} }
	noGas := func(r *Registrar) { r.Gas = nil }
	added := func(r *Registrar) { r.Distributors[99] = "NEWD" }
	for _, c := range []struct {
		mpxn    MPxN
		rdpID   string
		with    func(*Registrar)
		want    string
		problem RDPProblem
	}{
		{london, "", nil, "LOND", RDPKnown},
		{london, "LOND", nil, "LOND", RDPKnown},
		{london, "EELC", nil, "", RDPMismatch},
		{london, "EELC", trusting, "EELC", RDPKnown},
		{london, "", trusting, "LOND", RDPKnown},
		{london, "lond", nil, "", BadRDP},
		{london, "lond", trusting, "", BadRDP},
		{london, "LON", nil, "", BadRDP},
		{london, "LOND1", nil, "", BadRDP},
		{london, "LO D", nil, "", BadRDP},
		{london, "../.", trusting, "", BadRDP},
		{london, "XOSERVE", nil, "", BadRDP},
		{nowhere, "", nil, "", NoRDP},
		{nowhere, "", trusting, "", NoRDP},
		{nowhere, "", added, "NEWD", RDPKnown},
		{nowhere, "LOND", nil, "", RDPMismatch},
		{nowhere, "LOND", trusting, "LOND", RDPKnown},
		{nowhere, "x", nil, "", BadRDP},
		{gas, "", nil, "XOSERVE", RDPKnown},
		{gas, "XOSERVE", nil, "XOSERVE", RDPKnown},
		{gas, "Xoserve", nil, "", BadRDP},
		{gas, "LOND", nil, "", BadRDP},
		{gas, "LOND", trusting, "", BadRDP},
		{gas, "", twoGas, "", NoRDP},
		{gas, "OTHER", twoGas, "OTHER", RDPKnown},
		{gas, "", noGas, "", NoRDP},
		{gas, "XOSERVE", noGas, "", BadRDP},
	} {
		r := NewRegistrar()
		if c.with != nil {
			c.with(&r)
		}
		rdp, problem := r.Resolve(c.mpxn, c.rdpID)
		if rdp != c.want || problem != c.problem {
			t.Errorf("%s with rdp_id %q, trust %v, gas %v: %q, problem %d; want %q, problem %d",
				c.mpxn.Masked(), c.rdpID, r.TrustColumn, r.Gas, rdp, problem, c.want, c.problem)
		}
	}
}

func TestIsMPID(t *testing.T) {
	for text, want := range map[string]bool{
		"EELC": true, "DCCO": true, "A1B2": true, "0000": true, "ZZZ9": true, "AAZ0": true,
		"": false, "EEL": false, "EELCX": false, "eelc": false, "EEL ": false, "EE-L": false, "EE/L": false, "EE:L": false,
		"EE@L": false, "EE[L": false, "ÉEL": false, "EEL\n": false,
	} {
		if IsMPID(text) != want {
			t.Errorf("IsMPID(%q) = %v", text, !want)
		}
	}
}
