package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// forged is what a hostile text would have at the start of a line of its own.
const forged = "FORGED"

// The meter points that hostile texts try to smuggle into a flow. No snapshot
// that they stand in has them as identifiers.
const (
	smuggledMPAN = "1200023305967"
	smuggledMPRN = "3938424403"
)

// hostileParts are what hostile texts are made of.
var hostileParts = []string{
	// separators, and lines of a flow, a log or a table
	"|", ",", `"`, ";", "\t", "'", "|A|20261121|", "\n" + forged, "\r\n" + forged, "\r" + forged,
	"\u2028" + forged, "\u2029" + forged, "\u0085" + forged, "\v" + forged, "\f" + forged, "\n\nflagfill: all is well\n" + forged,
	"|\n901|1|DC01|\n902|" + smuggledMPAN + "|A|20261121|\n", "\"\r\n\"E46\"," + smuggledMPRN + ",\"A\",20261121\n",
	// parts of paths
	"../../escaped", "/escaped", `..\escaped`, `C:\escaped`, "\x00", "x\x00.csv", strings.Repeat("long", 80), "CON", "NUL.txt", "COM1",
	"-rf", "--help", ".", "..", "~", "*", "[", "?", "$HOME",
	// what a terminal obeys
	"\x01", "\x07", "\b\b\b\b" + forged, "\x7f", "\x1b[2J\x1b[31m" + forged + "\x1b[0m", "\x1b]8;;http://example.invalid\x1b\\x\x1b]8;;\x1b\\",
	"\x1b]0;title\a", "\u009b31m", "\u202eDCCO", "\u2066x\u2069", "\u200f", "\ufeff", "\u200b", "\U000e0041", "\U0010ffff",
	// what a spreadsheet, a browser, a shell or a parser obeys
	"=cmd|'/c calc'!A1", "+1+1", "-1+1", "@SUM(A1)", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "&lt;", "`id`", "$(id)", "%s%n%q",
	"{{.}}", `{"a":1}`, `"}`, `\`, `\u0000`, `\n` + forged, "]]>", "' OR 1=1 --", "\xff\xfe", "\xc3\x28", "\xed\xa0\x80", "é", "१२३४५६७८९०",
}

// hostileText is one to three hostile parts among ordinary words.
func hostileText(random *rand.Rand) string {
	words := []string{"", "", "A", "ESME", "Commissioned", "EELC", "2026-11-21", "true", "x"}
	text := words[random.IntN(len(words))]
	for range 1 + random.IntN(3) {
		text += hostileParts[random.IntN(len(hostileParts))] + words[random.IntN(len(words))]
	}
	return text
}

// hostileName is a hostile text that may name a file.
func hostileName(random *rand.Rand) string {
	for {
		name := strings.NewReplacer("/", "", "\x00", "").Replace(hostileText(random))
		if name = name[:min(len(name), 200)]; name != "" && strings.Trim(name, ".") != "" {
			return name
		}
	}
}

// hostileArgument is a hostile text that the kernel passes to a program.
func hostileArgument(random *rand.Rand) string {
	return strings.ReplaceAll(hostileText(random), "\x00", "")
}

// inTOML is a text as a TOML file may have it: it must be UTF-8.
func inTOML(text string) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, c := range strings.ToValidUTF8(text, "\uFFFD") {
		fmt.Fprintf(&out, `\U%08x`, c)
	}
	out.WriteByte('"')
	return out.String()
}
