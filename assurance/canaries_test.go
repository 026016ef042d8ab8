package main

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"flagfill/engine/meterpoint"
)

// canaries are MPxNs that are known, so that they can be looked for: sound
// ones, and what a row may have instead.
type canaries struct {
	*rand.Rand
	all []string
}

// seenDigits is how many digits of a canary in a row make a leak. A mask shows
// at most four.
const seenDigits = 7

// mpan is a new sound MPAN of a distributor.
func (c *canaries) mpan(distributor uint64) string {
	m := meterpoint.MPxN(distributor*10_000_000_000+1e9+c.Uint64N(9e9)) * 10
	return c.keep((m + m.CheckDigit()).String())
}

// mprn is a new sound MPRN of ten digits.
func (c *canaries) mprn() string {
	m := meterpoint.MPxN(20_000_000+c.Uint64N(70_000_000)) * 100
	return c.keep((m + m.CheckDigits()).String())
}

// wrong is a new MPAN with a wrong check digit.
func (c *canaries) wrong() string {
	m := c.mpan(12)
	last := m[12:]
	return c.keep(m[:12] + string('0'+(last[0]-'0'+1)%10))
}

func (c *canaries) keep(number string) string {
	c.all = append(c.all, number)
	return number
}

// What texts of the program hold that is made of digits and is no canary:
// digests, and times in seconds.
var notCanaries = regexp.MustCompile(`\b[0-9a-f]{64}\b|\b[0-9]{1,5}\.[0-9]+`)

var grouping = regexp.MustCompile(`([0-9]),([0-9])`)

// leaks lists the canaries that a text shows: more of one than its mask does,
// as digits in whatever notation, or as the number that a crash would print.
func (c *canaries) leaks(text string) (leaks []string) {
	text = notCanaries.ReplaceAllString(text, "")
	ungrouped := grouping.ReplaceAllString(grouping.ReplaceAllString(text, "$1$2"), "$1$2")
	for _, canary := range c.all {
		n, _ := meterpoint.ParseMPxN([]byte(canary))
		isSeen := strings.Contains(text, fmt.Sprintf("%x", uint64(n)))
		for at := 0; at+seenDigits <= len(canary); at++ {
			isSeen = isSeen || strings.Contains(ungrouped, canary[at:at+seenDigits])
		}
		if isSeen {
			leaks = append(leaks, canary)
		}
	}
	return leaks
}

// check reports the canaries that a text shows.
func (c *canaries) check(t *testing.T, what, text string) {
	t.Helper()
	for _, canary := range c.leaks(text) {
		t.Errorf("%s shows the MPxN %s:\n%s", what, canary, text)
	}
}

// checkEvidence reports canaries in what a publication holds for people and
// logs, and in the name of any file.
func (c *canaries) checkEvidence(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"run.json", "manifest.json", "report.html", "SHA256SUMS"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		c.check(t, name, string(text))
	}
	var names []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		names = append(names, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c.check(t, "the list of files", strings.Join(names, "\n"))
}

// canaryTables have a canary in every place where an MPxN may stand, rightly
// or not: of every exception there is, and in every other column.
func (c *canaries) canaryTables() (data tables) {
	device := func(kind, status string, mpxns ...string) {
		data.devices = append(data.devices, append([]string{kind, status}, slices.Concat(mpxns, []string{"", ""})[:3]...))
	}
	point := func(row ...string) {
		data.points = append(data.points, append(row, "", "", "", "", "")[:6])
	}
	for i := range 8 { // sound
		mpan, mprn := c.mpan(uint64(10+i)), c.mprn()
		device("ESME", "Commissioned", mpan)
		device("GSME", "InstalledNotCommissioned", mprn)
		point(mpan, "A", "", "2026-01-01", "true", "A")
		point(mprn)
	}
	once := func(row ...string) string {
		m := c.mpan(10)
		point(append([]string{m}, row...)...)
		return m
	}
	device("METER", "Commissioned", once())
	device("ESME", "LIVE", once())
	device("GSME", "Commissioned", once())
	device("ESME", "Commissioned", c.mpan(10), c.mpan(11), c.mpan(12)) // orphans
	device("ESME", "Commissioned", c.wrong(), c.mpan(13)+"X", "MPAN "+c.mpan(14))
	point(c.wrong(), "A")
	point(c.mpan(10)+"999", "A")
	point("-"+c.mpan(10), "A")
	for _, status := range []string{"A", "N", "I"} { // a conflict, and equal rows
		point(c.all[len(c.all)-1], status)
		point(c.all[len(c.all)-2], "A")
	}
	once("S")
	once("A", "", "2026-02-30")
	once("A", "", "2026-01-01", "perhaps")
	once("A", "", "2026-01-01", "", "W")
	once("A", "eelc")
	once("A", "LOND")
	once("A", "") // no date
	point(c.mpan(98), "A")
	// in columns of something else
	device(c.mpan(10), c.mpan(10), once())
	device("ESME", c.mprn(), once())
	once(c.mpan(10))
	once("A", c.mpan(10))
	once("A", "", c.mpan(10))
	once("A", "", "", c.mprn())
	once("A", "", "", "", c.mpan(10))
	return data
}

// The leaks that canaries are there to find are found.
func TestCanariesFindLeaks(t *testing.T) {
	c := &canaries{all: []string{"1200023305967", "3938424403"}}
	for _, text := range []string{"1200023305967", "row 1200023305967X", "1,200,023,305,967", "0x11766f67eef", "•••••2330596•", "MPRN 3938424•••", "0001200023305967.0"} {
		if len(c.leaks(text)) != 1 {
			t.Errorf("it finds no canary in %q", text)
		}
	}
	for _, text := range []string{"12•••••••5967", "•••••••403", "0.120002330596", strings.Repeat("12000233059679ab", 4)} {
		if leaks := c.leaks(text); len(leaks) > 0 {
			t.Errorf("it finds %v in %q", leaks, text)
		}
	}
}
