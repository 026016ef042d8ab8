// Command sbom writes down what is linked into the program: a bill of materials
// in CycloneDX's JSON, and the table of licences in docs/licences.md. Modules
// come from the binary itself, their licences from go-licenses on stdin:
//
//	go-licenses report ./cmd/flagfill | sbom -binary bin/flagfill -out bin/flagfill.cdx.json -licences docs/licences.md
package main

import (
	"debug/buildinfo"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
)

func main() {
	binary := flag.String("binary", "bin/flagfill", "the program")
	out := flag.String("out", "bin/flagfill.cdx.json", "the bill of materials")
	licences := flag.String("licences", "docs/licences.md", "the table of licences")
	flag.Parse()
	if err := run(*binary, *out, *licences, os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

func run(binary, out, document string, report io.Reader) error {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return fmt.Errorf("cannot read modules: %w", err)
	}
	licences, err := licencesOf(info.Deps, report)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(bill(info, licences), "", "  ")
	if err != nil {
		return fmt.Errorf("cannot write bill of materials: %w", err)
	}
	if err := os.WriteFile(out, append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("cannot write bill of materials: %w", err)
	}
	if err := os.WriteFile(document, []byte(table(info.Deps, licences)), 0o644); err != nil {
		return fmt.Errorf("cannot write licences: %w", err)
	}
	return nil
}

// licencesOf gives the licences of each module by its path: of the module, and
// of parts of it that have their own. report has lines of package, address and
// SPDX identifier.
func licencesOf(modules []*debug.Module, report io.Reader) (map[string][]string, error) {
	lines, err := csv.NewReader(report).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("cannot read licences: %w", err)
	}
	licences := map[string][]string{}
	for _, line := range lines {
		of := ""
		for _, m := range modules {
			if (line[0]+"/" == m.Path+"/" || strings.HasPrefix(line[0], m.Path+"/")) && len(m.Path) > len(of) {
				of = m.Path
			}
		}
		if len(line) == 3 && of != "" && !slices.Contains(licences[of], line[2]) {
			licences[of] = append(licences[of], line[2])
		}
	}
	for _, m := range modules {
		if len(licences[m.Path]) == 0 {
			return nil, fmt.Errorf("cannot find the licence of %s", m.Path)
		}
	}
	return licences, nil
}

// The parts of CycloneDX 1.6 that are used.
type (
	cyclonedx struct {
		Format       string       `json:"bomFormat"`
		Version      string       `json:"specVersion"`
		Metadata     metadata     `json:"metadata"`
		Components   []component  `json:"components"`
		Dependencies []dependency `json:"dependencies"`
	}
	metadata struct {
		Component component `json:"component"`
	}
	component struct {
		Type       string     `json:"type"`
		Reference  string     `json:"bom-ref"`
		Name       string     `json:"name"`
		Version    string     `json:"version,omitempty"`
		Package    string     `json:"purl,omitempty"`
		Licences   []licence  `json:"licenses,omitempty"`
		Properties []property `json:"properties,omitempty"`
	}
	licence struct {
		Licence struct {
			ID string `json:"id"`
		} `json:"license"`
	}
	property   struct{ Name, Value string }
	dependency struct {
		Reference string   `json:"ref"`
		On        []string `json:"dependsOn"`
	}
)

func (p property) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"name": p.Name, "value": p.Value})
}

// bill has no time and no serial number: the same binary gives the same bytes.
func bill(info *debug.BuildInfo, licences map[string][]string) cyclonedx {
	program := component{Type: "application", Reference: info.Main.Path, Name: info.Main.Path,
		Properties: []property{{"go:version", info.GoVersion}}}
	for _, s := range info.Settings {
		if s.Key == "CGO_ENABLED" || s.Key == "GOOS" || s.Key == "GOARCH" || s.Key == "-trimpath" {
			program.Properties = append(program.Properties, property{"go:" + s.Key, s.Value})
		}
	}
	all := dependency{Reference: info.Main.Path}
	b := cyclonedx{Format: "CycloneDX", Version: "1.6", Metadata: metadata{program}}
	for _, m := range info.Deps {
		name := "pkg:golang/" + m.Path + "@" + strings.ReplaceAll(m.Version, "+", "%2B")
		c := component{Type: "library", Reference: name, Name: m.Path, Version: m.Version, Package: name,
			Properties: []property{{"go:sum", m.Sum}}}
		for _, id := range licences[m.Path] {
			var l licence
			l.Licence.ID = id
			c.Licences = append(c.Licences, l)
		}
		b.Components = append(b.Components, c)
		all.On = append(all.On, name)
	}
	b.Dependencies = []dependency{all}
	return b
}

func table(modules []*debug.Module, licences map[string][]string) string {
	var b strings.Builder
	b.WriteString(`# Licences

What is linked into the program, beside Go's standard library (BSD-3-Clause). ` + "`make sbom`" + ` makes this page and
` + "`bin/flagfill.cdx.json`" + `, a bill of materials in the format of CycloneDX, from the binary. Where parts of a module
have a licence of their own, it stands behind the module's.

| module | version | licence |
|---|---|---|
`)
	for _, m := range modules {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", m.Path, m.Version, strings.Join(licences[m.Path], ", "))
	}
	return b.String()
}
