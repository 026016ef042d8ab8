package measure

import (
	"fmt"
	"os"
	"strings"
)

// Renew puts text in the place of what a document has between the two marks of
// a name:
//
//	<!-- name: made by a command -->
//	<!-- name: end -->
//
// Both stand on lines of their own, and there is one of each.
func Renew(document, name, text string) (string, error) {
	begins, ends := "<!-- "+name+": made by ", "<!-- "+name+": end -->"
	before, rest, begun := strings.Cut(document, begins)
	mark, rest, closed := strings.Cut(rest, "\n")
	_, after, ended := strings.Cut(rest, ends)
	if !begun || !closed || !ended {
		return "", fmt.Errorf("the marks %q and %q are missing", begins+"… -->", ends)
	}
	return before + begins + mark + "\n" + strings.TrimSpace(text) + "\n" + ends + after, nil
}

// RenewFile renews a document that is a file.
func RenewFile(path, name, text string) error {
	document, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("cannot renew %s of %s: %w", name, path, err)
	}
	renewed, err := Renew(string(document), name, text)
	if err == nil {
		err = os.WriteFile(path, []byte(renewed), 0o644)
	}
	if err != nil {
		return fmt.Errorf("cannot renew %s of %s: %w", name, path, err)
	}
	return nil
}
