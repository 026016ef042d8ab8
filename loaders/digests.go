package loaders

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"

	"flagfill/engine"
)

// hashBytes is how much of a file a hasher holds at a time.
const hashBytes = 1 << 20

// InputFile is a file of a table, as the source of the table names it.
type InputFile struct {
	Table engine.Table
	Path  string
}

// Digest is what a file held when it was hashed.
type Digest struct {
	InputFile
	Bytes  int64
	SHA256 string // 64 hexadecimal digits
	info   fs.FileInfo
}

// HashFiles reads files whole, several at a time, and gives their digests in
// order. It takes a MiB a worker. A file that cannot be read is a
// *engine.Refusal.
func HashFiles(ctx context.Context, files []InputFile, workers int) ([]Digest, error) {
	digests := make([]Digest, len(files))
	err := engine.Each(ctx, min(workers, len(files)), len(files), func(ctx context.Context, i int) error {
		d, err := hashFile(ctx, files[i])
		if err != nil {
			return refusal(files[i].Table, files[i].Path, err)
		}
		digests[i] = d
		return nil
	})
	if err != nil {
		return nil, err
	}
	return digests, nil
}

func hashFile(ctx context.Context, of InputFile) (Digest, error) {
	file, err := os.Open(of.Path)
	if err != nil {
		return Digest{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return Digest{}, err
	}
	sum, buf, bytes := sha256.New(), make([]byte, hashBytes), int64(0)
	for ctx.Err() == nil {
		n, err := file.Read(buf)
		sum.Write(buf[:n])
		bytes += int64(n)
		if err == io.EOF {
			d := Digest{of, bytes, hex.EncodeToString(sum.Sum(nil)), info}
			return d, d.check()
		}
		if err != nil {
			return Digest{}, fmt.Errorf("cannot read it: %w", err)
		}
	}
	return Digest{}, ctx.Err()
}

// check refuses a file that is not as it was when hashing began.
func (d *Digest) check() error {
	now, err := os.Stat(d.Path)
	switch {
	case err != nil:
		return err
	case !os.SameFile(now, d.info) || now.Size() != d.Bytes || !now.ModTime().Equal(d.info.ModTime()):
		return errChanged
	}
	return nil
}

// StillAsHashed refuses files that are no longer those that were hashed. Called
// once they have been read, it proves that the digests are of what was read.
func StillAsHashed(digests []Digest) error {
	for i := range digests {
		if err := digests[i].check(); err != nil {
			return refusal(digests[i].Table, digests[i].Path, err)
		}
	}
	return nil
}
