package loaders

import (
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/bitutil"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// maxDictionaryEntries bounds a dictionary: with more, the column is better
// written without one.
const maxDictionaryEntries = 1 << 26

// arrowDictionary is a dictionary as it stands before one record batch: put
// together from the last message that began it and those that added to it.
type arrowDictionary struct {
	offsets  []int32
	text     []byte
	messages []int       // indexes into the dictionaries of the file
	data     *array.Data // nobody releases it: its memory is the collector's
}

func (d *arrowDictionary) len() int { return len(d.offsets) - 1 }

// dictionaryAt gives the dictionary of a number as it stands before a record
// batch. The one asked for last is kept for all readers of the file, so that
// one that does not change is read once, and one that grows is added to.
func (f *arrowFile) dictionaryAt(file io.ReaderAt, number int64, batch *arrowBatch) (*arrowDictionary, error) {
	messages, err := f.index.messagesOf(number, batch.dictionaries)
	if err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	known := f.dictionaries[number]
	switch {
	case known == nil || len(known.messages) > len(messages) || !slices.Equal(known.messages, messages[:len(known.messages)]):
		known = &arrowDictionary{offsets: []int32{textPad}, text: make([]byte, textPad)}
	case len(known.messages) == len(messages):
		return known, nil
	}
	// Appending leaves the entries of the known one where they are, for those
	// who still read them; from now on nobody appends to it again.
	d := &arrowDictionary{offsets: known.offsets, text: known.text, messages: messages}
	delete(f.dictionaries, number)
	for _, m := range messages[len(known.messages):] {
		if err := d.add(file, &f.index.dictionaries[m], f.index.schema.dictionaries[number]); err != nil {
			return nil, fmt.Errorf("dictionary %d, message at byte %d: %w", number, f.index.dictionaries[m].at, err)
		}
	}
	d.wrap()
	f.dictionaries[number] = d
	return d, nil
}

// messagesOf lists which of the first so many messages of dictionaries make up
// the one of a number.
func (x *arrowIndex) messagesOf(number int64, before int) (messages []int, err error) {
	for i, d := range x.dictionaries[:before] {
		switch {
		case d.number != number:
		case d.isMore && len(messages) == 0:
			return nil, fmt.Errorf("the message at byte %d adds to dictionary %d, and none before it begins it", d.at, number)
		case d.isMore:
			messages = append(messages, i)
		case len(messages) > 0 && !x.isStream:
			return nil, fmt.Errorf("the message at byte %d replaces dictionary %d, which only streams may do", d.at, number)
		default:
			messages = []int{i}
		}
	}
	if len(messages) == 0 {
		return nil, fmt.Errorf("dictionary %d does not stand before it", number)
	}
	return messages, nil
}

// add reads one message of entries.
func (d *arrowDictionary) add(file io.ReaderAt, batch *arrowDictionaryBatch, typ arrowDictionaryType) error {
	var scratch []byte
	m, err := readArrowMessage(file, batch.at, batch.end, &scratch)
	if err != nil {
		return err
	}
	meta, err := readRecordMeta(m.header.table(1), &m, &arrowSchema{nodes: 1, buffers: 3})
	if err != nil {
		return err
	}
	entries := arrowColumn{form: arrowText, width: typ.offsetBytes}
	entries.Type = arrow.BinaryTypes.String
	if err := meta.check(&m, []arrowColumn{entries}); err != nil {
		return err
	}
	if err := d.admit(meta.rows, 0); err != nil || meta.rows == 0 {
		return err
	}
	c := arrowColumnReader{column: entries}
	if err := c.start(file, m.body, meta, 0); err != nil {
		return err
	}
	for left := int(meta.rows); left > 0; left -= batchRows {
		if err := d.take(&c, min(left, batchRows)); err != nil {
			return err
		}
	}
	return c.finish()
}

// admit refuses what the dictionary would grow too large by.
func (d *arrowDictionary) admit(entries int64, textBytes int) error {
	switch {
	case entries > maxDictionaryEntries-int64(d.len()):
		return fmt.Errorf("it has more than %d entries: write the column without a dictionary", maxDictionaryEntries)
	case textBytes > maxTextBytes-len(d.text):
		return fmt.Errorf("it holds more than %d bytes of text: write the column without a dictionary", maxTextBytes)
	}
	return nil
}

// take appends the next n entries; one that is null is empty text.
func (d *arrowDictionary) take(c *arrowColumnReader, n int) error {
	valid, nulls, err := c.takeValid(n)
	if err != nil {
		return err
	}
	_, text, err := c.readText(n)
	if err != nil {
		return err
	}
	if err := d.admit(0, len(text)); err != nil {
		return err
	}
	for i := range n {
		if nulls == 0 || bitutil.BitIsSet(valid, i) {
			d.text = append(d.text, text[c.offsets[i]:c.offsets[i+1]]...)
		}
		d.offsets = append(d.offsets, int32(len(d.text)))
	}
	return nil
}

// wrap makes the entries an array, without copying.
func (d *arrowDictionary) wrap() {
	d.data = array.NewData(arrow.BinaryTypes.String, d.len(), []*memory.Buffer{nil,
		memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(d.offsets)), memory.NewBufferBytes(d.text)}, nil, 0, 0)
}
