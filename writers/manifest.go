package writers

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"flagfill/engine"
)

// ManifestSchema names the form of manifest.json.
const ManifestSchema = "flagfill.manifest/1"

// Manifest is manifest.json. Content is a function of rows, configuration and
// as-of alone, and ContentDigest its proof; everything after it is evidence
// and may name files, rows and settings of one run.
type Manifest struct {
	Schema        string          `json:"schema"`
	ContentDigest string          `json:"content_digest"` // SHA-256 of the canonical JSON of Content
	Content       Content         `json:"content"`
	Cautions      []string        `json:"cautions"` // what an operator should look at
	Limits        []LimitInForce  `json:"limits"`
	Reading       Reading         `json:"reading"`
	Exceptions    ExceptionsFacts `json:"exceptions"`
	Snapshot      SnapshotFacts   `json:"snapshot"`
	Inputs        []InputTable    `json:"inputs"`
	Files         []FileListing   `json:"files"` // every file but this one and SHA256SUMS
}

// Content says what was published and under which rules.
type Content struct {
	AsOf       time.Time         `json:"as_of"`
	Fuel       string            `json:"fuel"`
	Scope      string            `json:"scope"`
	Baseline   string            `json:"baseline"`
	Expected   string            `json:"expected,omitempty"` // "recorded" where no devices were looked at: only corrections
	Switches   SwitchSettings    `json:"switches"`
	Rules      map[string]string `json:"rules"` // ambiguity → policy
	Validation Validation        `json:"validation"`
	RDP        RDPSettings       `json:"rdp"`
	Flows      FlowSettings      `json:"flows"`
	Layouts    []LayoutInForce   `json:"layouts"` // of the fuels in the run, gas first
	Totals     Totals            `json:"totals"`
	Shards     []Shard           `json:"shards"` // in the order of their numbers, gas first
	Changes    ChangesFacts      `json:"changes"`
	Next       Next              `json:"next"`
	Facts      FactCells         `json:"facts"`
}

// SwitchSettings are the feature switches of FIA 3.5.5.
type SwitchSettings struct {
	InstalledStatus   bool `json:"installed_status"`
	ReportElectricity bool `json:"report_electricity"`
	ReportGas         bool `json:"report_gas"`
}

// Validation says which identifiers were taken for valid.
type Validation struct {
	MPANCheckDigit  string `json:"mpan_check_digit"`
	MPRNCheckDigits string `json:"mprn_check_digits"`
	MPRNMinDigits   int    `json:"mprn_min_digits"`
	MPRNMaxDigits   int    `json:"mprn_max_digits"`
}

// RDPSettings say who is told of which meter point.
type RDPSettings struct {
	Gas          []string          `json:"gas"`
	TrustColumn  bool              `json:"trust_column"`
	Distributors map[string]string `json:"distributors"` // two digits → MPID
}

// FlowSettings are those in force, defaults filled in.
type FlowSettings struct {
	MaxRecords        int    `json:"max_records"`
	TestFlag          string `json:"test_flag"`
	FirstFileID       int64  `json:"first_file_id"`
	GasOrganisationID int64  `json:"gas_organisation_id"`
	FirstGeneration   int64  `json:"first_generation"`
}

// LayoutInForce is a flow layout with its whole source, so that flow files can
// be read back with nothing but the publication.
type LayoutInForce struct {
	Flow      string `json:"flow"`
	Name      string `json:"name"`
	SHA256    string `json:"sha256"` // of source
	Confirmed bool   `json:"confirmed"`
	Source    string `json:"source"`
}

// Totals are the control totals of the run.
type Totals struct {
	engine.ReadTotals
	Reportable  engine.Reportable       `json:"reportable"`
	Transitions []engine.Transition     `json:"transitions"`
	Rules       []engine.RuleTotal      `json:"rules"`
	Exceptions  map[string]int64        `json:"exceptions"` // by code, warnings among them
	Warnings    map[string]int64        `json:"warnings"`   // how many of them only warn
	Ambiguities []engine.AmbiguityTotal `json:"ambiguities"`
}

// Shard is one flow file. FileID is its file id, or its generation for gas.
type Shard struct {
	Path    string `json:"path"`
	Fuel    string `json:"fuel"`
	RDP     string `json:"rdp"`
	Flow    string `json:"flow"`
	FileID  int64  `json:"file_id"`
	Records int64  `json:"records"`
	Bytes   int64  `json:"bytes"`
	SHA256  string `json:"sha256"`
}

// ChangesFacts describe changes.parquet.
type ChangesFacts struct {
	Path   string `json:"path"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Next is where the numbers of the next publication start.
type Next struct {
	FileID     int64 `json:"file_id"`
	Generation int64 `json:"generation"`
}

// LimitInForce is a limit of the run; overridden where it is not the default.
type LimitInForce struct {
	Name       string `json:"name"`
	Limit      string `json:"limit"`
	Overridden bool   `json:"overridden"`
}

// Reading says how the names and words of the input were mapped to ours.
type Reading struct {
	Columns map[string]map[string]string `json:"columns"` // table → our column → theirs
	Values  map[string]map[string]string `json:"values"`  // column → their word → ours
}

// ExceptionsFacts describe exceptions.parquet.
type ExceptionsFacts struct {
	Rows           int64 `json:"rows"`
	WarningsListed bool  `json:"warnings_listed"`
}

// SnapshotFacts say when the tables were taken, as far as anybody knows.
type SnapshotFacts struct {
	DevicesAt        *time.Time `json:"devices_at"` // as the caller says; null: not said
	MeterPointsAt    *time.Time `json:"meter_points_at"`
	MaxSkewHours     int        `json:"max_skew_hours"`      // past which there is a caution
	NewestChangeOn   *string    `json:"newest_change_on"`    // the last service_status_changed_on that is not after as_of
	ChangesAfterAsOf int64      `json:"changes_after_as_of"` // rows of meter_points
}

// InputTable is one table as it was read.
type InputTable struct {
	Table       string      `json:"table"`
	Files       []InputFile `json:"files"`
	Rows        int64       `json:"rows"`
	Bytes       int64       `json:"bytes"`
	Fingerprint string      `json:"fingerprint"` // of the files' fingerprints
}

// InputFile is one file of a table.
type InputFile struct {
	Path        string `json:"path"`
	Format      string `json:"format"`
	Rows        int64  `json:"rows"`
	Bytes       int64  `json:"bytes"`
	Fingerprint string `json:"fingerprint"`
	SHA256      string `json:"sha256,omitempty"` // where inputs were hashed
}

// FileListing is one file of the publication.
type FileListing struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Digest is the SHA-256 of the canonical JSON of the content: compact, keys in
// the order of manifest.json, no escapes that JSON does not demand.
func (c *Content) Digest() (string, error) {
	text, err := compactJSON(c)
	if err != nil {
		return "", fmt.Errorf("cannot digest the content: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// Encode gives the bytes of manifest.json: the same manifest, the same bytes.
func (m *Manifest) Encode() ([]byte, error) { return encodeJSON(m) }

// DecodeManifest reads manifest.json strictly: unknown keys, another schema, a
// content that its digest does not prove, and any byte that Encode would not
// have written are errors.
func DecodeManifest(text []byte) (*Manifest, error) {
	var m Manifest
	if err := decodeJSON(text, &m); err != nil {
		return nil, err
	}
	if m.Schema != ManifestSchema {
		return nil, fmt.Errorf("its schema is %q, not %s", engine.Shown(m.Schema), ManifestSchema)
	}
	digest, err := m.Content.Digest()
	if err != nil {
		return nil, err
	}
	if digest != m.ContentDigest {
		return nil, fmt.Errorf("its content has the digest %s, and not the one that it says", digest)
	}
	if canonical, err := m.Encode(); err != nil || !bytes.Equal(canonical, text) {
		return nil, errors.New("it is not in canonical form")
	}
	return &m, nil
}
