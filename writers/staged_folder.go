package writers

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"flagfill/engine"
)

// stagedFolder is a folder in the making: it lists, hashes and syncs what is
// written into it.
type stagedFolder struct {
	fs       FS
	staging  *staging
	folders  []string // made within it, parents before children
	syncs    *lane    // makes finished files durable, beside the encoding
	listings []FileListing
	clocks   clocks
}

// stageAt claims the folder that is to stand at dir; a dry run only looks.
func (f *stagedFolder) stageAt(ctx context.Context, fsys FS, dir string, s Settings) error {
	dir = filepath.Clean(dir)
	if _, err := refuseTarget(fsys, dir); err != nil {
		return err
	}
	f.fs = fsys
	if s.DryRun {
		f.fs = discarding{fsys}
		f.staging = &staging{fs: f.fs, target: dir, path: dir}
		return nil
	}
	var err error
	if f.staging, err = claim(ctx, fsys, "publish to "+dir, dir, s.StagingSuffix); err != nil {
		return err
	}
	if f.staging.empty, err = refuseTarget(fsys, dir); err != nil { // for a run that ended just before the claim
		return errors.Join(err, f.staging.remove())
	}
	return nil
}

// create opens a new file in a folder within ("" is the top), and makes that
// where it is the first in it.
func (f *stagedFolder) create(folder, name string) (*stagedFile, error) {
	if err := f.makeFolder(folder); err != nil {
		return nil, err
	}
	path := name
	if folder != "" {
		path = folder + "/" + name
	}
	f.clocks.writer.Lap(stepEncode)
	file, err := f.fs.Create(f.locate(path))
	f.clocks.writer.Lap(stepWrite)
	if err != nil {
		return nil, fmt.Errorf("cannot create %s: %w", path, err)
	}
	staged := newStagedFile(path, file)
	staged.watch = f.clocks.writer
	return staged, nil
}

func (f *stagedFolder) makeFolder(folder string) error {
	if folder == "" || slices.Contains(f.folders, folder) {
		return nil
	}
	if parent := strings.LastIndexByte(folder, '/'); parent > 0 {
		if err := f.makeFolder(folder[:parent]); err != nil {
			return err
		}
	}
	if err := f.fs.Mkdir(f.locate(folder)); err != nil {
		return fmt.Errorf("cannot make the folder %s: %w", folder, err)
	}
	f.folders = append(f.folders, folder)
	return nil
}

func (f *stagedFolder) locate(path string) string {
	return filepath.Join(f.staging.path, filepath.FromSlash(path))
}

// finished lists a file to which nothing will be added, and has it synced.
func (f *stagedFolder) finished(file *stagedFile) error {
	f.listings = append(f.listings, file.listing())
	f.clocks.writer.Lap(stepEncode)
	defer f.clocks.writer.Start() // waiting for room on the lane is no work
	return f.syncs.submit(func() error {
		f.clocks.syncs.Start()
		defer f.clocks.syncs.Lap(stepSync)
		return file.sync()
	})
}

func (f *stagedFolder) writeJSON(name string, v any) error {
	text, err := encodeJSON(v)
	if err != nil {
		return fmt.Errorf("cannot encode %s: %w", name, err)
	}
	return f.writeFile(name, text)
}

func (f *stagedFolder) writeFile(name string, text []byte) error {
	file, err := f.create("", name)
	if err != nil {
		return err
	}
	if _, err := file.Write(text); err != nil {
		file.abandon()
		return err
	}
	return f.finished(file)
}

// complete proves the folder, to which nothing will be added, from its bytes,
// which wait for no disk, and makes it durable. Of a dry run nothing can be read.
func (f *stagedFolder) complete(ctx context.Context, s Settings, workers int) error {
	if !s.DryRun {
		if err := f.stage("read back and verify", func() error { return f.prove(ctx, s.Sign.Public(), workers) }); err != nil {
			return err
		}
	}
	if err := f.makeDurable(); err != nil {
		return err
	}
	return ctx.Err()
}

func (f *stagedFolder) prove(ctx context.Context, key *PublicKey, workers int) error {
	v := newVerifier(f.fs, f.staging.path, key, workers, f.clocks.clock)
	proof, err := v.verify(ctx)
	f.clocks.verifying = v.busy
	if err == nil && len(proof.Findings) > 0 {
		err = fmt.Errorf("cannot publish: the staged folder does not verify: %w", proof.Findings)
	}
	return err
}

// makeDurable waits for the files, and then makes their folders durable.
func (f *stagedFolder) makeDurable() error {
	return f.stage("make durable", func() error {
		if err := f.syncs.finish(); err != nil {
			return err
		}
		f.clocks.writer.Start()
		defer f.clocks.writer.Lap(stepSync)
		return f.syncFolders()
	})
}

// syncFolders makes the entries of all folders durable, children first.
func (f *stagedFolder) syncFolders() error {
	for _, folder := range slices.Backward(append([]string{""}, f.folders...)) {
		if err := f.fs.SyncDir(f.locate(folder)); err != nil {
			return fmt.Errorf("cannot make the folder %s durable: %w", f.locate(folder), err)
		}
	}
	return nil
}

// stage does work and notes what it took.
func (f *stagedFolder) stage(name string, work func() error) error {
	if f.clocks.clock == nil {
		return work()
	}
	started := f.clocks.clock()
	err := work()
	f.clocks.stages = append(f.clocks.stages, engine.Stage{Name: name, Duration: f.clocks.clock().Sub(started)})
	return err
}
