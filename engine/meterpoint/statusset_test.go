package meterpoint

import (
	"testing"

	"pgregory.net/rapid"
)

// Every device status counts in exactly one class, the one the transcription
// names.
func TestDeviceStatusClasses(t *testing.T) {
	if len(countsAs) != DeviceStatuses {
		t.Fatalf("%d statuses are classed, want %d", len(countsAs), DeviceStatuses)
	}
	for s := range DeviceStatus(DeviceStatuses) {
		in := []string{}
		for name, class := range map[string]StatusSet{"commissioned": commissionedClass, "installed": installedClass, "other": otherClass, "past": pastClass} {
			if class.Any(Of(s)) {
				in = append(in, name)
			}
		}
		if len(in) == 0 {
			in = append(in, "ignored")
		}
		if len(in) != 1 || in[0] != countsAs[s.String()] {
			t.Errorf("%s counts as %v, want %s", s, in, countsAs[s.String()])
		}
	}
}

func TestStatusSetsFitTheirWidth(t *testing.T) {
	all := Unusable | PendingFuelMismatch
	for s := range DeviceStatus(DeviceStatuses) {
		if all.Any(Of(s)) {
			t.Errorf("%s shares a bit", s)
		}
		all |= Of(s)
	}
	if int(all) != StatusSets-1 {
		t.Errorf("the full set is %d, want %d", all, StatusSets-1)
	}
}

// Gathering is an OR: order and repetition of the rows do not matter.
func TestOfIgnoresOrderAndRepetition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		statuses := rapid.SliceOf(rapid.Map(rapid.IntRange(0, DeviceStatuses-1), func(i int) DeviceStatus { return DeviceStatus(i) })).Draw(t, "statuses")
		shuffled := rapid.Permutation(statuses).Draw(t, "shuffled")
		set := Of(statuses...)
		if Of(append(shuffled, statuses...)...) != set {
			t.Errorf("%v and its permutation give different sets", statuses)
		}
		for s := range DeviceStatus(DeviceStatuses) {
			holds := false
			for _, member := range statuses {
				holds = holds || member == s
			}
			if set.Any(Of(s)) != holds {
				t.Errorf("set of %v: %s is in it: %v", statuses, s, !holds)
			}
		}
	})
}

func TestOnly(t *testing.T) {
	counted := Of(Commissioned, InstalledNotCommissioned, Suspended, Recovery, Recovered)
	recovery := Of(Recovery, Recovered)
	for _, c := range []struct {
		set  StatusSet
		want bool
	}{
		{0, false},
		{Of(Recovery), true},
		{Of(Recovered, Recovery), true},
		{Of(Recovered, Withdrawn, Whitelisted), true},
		{Of(Recovered) | Unusable, true},
		{Of(Recovered, Suspended), false},
		{Of(Suspended), false},
		{Of(Decommissioned), false},
	} {
		if got := c.set.Only(recovery, counted); got != c.want {
			t.Errorf("%s only recovery: %v, want %v", c.set, got, c.want)
		}
	}
}

func TestStatusSetString(t *testing.T) {
	for set, want := range map[StatusSet]string{
		0:                           "{}",
		Of(Withdrawn, Pending):      "{Pending Withdrawn}",
		Of(Commissioned) | Unusable: "{Commissioned unusable}",
		PendingFuelMismatch:         "{pending-fuel-mismatch}",
	} {
		if got := set.String(); got != want {
			t.Errorf("%d is written %s, want %s", set, got, want)
		}
	}
}
