package writers

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"syscall"

	"flagfill/engine"
)

// listTop lists the folder and all below it.
func (v *verifier) listTop() error {
	refuse := func(what string, err error) error {
		return &engine.Refusal{Kind: engine.RefusedInput, Err: err,
			Problem: fmt.Sprintf("cannot verify %s: %s", v.dir, what),
			Next:    "Name the folder that a run published."}
	}
	entries, err := v.fs.ReadDir(v.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENAMETOOLONG):
		return refuse("there is no such folder", err)
	case errors.Is(err, syscall.ENOTDIR):
		return refuse("it is not a folder", err)
	case err != nil:
		return fmt.Errorf("cannot list %s: %w", v.dir, err)
	}
	isPart := func(e fs.DirEntry) bool {
		return e.Name() == sumsName || e.Name() == manifestName || e.Name() == reconciliationName
	}
	if !slices.ContainsFunc(entries, isPart) {
		return refuse("it holds neither SHA256SUMS nor manifest.json, so it is no publication", nil)
	}
	return v.list("", entries)
}

func (v *verifier) list(folder string, entries []fs.DirEntry) error {
	if len(entries) == 0 {
		v.find(folder, "is an empty folder, which no publication has")
	}
	for _, entry := range entries {
		name := path.Join(folder, entry.Name())
		switch {
		case entry.IsDir():
			below, err := v.fs.ReadDir(v.locate(name))
			if err != nil {
				return fmt.Errorf("cannot list %s: %w", v.locate(name), err)
			}
			if err := v.list(name, below); err != nil {
				return err
			}
		case !entry.Type().IsRegular():
			v.find(name, "is not a regular file")
		default:
			info, err := v.fs.Lstat(v.locate(name))
			if err != nil {
				return fmt.Errorf("cannot look at %s: %w", v.locate(name), err)
			}
			v.sizes[name] = info.Size()
		}
	}
	return nil
}

// maxTextBytes bounds what is read of SHA256SUMS and manifest.json.
const maxTextBytes = 1 << 30

// readText reads a small file at the top; nil where it is missing or absurd,
// which is a finding.
func (v *verifier) readText(name string) ([]byte, error) {
	size, there := v.sizes[name]
	if !there {
		v.find(name, "is missing")
		return nil, nil
	}
	if size > maxTextBytes {
		v.find(name, "is far too large")
		return nil, nil
	}
	f, err := v.fs.Open(v.locate(name))
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", v.locate(name), err)
	}
	text, err := io.ReadAll(f)
	if err == nil && int64(len(text)) < size {
		err = io.ErrUnexpectedEOF
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", v.locate(name), err)
	}
	return text, nil
}

func (v *verifier) readSums() error {
	text, err := v.readText(sumsName)
	if err != nil || text == nil {
		return err
	}
	v.sumsText = text
	listed, err := decodeSums(text)
	if err != nil {
		v.find(sumsName, "%v", err)
		v.sumsUnusable = true // the manifest's digests stand in for its own
		return nil
	}
	for _, f := range listed {
		v.sums[f.Path] = f.SHA256
	}
	return nil
}

func (v *verifier) readManifest() error {
	text, err := v.readText(manifestName)
	if err != nil || text == nil {
		return err
	}
	return v.proveManifest(text)
}

// proveManifest takes a manifest for true where it proves itself.
func (v *verifier) proveManifest(text []byte) error {
	m, err := DecodeManifest(text)
	if err != nil {
		v.find(manifestName, "%v", err)
		return nil
	}
	problems := m.check()
	for _, problem := range problems {
		v.find(manifestName, "%s", problem)
	}
	if len(problems) > 0 {
		return nil
	}
	v.manifest = m
	if v.sumsUnusable {
		for _, f := range m.Files {
			v.sums[f.Path] = f.SHA256
		}
	}
	v.layouts, err = m.Content.layoutsInForce()
	return err
}

// compareListings holds what stands there, what SHA256SUMS lists and what the
// manifest lists against each other.
func (v *verifier) compareListings() {
	for name := range v.sizes {
		known := name == sumsName || name == signatureName || v.sumsUnusable && name == manifestName
		if _, listed := v.sums[name]; !listed && !known {
			v.find(name, "is not listed in SHA256SUMS")
		}
	}
	for name := range v.sums {
		if _, there := v.sizes[name]; !there {
			v.find(name, "is listed in SHA256SUMS and missing")
		}
	}
	if v.manifest == nil {
		return
	}
	stated := map[string]FileListing{}
	for _, f := range v.manifest.Files {
		stated[f.Path] = f
		if size, there := v.sizes[f.Path]; there && size != f.Bytes {
			v.find(f.Path, "is not the file that manifest.json lists")
		} else if digest, listed := v.sums[f.Path]; there && listed && digest != f.SHA256 {
			v.find(f.Path, "SHA256SUMS and manifest.json list it with different digests")
		} else if !there && v.sums[f.Path] == "" {
			v.find(f.Path, "is listed in manifest.json and missing")
		}
	}
	if !slices.IsSortedFunc(v.manifest.Files, func(a, b FileListing) int { return cmp.Compare(a.Path, b.Path) }) || len(stated) != len(v.manifest.Files) {
		v.find(manifestName, "its files are not in order, or repeat")
	}
	v.checkNames(stated)
	v.compareRoles(stated)
}

// isStated tells whether manifest.json lists a file with this digest.
func (v *verifier) isStated(name, digest string) bool {
	if v.manifest == nil {
		return false
	}
	return slices.ContainsFunc(v.manifest.Files, func(f FileListing) bool { return f.Path == name && f.SHA256 == digest })
}

// compareRoles finds files that are listed and have no business there, and
// shards that are not listed as they are stated.
func (v *verifier) compareRoles(stated map[string]FileListing) {
	roles := map[string]FileListing{
		runName: stated[runName], reportName: stated[reportName], exceptionsName: stated[exceptionsName],
		changesName: {changesName, v.manifest.Content.Changes.Bytes, v.manifest.Content.Changes.SHA256},
	}
	for _, s := range v.manifest.Content.Shards {
		roles[s.Path] = FileListing{s.Path, s.Bytes, s.SHA256}
	}
	for name, role := range roles {
		if stated[name] != role {
			v.find(name, "manifest.json states it in two ways")
		}
	}
	for name := range v.sizes {
		_, listed := stated[name]
		_, known := roles[name]
		if !listed && name != manifestName && name != sumsName && name != signatureName {
			v.find(name, "is not listed in manifest.json")
		} else if listed && !known {
			v.find(name, "does not belong to a publication")
		}
	}
}
