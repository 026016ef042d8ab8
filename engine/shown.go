package engine

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Names and words that come from outside may hold anything: line ends, escape
// sequences of terminals, marks that turn the direction of writing round, and
// MPxNs. Errors, tables and progress show them as the functions of this file
// give them, and in no other way.

// ShownPath is a path as a text shows it: as it is, or in quotes and escaped
// where it holds what cannot be seen or is not UTF-8.
func ShownPath(path string) string {
	if path != "" && isVisible(path) {
		return path
	}
	return strconv.QuoteToGraphic(path)
}

// maxShownBytes bounds a name or word of a file where it is shown.
const maxShownBytes = 64

// hiddenWordDigits is how many digits make a word one that may identify a
// home: in a column that is not the one meant, in a header that is data.
const hiddenWordDigits = 6

// Shown is a name or word of an input file as a text shows it: on one line,
// short, and without its digits where they may be an MPxN's.
func Shown(word string) string {
	digits := 0
	for _, c := range word {
		if unicode.IsDigit(c) {
			digits++
		}
	}
	cut := false
	if cut = len(word) > maxShownBytes; cut {
		word = strings.ToValidUTF8(word[:maxShownBytes], "")
	}
	word = strings.Map(func(c rune) rune {
		switch {
		case unicode.IsDigit(c) && digits >= hiddenWordDigits:
			return '•'
		case !unicode.IsGraphic(c):
			return unicode.ReplacementChar
		}
		return c
	}, word)
	if cut {
		word += "…"
	}
	return word
}

// isShownWhole tells whether what Shown gave is the word as the file has it, so
// that it can be used in a configuration.
func isShownWhole(shown string) bool { return !strings.ContainsAny(shown, "•\uFFFD…") }

// WithoutNumbers hides the digits of every number in an error text that may
// quote a file and is long enough for an MPxN.
func WithoutNumbers(text string) string {
	return longNumber.ReplaceAllStringFunc(text, func(digits string) string { return strings.Repeat("•", len(digits)) })
}

var longNumber = regexp.MustCompile(fmt.Sprintf(`[0-9]{%d,}`, hiddenWordDigits))

// ShownAll is a list of names or words as a text shows it.
func ShownAll(words []string) string {
	shown := make([]string, len(words))
	for i, w := range words {
		shown[i] = Shown(w)
	}
	return strings.Join(shown, ", ")
}

// OneLine is text in which a file's content is quoted: as it is, with everything
// escaped that cannot be seen, line ends too.
func OneLine(text string) string { return string(escapeUnseen([]byte(text), "", inGo)) }

// Visible escapes what a terminal might obey in text that may have several
// lines: everything that cannot be seen but line ends and tabs.
func Visible(text []byte) []byte { return escapeUnseen(text, "\n\t", inGo) }

// VisibleJSON escapes the same in a JSON document, whose values stay what they
// are.
func VisibleJSON(document []byte) []byte {
	return escapeUnseen(document, "\n\t", func(c rune) string {
		if high, low := utf16.EncodeRune(c); high != unicode.ReplacementChar {
			return fmt.Sprintf(`\u%04x\u%04x`, high, low)
		}
		return fmt.Sprintf(`\u%04x`, c)
	})
}

func inGo(c rune) string {
	quoted := strconv.QuoteRuneToGraphic(c)
	return quoted[1 : len(quoted)-1]
}

// escapeUnseen escapes what cannot be seen but the characters in keep. Text
// that needs no escape is given back as it is.
func escapeUnseen(text []byte, keep string, escape func(rune) string) []byte {
	var out []byte
	copied := 0
	for at := 0; at < len(text); {
		c, size := utf8.DecodeRune(text[at:])
		isInvalid := c == utf8.RuneError && size == 1
		if isInvalid || !unicode.IsGraphic(c) && !strings.ContainsRune(keep, c) {
			out = append(append(out, text[copied:at]...), escape(c)...)
			copied = at + size
		}
		at += size
	}
	if copied == 0 {
		return text
	}
	return append(out, text[copied:]...)
}

func isVisible(text string) bool {
	return utf8.ValidString(text) && strings.IndexFunc(text, func(c rune) bool { return !unicode.IsGraphic(c) }) < 0
}
