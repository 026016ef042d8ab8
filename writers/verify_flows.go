package writers

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
)

// recordDigest is a digest of records in their order, by which a flow file is
// compared with the rows of changes.parquet without holding either.
type recordDigest struct {
	hash   hash.Hash
	buffer []byte
}

const (
	recordDigestBytes  = 12 // of one record: MPxN and status 8, date 4
	recordDigestBuffer = 256 * recordDigestBytes
	statusShift        = 60 // an MPxN has 44 bits
)

func newRecordDigest() *recordDigest {
	return &recordDigest{hash: sha256.New(), buffer: make([]byte, 0, recordDigestBuffer)}
}

func (d *recordDigest) add(r Record) {
	d.buffer = binary.LittleEndian.AppendUint64(d.buffer, uint64(r.MPxN)|uint64(r.Status)<<statusShift)
	d.buffer = binary.LittleEndian.AppendUint32(d.buffer, uint32(r.EffectiveOn))
	if len(d.buffer) == cap(d.buffer) {
		d.hash.Write(d.buffer)
		d.buffer = d.buffer[:0]
	}
}

func (d *recordDigest) sum() string {
	d.hash.Write(d.buffer)
	return hex.EncodeToString(d.hash.Sum(nil))
}

// readFlow reads one flow file by its layout.
func (v *verifier) readFlow(shard int, r io.Reader) error {
	content := &v.manifest.Content
	s := content.Shards[shard]
	fuel, _ := fuelNamed(s.Fuel)
	digest := newRecordDigest()
	n, err := v.layouts[fuel].Parse(r, content.envelope(s), func(record Record) error {
		digest.add(record)
		return nil
	})
	if err != nil {
		return err
	}
	if n != s.Records {
		return fmt.Errorf("it holds %d records, where manifest.json states %d", n, s.Records)
	}
	v.flowDigests[shard] = digest.sum()
	return nil
}

// compareFlows holds the records of the flow files against the emitted rows of
// changes.parquet, where both could be read.
func (v *verifier) compareFlows() {
	if v.manifest == nil {
		return
	}
	for i, s := range v.manifest.Content.Shards {
		if v.flowDigests[i] != "" && v.rowDigests[i] != "" && v.flowDigests[i] != v.rowDigests[i] {
			v.find(s.Path, "its records are not the rows that changes.parquet has for it")
		}
	}
}
