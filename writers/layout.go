package writers

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

//go:embed layouts/*.toml
var builtInLayouts embed.FS

// BuiltInLayouts are the names of the layouts that come with the program.
var BuiltInLayouts = []string{"d0350001", "dxi"}

// maxLayoutBytes bounds what is read as a layout file.
const maxLayoutBytes = 1 << 20

// Layout is the format of one flow: what stands in the header, in the lines of
// one meter point and in the trailer, field by field. It is read from TOML and
// compiled once; afterwards it is read only and may be shared.
type Layout struct {
	Name      string // "d0350001"
	Flow      string // "D0350"
	Fuel      meterpoint.Fuel
	Confirmed bool   // every field agreed with the receivers
	Source    string // the TOML text it was read from
	SHA256    string // of Source, in hexadecimal

	fileName, header, record, trailer template
	maxNumber                         int64 // largest file id or generation that every field can hold
}

// layoutText is a layout as it stands in its file.
type layoutText struct {
	Name      string     `toml:"name"`
	Flow      string     `toml:"flow"`
	Fuel      string     `toml:"fuel"`
	Confirmed bool       `toml:"confirmed"`
	Source    string     `toml:"source"`
	Separator string     `toml:"separator"`
	Closing   string     `toml:"closing"`
	Quote     string     `toml:"quote"`
	LineEnd   string     `toml:"line_end"`
	FileName  []field    `toml:"file_name"`
	Header    []lineText `toml:"header"`
	Record    []lineText `toml:"record"`
	Trailer   []lineText `toml:"trailer"`
}

type lineText struct {
	Fields []field `toml:"fields"`
}

// field of a line: a constant or a named value, with what is known about it.
type field struct {
	Name     string  `toml:"name"`
	Constant *string `toml:"constant"`
	Value    string  `toml:"value"`
	Type     string  `toml:"type"`   // "text" (quoted, the default) or "number"
	Width    int     `toml:"width"`  // zero-padded to exactly this
	Digits   int     `toml:"digits"` // at most so many, not padded
	Format   string  `toml:"format"` // of times and dates
	Status   string  `toml:"status"` // "verified", "inferred", "unverified"
	Source   string  `toml:"source"`
}

// LoadLayout reads a built-in layout by name, or a layout file by path, for
// the flow of a fuel. What is wrong with it is an *engine.Refusal of kind
// RefusedUsage that names the file and the line or the field.
func LoadLayout(nameOrPath string, fuel meterpoint.Fuel) (*Layout, error) {
	text, err := layoutSource(nameOrPath)
	if err != nil {
		return nil, &engine.Refusal{Kind: engine.RefusedUsage, Err: err,
			Problem: fmt.Sprintf("cannot read the %s layout %s: %v", fuel, engine.ShownPath(nameOrPath), err),
			Next:    "Name a built-in layout (" + strings.Join(BuiltInLayouts, ", ") + ") or the path of a layout file."}
	}
	layout, err := ParseLayout(text)
	if err == nil && layout.Fuel != fuel {
		err = fmt.Errorf("it is a layout for %s", layout.Fuel)
	}
	if err != nil {
		return nil, &engine.Refusal{Kind: engine.RefusedUsage, Err: err,
			Problem: fmt.Sprintf("cannot use %s as the %s layout: %v", engine.ShownPath(nameOrPath), fuel, err),
			Next:    "Mend the layout file; a built-in layout can be copied as a start."}
	}
	return layout, nil
}

func layoutSource(nameOrPath string) (string, error) {
	if slices.Contains(BuiltInLayouts, nameOrPath) {
		text, err := builtInLayouts.ReadFile("layouts/" + nameOrPath + ".toml")
		return string(text), err
	}
	info, err := os.Stat(nameOrPath)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > maxLayoutBytes {
		return "", errors.New("it is not a text file of at most 1 MiB")
	}
	text, err := os.ReadFile(nameOrPath)
	return string(text), err
}

// ParseLayout reads and compiles the TOML text of a layout, strictly: an
// unknown key, a field without provenance and a format that could not be read
// back unambiguously are errors.
func ParseLayout(source string) (*Layout, error) {
	if len(source) > maxLayoutBytes {
		return nil, errors.New("it is larger than 1 MiB")
	}
	var text layoutText
	decoder := toml.NewDecoder(bytes.NewReader([]byte(source)))
	if err := decoder.DisallowUnknownFields().Decode(&text); err != nil {
		return nil, describeTOML(err)
	}
	digest := sha256.Sum256([]byte(source))
	layout := &Layout{
		Name: text.Name, Flow: text.Flow, Confirmed: text.Confirmed,
		Source: source, SHA256: hex.EncodeToString(digest[:]),
	}
	if !isName(text.Name) || !isName(text.Flow) {
		return nil, errors.New("name and flow must be letters, digits, - and _")
	}
	switch text.Fuel {
	case meterpoint.Electricity.String():
		layout.Fuel = meterpoint.Electricity
	case meterpoint.Gas.String():
		layout.Fuel = meterpoint.Gas
	default:
		return nil, fmt.Errorf("fuel is %q, not electricity or gas", text.Fuel)
	}
	if err := layout.compile(&text); err != nil {
		return nil, err
	}
	return layout, nil
}

// describeTOML says in which line a document is not what it should be.
func describeTOML(err error) error {
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) && len(unknown.Errors) > 0 {
		row, _ := unknown.Errors[0].Position()
		return fmt.Errorf("line %d: unknown key %s", row, engine.Shown(strings.Join(unknown.Errors[0].Key(), ".")))
	}
	var decode *toml.DecodeError
	if errors.As(err, &decode) {
		row, column := decode.Position()
		return fmt.Errorf("line %d, column %d: %s", row, column, engine.OneLine(strings.TrimPrefix(decode.Error(), "toml: ")))
	}
	return err
}

// isName tells whether text can stand in a flow, a file name and a folder
// name alike: 1 to 32 of A–Z, a–z, 0–9, - and _, a letter or digit first.
func isName(text string) bool {
	if text == "" || len(text) > maxNameBytes {
		return false
	}
	for i, c := range []byte(text) {
		if !isAlphanumeric(c) && (i == 0 || c != '-' && c != '_') {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9'
}

const maxNameBytes = 32
