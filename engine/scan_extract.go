package engine

import (
	"flagfill/engine/kernel"
	"flagfill/engine/meterpoint"
)

// extractScanner reads the table extract: what RDPs hold.
type extractScanner struct {
	scanner
	flagCodes, rdpCodes, sentCodes []uint8
	days                           []int32
	flags, rdps, sent              *codeDecoder
	dayDecoder                     dayDecoder
}

func newExtractScanner(t *table, codes *rdpCodes, checks *kernel.Classifier) *extractScanner {
	return &extractScanner{
		scanner: scanner{table: t, checks: checks},
		flags:   newCodeDecoder(func(text []byte) (uint8, error) { return uint8(meterpoint.ParseServiceStatus(text)), nil }),
		rdps:    newCodeDecoder(codes.parse),
		sent: newCodeDecoder(func(text []byte) (uint8, error) {
			if string(text) == Emitted.String() {
				return 1, nil
			}
			return 0, nil
		}),
	}
}

// publication is the place of the split's file among the publications to be
// applied, from 1; 0 for an extract.
func (s *extractScanner) publication() int { return s.file().Publication }

// readHeld decodes every column of the batch. sentCodes are 1 for the rows of a
// publication that stand in its flow files, and nothing for an extract.
func (s *extractScanner) readHeld() (numbers []uint64, classes []uint8, err error) {
	numbers, classes = resize(&s.numbers, s.rows), resize(&s.classes, s.rows)
	if err := s.decode[0].decode(numbers, &s.columns[fieldMPxN], nil); err != nil {
		return nil, nil, s.refuse(fieldMPxN, err)
	}
	s.checks.Classify(classes, numbers)
	for _, c := range []struct {
		f       field
		codes   *[]uint8
		decoder *codeDecoder
	}{{fieldFlag, &s.flagCodes, s.flags}, {fieldRDPID, &s.rdpCodes, s.rdps}, {fieldDisposition, &s.sentCodes, s.sent}} {
		codes := resize(c.codes, s.rows)
		if !s.present[c.f] {
			clear(codes)
			continue
		}
		if err := c.decoder.decode(codes, &s.columns[c.f]); err != nil {
			return nil, nil, s.refuse(c.f, err)
		}
	}
	days := resize(&s.days, s.rows)
	if s.present[fieldFlagOn] {
		if err := s.dayDecoder.decode(days, &s.columns[fieldFlagOn]); err != nil {
			return nil, nil, s.refuse(fieldFlagOn, err)
		}
		return numbers, classes, nil
	}
	for i := range days {
		days[i] = NoDay
	}
	return numbers, classes, nil
}
