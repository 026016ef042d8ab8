package measure

import (
	"errors"
	"fmt"
	"os"
)

// MakeFolder makes a folder unless it is there. It is there only when fill,
// which is given another name for it, has ended without an error.
func MakeFolder(folder string, fill func(partial string) error) error {
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	fmt.Fprintf(os.Stderr, "generating %s\n", folder)
	partial := folder + ".partial"
	err := os.RemoveAll(partial)
	if err == nil {
		if err = fill(partial); err != nil {
			err = errors.Join(err, os.RemoveAll(partial))
		}
	}
	if err == nil {
		err = os.Rename(partial, folder)
	}
	if err != nil {
		return fmt.Errorf("cannot generate %s: %w", folder, err)
	}
	return nil
}

// Scratch makes a folder for outputs among the snapshots, which is made where it
// is missing: both are large, so they belong on one disk. The caller removes it.
func Scratch(snapshots string) (string, error) {
	err := os.MkdirAll(snapshots, 0o750)
	if err != nil {
		return "", fmt.Errorf("cannot make the folder of the snapshots: %w", err)
	}
	folder, err := os.MkdirTemp(snapshots, "scratch-")
	if err != nil {
		return "", fmt.Errorf("cannot make a folder for the outputs: %w", err)
	}
	return folder, nil
}
