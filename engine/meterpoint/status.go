package meterpoint

// ServiceStatus is the DCC Service Status of a meter point.
type ServiceStatus uint8

// The four statuses in force, then the two legacy ones that old extracts may
// still hold, then anything that is none of them. The last three are read and
// reported, never written.
const (
	Null ServiceStatus = iota
	Active
	Installed
	NotActive
	LegacyS
	LegacyW
	Unknown
)

var serviceStatusNames = [...]string{"Null", "A", "I", "N", "S", "W", "unknown"}

func (s ServiceStatus) String() string { return serviceStatusNames[s] }

// InForce tells whether the status is Null, A, I or N.
func (s ServiceStatus) InForce() bool { return s <= NotActive }

// Reported tells whether the status is one that an RDP may be told: A, I or N.
func (s ServiceStatus) Reported() bool { return s >= Active && s <= NotActive }

// ParseServiceStatus reads a status as Fold compares it; empty text is Null.
func ParseServiceStatus(text []byte) ServiceStatus {
	switch Fold(text) {
	case "", "null":
		return Null
	case "a":
		return Active
	case "i":
		return Installed
	case "n":
		return NotActive
	case "s":
		return LegacyS
	case "w":
		return LegacyW
	}
	return Unknown
}

// DeviceStatus is one of the nine statuses of a device in the Smart Metering
// Inventory.
type DeviceStatus uint8

// The nine SMI device statuses.
const (
	Pending DeviceStatus = iota
	Whitelisted
	InstalledNotCommissioned
	Commissioned
	Suspended
	Recovery
	Recovered
	Decommissioned
	Withdrawn
	DeviceStatuses = 9
)

var deviceStatusNames = [DeviceStatuses]string{"Pending", "Whitelisted", "InstalledNotCommissioned",
	"Commissioned", "Suspended", "Recovery", "Recovered", "Decommissioned", "Withdrawn"}

func (s DeviceStatus) String() string { return deviceStatusNames[s] }

// ParseDeviceStatus reads one of the nine names as Fold compares them.
func ParseDeviceStatus(text []byte) (DeviceStatus, bool) {
	folded := Fold(text)
	for s, name := range deviceStatusNames {
		if folded == Fold([]byte(name)) {
			return DeviceStatus(s), true
		}
	}
	return 0, false
}

// DeviceType is what a device is, as far as a service status is concerned.
type DeviceType uint8

// Only the two kinds of smart meter drive a service status (FIA 2.1, 3.1).
const (
	UnknownDeviceType DeviceType = iota
	OtherDevice
	ESME
	GSME
)

// DeviceTypeNames are the types an extract may hold, meters first.
var DeviceTypeNames = []string{"ESME", "GSME", "CHF", "GPF", "PPMID", "IHD", "CAD", "HCALCS", "IHD or CAD"}

// ParseDeviceType reads one of DeviceTypeNames as Fold compares them.
func ParseDeviceType(text []byte) DeviceType {
	folded := Fold(text)
	for i, name := range DeviceTypeNames {
		if folded == Fold([]byte(name)) {
			return [...]DeviceType{ESME, GSME, OtherDevice}[min(i, 2)]
		}
	}
	return UnknownDeviceType
}

// Fold brings the spellings of an enumeration together: letter case, spaces,
// hyphens and underscores do not matter.
func Fold(text []byte) string {
	folded := make([]byte, 0, len(text))
	for _, c := range text {
		switch {
		case c == ' ' || c == '-' || c == '_':
		case 'A' <= c && c <= 'Z':
			folded = append(folded, c+'a'-'A')
		default:
			folded = append(folded, c)
		}
	}
	return string(folded)
}
