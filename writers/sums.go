package writers

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Names at the top of a publication.
const (
	sumsName       = "SHA256SUMS"
	manifestName   = "manifest.json"
	runName        = "run.json"
	changesName    = "changes.parquet"
	exceptionsName = "exceptions.parquet"
	reportName     = "report.html"
)

// encodeSums gives the bytes of SHA256SUMS, in the format of sha256sum -c:
// digest, two spaces, path, LF; sorted by path. files is sorted in place.
func encodeSums(files []FileListing) []byte {
	sortListings(files)
	var text bytes.Buffer
	for _, f := range files {
		fmt.Fprintf(&text, "%s  %s\n", f.SHA256, f.Path)
	}
	return text.Bytes()
}

func sortListings(files []FileListing) {
	slices.SortFunc(files, func(a, b FileListing) int { return cmp.Compare(a.Path, b.Path) })
}

// decodeSums reads SHA256SUMS strictly: only what encodeSums writes. Bytes of
// the listings are unknown.
func decodeSums(text []byte) ([]FileListing, error) {
	var files []FileListing
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		digest, name, found := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		f := FileListing{Path: name, SHA256: digest}
		switch {
		case !found || !isDigest(digest) || !isListable(name) || !strings.HasSuffix(line, "\n"):
			return nil, fmt.Errorf("line %d is no digest, two spaces, path and line end", number)
		case len(files) > 0 && files[len(files)-1].Path >= name:
			return nil, fmt.Errorf("line %d is not in the order of paths, or repeats one", number)
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		return nil, errors.New("it lists no file")
	}
	return files, nil
}

func isDigest(text string) bool {
	digest, err := hex.DecodeString(text)
	return err == nil && len(digest) == 32 && strings.ToLower(text) == text
}

// isListable tells whether a path leads to a file within the publication and
// needs no escape in SHA256SUMS.
func isListable(name string) bool {
	return name != "" && name != "." && name != sumsName && name != signatureName && path.Clean(name) == name && !path.IsAbs(name) &&
		name != ".." && !strings.HasPrefix(name, "../") && !strings.ContainsAny(name, "\\\n\r")
}
