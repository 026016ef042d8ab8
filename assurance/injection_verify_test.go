package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"flagfill/assurance/property"
	"flagfill/writers"
)

// Whatever stands in a publication that somebody else made, verify reads it,
// writes nothing, and names what is wrong in a text that is safe to show.
func TestPropertyHostilePublication(t *testing.T) {
	property.Property{Goal: "R9", Name: "hostile text in publications that verify reads", Unit: "texts", Seeds: 100}.Check(t,
		func(t *testing.T, seed int) (cases int64) {
			random := rand.New(rand.NewPCG(uint64(seed), 39))
			y := newYard(t)
			y.publishSmall(t, random)
			whole := filepath.Join(y.work, "whole")
			for range 10 {
				tampered := filepath.Join(y.work, "tampered")
				if err := os.CopyFS(tampered, os.DirFS(whole)); err != nil {
					t.Fatal(err)
				}
				hostileTampering(t, random, tampered)
				y.run(t, []int{3}, nil, "verify", "tampered")
				y.run(t, []int{3}, nil, "verify", "--json", "tampered")
				if err := os.RemoveAll(tampered); err != nil {
					t.Fatal(err)
				}
				cases++
			}
			return cases
		})
}

// publishSmall makes a publication with flows of both fuels at whole.
func (y *yard) publishSmall(t *testing.T, random *rand.Rand) {
	t.Helper()
	data, _ := hostileCells(random)
	data.devices, data.points = data.devices[:40], data.points[:40]
	inputs := y.writeTables(t, random, data)
	y.run(t, []int{0}, []string{"whole"}, append(append([]string{"run", "--out", "whole"}, inputs...), lifted...)...)
}

// hostileTampering puts a hostile text into one place of a publication.
func hostileTampering(t *testing.T, random *rand.Rand, dir string) {
	t.Helper()
	sums, manifest := filepath.Join(dir, "SHA256SUMS"), filepath.Join(dir, "manifest.json")
	switch random.IntN(5) {
	case 0: // a file of a hostile name
		writeNew(t, filepath.Join(dir, hostileName(random)), []byte("x"))
	case 1: // a line of SHA256SUMS that leads elsewhere
		appendTo(t, sums, fmt.Sprintf("%x  %s\n", sha256.Sum256(nil), hostileText(random)))
	case 2: // a text of the manifest, as it stands in the file
		replaceText(t, random, manifest)
	case 3: // a text of the content, with every digest right
		tamperContent(t, random, dir)
	default: // a path of the manifest, with every digest right
		tamperManifest(t, dir, func(m *writers.Manifest) {
			i := random.IntN(len(m.Files))
			m.Files[i].Path = hostileText(random)
		})
	}
}

func writeNew(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o640); err != nil {
		t.Fatal(err)
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	writeNew(t, path, append(before, text...))
}

var jsonText = regexp.MustCompile(`"[^"\\]*"`)

// replaceText replaces one key or text of the manifest.
func replaceText(t *testing.T, random *rand.Rand, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	places := jsonText.FindAllIndex(text, -1)
	at := places[random.IntN(len(places))]
	hostile, err := json.Marshal(hostileText(random))
	if err != nil {
		t.Fatal(err)
	}
	writeNew(t, path, slices.Concat(text[:at[0]], hostile, text[at[1]:]))
}

// tamperContent changes a text of the content.
func tamperContent(t *testing.T, random *rand.Rand, dir string) {
	t.Helper()
	text := hostileText(random)
	tamperManifest(t, dir, func(m *writers.Manifest) {
		c := &m.Content
		shard := &c.Shards[random.IntN(len(c.Shards))]
		fact := &c.Facts[random.IntN(len(c.Facts))]
		layout := &c.Layouts[random.IntN(len(c.Layouts))]
		places := []*string{&shard.Path, &shard.RDP, &shard.Fuel, &shard.Flow, &fact.RDP, &layout.Name, &layout.Flow, &layout.SHA256, &layout.Source,
			&c.Scope, &c.Baseline, &c.Fuel, &c.Flows.TestFlag, &c.Changes.Path, &c.Totals.Transitions[0].From, &c.Totals.Rules[0].Rule}
		*places[random.IntN(len(places))] = text
		if random.IntN(4) == 0 {
			c.Rules[text] = "hold"
			c.Totals.Exceptions[text] = 7
		}
	})
}

// tamperManifest changes the manifest, and puts right whatever proves it.
func tamperManifest(t *testing.T, dir string, change func(*writers.Manifest)) {
	t.Helper()
	manifest, sums := filepath.Join(dir, "manifest.json"), filepath.Join(dir, "SHA256SUMS")
	text, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	m, err := writers.DecodeManifest(text)
	if err != nil {
		t.Fatal(err)
	}
	before := fmt.Sprintf("%x", sha256.Sum256(text))
	change(m)
	if m.ContentDigest, err = m.Content.Digest(); err == nil {
		text, err = m.Encode()
	}
	if err != nil {
		t.Fatal(err)
	}
	writeNew(t, manifest, text)
	listing, err := os.ReadFile(sums)
	if err != nil || !strings.Contains(string(listing), before) {
		t.Fatalf("SHA256SUMS does not list the manifest: %v", err)
	}
	writeNew(t, sums, []byte(strings.ReplaceAll(string(listing), before, fmt.Sprintf("%x", sha256.Sum256(text)))))
}
