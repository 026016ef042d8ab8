package writers

import (
	"fmt"

	"flagfill/engine"
	"flagfill/engine/meterpoint"
)

// stream is the flow of one RDP: one open file at a time, cut at the agreed
// number of records.
type stream struct {
	rdp    string
	folder string // within the publication
	layout *Layout

	open     bool
	file     *stagedFile
	envelope Envelope
	encoder  recordEncoder
	records  int64
	buffer   []byte // reused by all files of the stream
	index    int32  // of the open file among the shards
}

// flowFiles writes the flow files of a publication. Files get their numbers in the
// order in which their first record comes, so numbers depend on rows alone.
type flowFiles struct {
	settings   Flows
	common     Envelope // what all files state; RDP and number are filled in
	layouts    [2]*Layout
	streams    [2][256]*stream // by fuel and RDP index
	nextNumber [2]int64        // by fuel
	create     func(folder, name string) (*stagedFile, error)
	finished   func(*stagedFile) error // takes over file and duty to sync it

	paths  []string // of the shards in order; only grows, so that others may hold a part
	shards []Shard  // counted and hashed once they are closed
}

// append writes one record and gives the index of its shard.
func (w *flowFiles) append(rdp uint8, rdps []string, r Record) (int32, error) {
	s := w.streams[r.MPxN.Fuel()][rdp]
	if s == nil {
		var err error
		if s, err = w.openStream(r.MPxN.Fuel(), rdps[rdp]); err != nil {
			return 0, err
		}
		w.streams[r.MPxN.Fuel()][rdp] = s
	}
	if !s.open {
		if err := w.openFile(s); err != nil {
			return 0, err
		}
	}
	var err error
	if s.buffer, err = s.encoder.append(s.buffer, r); err != nil {
		return 0, err
	}
	s.records++
	if len(s.buffer) >= flowBufferBytes {
		if err := s.flush(); err != nil {
			return 0, err
		}
	}
	index := s.index
	if s.records == int64(w.settings.MaxRecords) {
		return index, w.closeFile(s)
	}
	return index, nil
}

func (w *flowFiles) openStream(fuel meterpoint.Fuel, rdp string) (*stream, error) {
	layout := w.layouts[fuel]
	if layout == nil {
		return nil, fmt.Errorf("cannot write a %s flow: the run is not for %s", fuel, fuel)
	}
	return &stream{rdp: rdp, layout: layout, folder: flowFolder(fuel, rdp)}, nil
}

// flowFolder is where the files of an RDP stand within a publication.
func flowFolder(fuel meterpoint.Fuel, rdp string) string { return "flows/" + fuel.String() + "/" + rdp }

func (w *flowFiles) openFile(s *stream) error {
	fuel := s.layout.Fuel
	s.envelope = w.common
	s.envelope.RDP = s.rdp
	s.envelope.FileNumber = w.nextNumber[fuel]
	if s.envelope.FileNumber > s.layout.maxNumber {
		return numbersExhausted(s.layout)
	}
	if err := s.envelope.Check(s.layout); err != nil {
		return fmt.Errorf("cannot write a flow file: %w", err)
	}
	file, err := w.create(s.folder, s.layout.FileName(s.envelope))
	if err != nil {
		return err
	}
	w.nextNumber[fuel]++
	s.open, s.file, s.records = true, file, 0
	s.index = int32(len(w.paths))
	w.paths = append(w.paths, file.path)
	w.shards = append(w.shards, Shard{Path: file.path, Fuel: fuel.String(), RDP: s.rdp, Flow: s.layout.Flow, FileID: s.envelope.FileNumber})
	s.encoder = s.layout.newRecordEncoder()
	if s.buffer == nil {
		s.buffer = make([]byte, 0, flowBufferBytes+s.layout.record.maxBytes())
	}
	s.buffer = s.layout.AppendHeader(s.buffer[:0], s.envelope)
	return nil
}

func numbersExhausted(l *Layout) error {
	what, setting := "generations", "first_generation"
	if l.Fuel == meterpoint.Electricity {
		what, setting = "file ids", "first_file_id"
	}
	return &engine.Refusal{Kind: engine.RefusedUsage,
		Problem: fmt.Sprintf("cannot number the %s files: %s end at %d in the layout %s", l.Fuel, what, l.maxNumber, l.Name),
		Next:    "Agree with the receivers where numbers start again, and set [flows] " + setting + "."}
}

func (s *stream) flush() error {
	_, err := s.file.Write(s.buffer)
	s.buffer = s.buffer[:0]
	return err
}

func (w *flowFiles) closeFile(s *stream) error {
	s.buffer = s.layout.AppendTrailer(s.buffer, s.envelope, s.records)
	if err := s.flush(); err != nil {
		return err
	}
	shard := &w.shards[s.index]
	listing := s.file.listing()
	shard.Records, shard.Bytes, shard.SHA256 = s.records, listing.Bytes, listing.SHA256
	s.open = false
	return w.finished(s.file)
}

// close ends the files that are still open.
func (w *flowFiles) close() error {
	for _, s := range w.each() {
		if s.open {
			if err := w.closeFile(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// abandon closes the files that are still open, whatever they hold.
func (w *flowFiles) abandon() {
	for _, s := range w.each() {
		if s.open {
			s.open = false
			s.file.abandon()
		}
	}
}

func (w *flowFiles) each() []*stream {
	var all []*stream
	for _, fuel := range meterpoint.Fuels {
		for _, s := range w.streams[fuel] {
			if s != nil {
				all = append(all, s)
			}
		}
	}
	return all
}
