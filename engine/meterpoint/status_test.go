package meterpoint

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// spelling disguises a name: any letter case, with spaces, hyphens and
// underscores anywhere.
func spelling(t *rapid.T, name string) []byte {
	filler := rapid.StringMatching(`[ _-]{0,2}`)
	text := filler.Draw(t, "before")
	for _, letter := range name {
		if rapid.Bool().Draw(t, "upper") {
			text += strings.ToUpper(string(letter))
		} else {
			text += strings.ToLower(string(letter))
		}
		text += filler.Draw(t, "after")
	}
	return []byte(text)
}

func TestDeviceStatusSpellings(t *testing.T) {
	for text, want := range map[string]DeviceStatus{
		"Pending": Pending, "Whitelisted": Whitelisted, "InstalledNotCommissioned": InstalledNotCommissioned,
		"INSTALLED_NOT_COMMISSIONED": InstalledNotCommissioned, "Installed Not Commissioned": InstalledNotCommissioned,
		"installed-not-commissioned": InstalledNotCommissioned, "Commissioned": Commissioned, "COMMISSIONED": Commissioned,
		"Suspended": Suspended, "Recovery": Recovery, "Recovered": Recovered, "Decommissioned": Decommissioned, "withdrawn": Withdrawn,
	} {
		if got, ok := ParseDeviceStatus([]byte(text)); !ok || got != want {
			t.Errorf("%q reads as %s, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", " ", "-", "Active", "Installed", "Commissioned.", "Commissionéd", "Commissioned\x00", "Commissioned\t"} {
		if got, ok := ParseDeviceStatus([]byte(text)); ok {
			t.Errorf("%q reads as %s", text, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		want := DeviceStatus(rapid.IntRange(0, DeviceStatuses-1).Draw(t, "status"))
		text := spelling(t, want.String())
		if got, ok := ParseDeviceStatus(text); !ok || got != want {
			t.Errorf("%q reads as %s, %v; want %s", text, got, ok, want)
		}
	})
}

func TestDeviceTypeSpellings(t *testing.T) {
	for text, want := range map[string]DeviceType{
		"ESME": ESME, "esme": ESME, "GSME": GSME, "g-sme": GSME, "CHF": OtherDevice, "GPF": OtherDevice, "PPMID": OtherDevice,
		"IHD": OtherDevice, "CAD": OtherDevice, "HCALCS": OtherDevice, "IHD or CAD": OtherDevice, "IHD_OR_CAD": OtherDevice,
		"": UnknownDeviceType, "METER": UnknownDeviceType, "ESMEs": UnknownDeviceType, "IHDCAD": UnknownDeviceType,
	} {
		if got := ParseDeviceType([]byte(text)); got != want {
			t.Errorf("%q reads as %d, want %d", text, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.IntRange(0, len(DeviceTypeNames)-1).Draw(t, "type")
		want := OtherDevice
		switch DeviceTypeNames[i] {
		case "ESME":
			want = ESME
		case "GSME":
			want = GSME
		}
		text := spelling(t, DeviceTypeNames[i])
		if got := ParseDeviceType(text); got != want {
			t.Errorf("%q reads as %d, want %d", text, got, want)
		}
	})
}

func TestServiceStatusSpellings(t *testing.T) {
	for text, want := range map[string]ServiceStatus{
		"": Null, "Null": Null, "NULL": Null, " n-u_l l": Null, "A": Active, "a": Active, "I": Installed, "i": Installed,
		"N": NotActive, "n": NotActive, "S": LegacyS, "s": LegacyS, "W": LegacyW, "w": LegacyW,
		"B": Unknown, "AA": Unknown, "0": Unknown, "Active": Unknown, "none": Unknown, "\x00": Unknown, "Ａ": Unknown,
	} {
		if got := ParseServiceStatus([]byte(text)); got != want {
			t.Errorf("%q reads as %s, want %s", text, got, want)
		}
	}
}

func TestServiceStatusKinds(t *testing.T) {
	for s, want := range map[ServiceStatus]struct{ inForce, reported bool }{
		Null: {true, false}, Active: {true, true}, Installed: {true, true}, NotActive: {true, true},
		LegacyS: {}, LegacyW: {}, Unknown: {},
	} {
		if s.InForce() != want.inForce || s.Reported() != want.reported {
			t.Errorf("%s: in force %v, reported %v", s, s.InForce(), s.Reported())
		}
	}
}

// Fold changes nothing but ASCII: no other letter or blank may come out equal.
func TestFoldAtTheEndsOfTheAlphabet(t *testing.T) {
	if got := Fold([]byte("AZ-@[`{ az_09")); got != "az@[`{az09" {
		t.Errorf("folded to %q", got)
	}
}

func TestFoldAgainstPlainTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOf(rapid.Byte()).Draw(t, "text")
		want := strings.Map(func(r rune) rune {
			if r < 0x80 && strings.ContainsRune(" -_", r) {
				return -1
			}
			return r
		}, latin(text))
		want = strings.Map(func(r rune) rune {
			if 'A' <= r && r <= 'Z' {
				return r + 32
			}
			return r
		}, want)
		if got := latin([]byte(Fold(text))); got != want {
			t.Errorf("%q folds to %q, want %q", text, got, want)
		}
	})
}

// latin gives each byte a rune of its own.
func latin(text []byte) string {
	runes := make([]rune, len(text))
	for i, c := range text {
		runes[i] = rune(c)
	}
	return string(runes)
}
