package engine

import (
	"bytes"
	"context"
	"sync/atomic"

	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// inspected is what the workers of an inspection share.
type inspected struct {
	cfg          *Config
	table        *table
	checks       *kernel.Classifier
	associations *associations
	rdpCodes     *rdpCodes
	tooManyRDPs  atomic.Bool
}

func newInspected(cfg *Config, t *table) *inspected {
	return &inspected{cfg: cfg, table: t, checks: kernel.NewClassifier(cfg.Digits),
		associations: newAssociations(cfg), rdpCodes: newRDPCodes(&cfg.Registrar)}
}

// inspector is one worker's part of an inspection.
type inspector struct {
	shared  *inspected
	devices *deviceScanner
	points  *pointScanner
	extract *extractScanner

	words        [fields]wordCounts
	classes      [fields]classCounts
	shapes       [fields]wordCounts // of what is no MPxN
	associations [512]int64
	pointClasses [8]int64
	pointCodes   [Codes]int64
	deliveries   [100][256]int64 // rows by distributor (0 for gas) and code of the RDP

	numbers, words64 []uint64 // scratch
	classCodes       []uint8
	shape            []byte
	rows             []int32
}

func newInspector(shared *inspected) *inspector {
	w := &inspector{shared: shared}
	switch shared.table.name {
	case Devices:
		w.devices = newDeviceScanner(shared.cfg, shared.table, shared.associations, shared.checks)
	case MeterPoints:
		w.points = newPointScanner(shared.table, shared.rdpCodes, shared.checks)
		w.points.rdps = newCodeDecoder(shared.parseRDP)
	default:
		w.extract = newExtractScanner(shared.table, shared.rdpCodes, shared.checks)
		w.extract.rdps = newCodeDecoder(shared.parseRDP)
	}
	return w
}

// parseRDP notes that there are too many, and goes on.
func (i *inspected) parseRDP(text []byte) (uint8, error) {
	code, err := i.rdpCodes.parse(text)
	if err != nil {
		i.tooManyRDPs.Store(true)
		return rdpBad, nil
	}
	return code, nil
}

func (w *inspector) scan(ctx context.Context, split int) error {
	scan, inspect := (*scanner)(nil), (func() error)(nil)
	switch {
	case w.devices != nil:
		scan, inspect = &w.devices.scanner, w.inspectDevices
	case w.points != nil:
		scan, inspect = &w.points.scanner, w.inspectPoints
	default:
		scan, inspect = &w.extract.scanner, w.inspectExtract
	}
	return scan.scan(split, func() error {
		if err := inspect(); err != nil {
			return err
		}
		return ctx.Err()
	})
}

// enumerations are the columns whose words are counted.
var enumerations = []field{fieldDeviceType, fieldDeviceStatus, fieldServiceStatus, fieldReportedStatus, fieldEverInstalled, fieldFlag, fieldRDPID}

func (w *inspector) countWords(s *scanner) {
	for _, f := range enumerations {
		if s.present[f] {
			w.words[f].add(&s.columns[f])
		}
	}
}

// countClasses classifies a column of MPxNs, row by row.
func (w *inspector) countClasses(s *scanner, slot int, f field) error {
	numbers, classes := resize(&w.numbers, s.rows), resize(&w.classCodes, s.rows)
	if err := s.decode[slot].decode(numbers, &s.columns[f], nil); err != nil {
		return s.refuse(f, err)
	}
	w.shared.checks.Classify(classes, numbers)
	for i, class := range classes {
		w.countClass(s, f, i, class)
	}
	return nil
}

func (w *inspector) countClass(s *scanner, f field, i int, class uint8) {
	w.classes[f][class%kernel.Classes]++
	if class == kernel.NoMPxN {
		w.shape = shapeOf(w.shape[:0], s.columns[f].trimmed(i))
		w.shapes[f].count(w.shape, 1)
	}
}

// longestShape bounds the shape of a text, in bytes of the text.
const longestShape = 32

// shapeOf writes # for every digit and A for every letter, so that what is no
// MPxN can be shown as what it looks like.
func shapeOf(dst, text []byte) []byte {
	for _, c := range text[:min(len(text), longestShape)] {
		switch {
		case '0' <= c && c <= '9':
			c = '#'
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80:
			c = 'A'
		case c < ' ' || c == 0x7f:
			c = '?'
		}
		dst = append(dst, c)
	}
	return dst
}

// inspectDevices counts associations as a run would, where the file has what
// it takes.
func (w *inspector) inspectDevices() error {
	s := w.devices
	w.countWords(&s.scanner)
	have := s.table.bound(s.at).mpxns
	for slot, f := range have {
		if err := w.countClasses(&s.scanner, slot, f); err != nil {
			return err
		}
	}
	if !s.present[fieldDeviceType] || !s.present[fieldDeviceStatus] {
		return nil
	}
	if err := s.readKinds(); err != nil {
		return err
	}
	words, rows := resize(&w.words64, s.rows+1), resize(&w.rows, s.rows+1)
	for slot := range have {
		found, err := s.readAssociations(slot, have)
		if err != nil {
			return err
		}
		kernel.Combine(words, rows, 0, 0, found.kinds, found.classes, found.numbers, found.rows,
			&w.shared.associations.payloads, 0, &w.associations)
	}
	return nil
}

func (w *inspector) inspectPoints() error {
	s := w.points
	w.countWords(&s.scanner)
	if !s.present[fieldMPxN] {
		return nil
	}
	numbers, classes, err := s.readPoints()
	if err != nil {
		return err
	}
	for i, class := range classes {
		w.countClass(&s.scanner, fieldMPxN, i, class)
		w.pointClasses[class%8]++
		if !classifyPoint(w.shared.cfg, class).kept {
			continue
		}
		if s.recordedCodes[i] > uint8(meterpoint.NotActive) {
			w.pointCodes[UnknownServiceStatus]++
		}
		if s.reportedCodes[i] > uint8(meterpoint.NotActive) {
			w.pointCodes[UnknownReportedStatus]++
		}
		if s.days[i] == badDay || s.everCodes[i] == everBad {
			w.pointCodes[BadValue]++
		}
		w.deliveries[meterpoint.MPxN(numbers[i]).Distributor()%100][s.rdpCodes[i]]++
	}
	return nil
}

func (w *inspector) merge(other *inspector) {
	for f := range w.words {
		w.words[f].merge(&other.words[f])
		w.shapes[f].merge(&other.shapes[f])
		for class := range w.classes[f] {
			w.classes[f][class] += other.classes[f][class]
		}
	}
	for i, n := range other.associations {
		w.associations[i] += n
	}
	for i, n := range other.pointClasses {
		w.pointClasses[i] += n
	}
	for code, n := range other.pointCodes {
		w.pointCodes[code] += n
	}
	for distributor := range w.deliveries {
		for code, n := range other.deliveries[distributor] {
			w.deliveries[distributor][code] += n
		}
	}
}

// Bounds of memory: the different words that are counted one by one, and how
// much of a word is kept. No word that means anything is as long.
const (
	wordsKept     = 1000
	wordKeptBytes = 256
)

// wordCounts counts the words of a column.
type wordCounts struct {
	counts map[string]int64
	others int64   // rows whose word came when wordsKept were there
	codes  []int64 // scratch, by dictionary code
}

func (w *wordCounts) count(text []byte, rows int64) {
	text = meterpoint.Trim(text)
	text = text[:min(len(text), wordKeptBytes)]
	if _, there := w.counts[string(text)]; !there {
		if len(w.counts) >= wordsKept {
			w.others += rows
			return
		}
		if w.counts == nil {
			w.counts = map[string]int64{}
		}
	}
	w.counts[string(text)] += rows
}

// add counts a batch. Runs of one word cost one look-up, a dictionary one for
// each of its words.
func (w *wordCounts) add(c *column) {
	if c.codes != nil {
		w.addCodes(c)
		return
	}
	var last []byte
	run := int64(0)
	for i := range c.rows {
		text := c.trimmed(i)
		if c.bools != nil && !c.isNull(i) {
			text = []byte(c.value(i))
		}
		if run > 0 && !bytes.Equal(text, last) {
			w.count(last, run)
			run = 0
		}
		last = text
		run++
	}
	if run > 0 {
		w.count(last, run)
	}
}

func (w *wordCounts) addCodes(c *column) {
	counts := resize(&w.codes, c.dict.len()+1)
	clear(counts)
	for i, code := range c.codes {
		at := len(counts) - 1 // of nulls, and of codes that the decoder will refuse
		if !c.isNull(i) && uint(code) < uint(at) {
			at = int(code)
		}
		counts[at]++
	}
	for code, n := range counts {
		switch {
		case n == 0:
		case code == len(counts)-1:
			w.count(nil, n)
		default:
			w.count(c.dict.at(code), n)
		}
	}
}

func (w *wordCounts) merge(other *wordCounts) {
	w.others += other.others
	for word, n := range other.counts {
		w.count([]byte(word), n)
	}
}
