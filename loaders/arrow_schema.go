package loaders

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"

	"flagfill/engine"
)

const (
	// maxArrowFields bounds the fields of a schema, nested ones included: a
	// damaged one may lead round in circles.
	maxArrowFields = 1 << 16
	maxArrowDepth  = 64
)

// arrowForm is how the values of a column stand in the buffers of a record
// batch.
type arrowForm uint8

const (
	arrowFixed   arrowForm = iota // values of a width, given as they are
	arrowBits                     // booleans
	arrowText                     // offsets of a width, and text
	arrowDecimal                  // integers of 16 bytes
	arrowNulls                    // nothing at all
	arrowCodes                    // codes of a width into a dictionary of text
)

// arrowColumn is a top-level column of an Arrow file: how it is stored and what
// it is given as. Its Type is nil where it cannot be given.
type arrowColumn struct {
	engine.Column
	form       arrowForm
	width      int64 // bytes of a value, an offset or a code
	unsigned   bool  // codes
	dictionary int64 // its number, of codes

	// Where it stands in a record batch: after so many field nodes, buffers,
	// and columns of views, each of which has buffers beyond those counted.
	node, buffer, view int
}

// arrowSchema is what the columns of a file are.
type arrowSchema struct {
	columns      []arrowColumn
	dictionaries map[int64]arrowDictionaryType // by number: those that can be given

	nodes, buffers, views int // of a record batch
}

// arrowDictionaryType says how the texts of a dictionary are stored.
type arrowDictionaryType struct{ offsetBytes int64 }

// readArrowSchema reads a table of the type Schema. version is that of the
// metadata around it.
func readArrowSchema(t flatTable, version int16) (*arrowSchema, error) {
	if !t.isThere() {
		return nil, errors.New("its schema is missing")
	}
	if t.int16(0, 0) != 0 {
		return nil, errors.New("its numbers have their high bytes first (big-endian), and only low bytes first is read")
	}
	s := &arrowSchema{dictionaries: map[int64]arrowDictionaryType{}}
	fields := t.vector(1, 4)
	w := schemaWalk{schema: s, version: version}
	for i := range fields.len {
		c := arrowColumn{node: s.nodes, buffer: s.buffers, view: s.views}
		field := fields.table(i)
		c.Name = field.text(0)
		if err := w.column(&c, field); err != nil {
			return nil, fmt.Errorf("column %s: %w", engine.Shown(c.Name), err)
		}
		s.columns = append(s.columns, c)
	}
	return s, t.of.err
}

// schemaWalk counts what the fields of a schema have in a record batch.
type schemaWalk struct {
	schema  *arrowSchema
	version int16
	fields  int
}

// column reads one top-level field.
func (w *schemaWalk) column(c *arrowColumn, field flatTable) error {
	typ := arrowTypeID(field.byte(2))
	stored := storedType(typ, field.table(3))
	if encoding := field.table(4); encoding.isThere() {
		codes := storedType(arrowTypeInt, encoding.table(1))
		c.Native = fmt.Sprintf("dictionary of %s", stored.native)
		if stored.form == arrowText && stored.typ != nil {
			c.Type, c.form, c.width, c.unsigned = textDictionary, arrowCodes, codes.width, codes.unsigned
			c.dictionary = encoding.int64(0)
			typ := arrowDictionaryType{stored.width}
			if other, isShared := w.schema.dictionaries[c.dictionary]; isShared && other != typ {
				return fmt.Errorf("shares dictionary %d with a column that stores its texts otherwise", c.dictionary)
			}
			w.schema.dictionaries[c.dictionary] = typ
		}
	} else {
		c.Type, c.form, c.width, c.Native = stored.typ, stored.form, stored.width, stored.native
	}
	return w.count(field, 0)
}

// count adds what a field and the fields below it have in a record batch. Of a
// dictionary-encoded one that is its codes.
func (w *schemaWalk) count(field flatTable, depth int) error {
	if w.fields++; w.fields > maxArrowFields || depth > maxArrowDepth {
		return fmt.Errorf("the schema has more than %d columns, those within others included, or %d levels of them", maxArrowFields, maxArrowDepth)
	}
	typ := arrowTypeID(field.byte(2))
	isCoded := field.table(4).isThere()
	if isCoded {
		typ = arrowTypeInt
	}
	buffers, isKnown := buffersOf(typ, field.table(3), w.version)
	if !isKnown {
		return fmt.Errorf("type %d of the Arrow format is not known to this program", typ)
	}
	w.schema.nodes++
	w.schema.buffers += buffers
	if typ == arrowTypeBinaryView || typ == arrowTypeUtf8View {
		w.schema.views++
	}
	children := field.vector(5, 4)
	for i := 0; i < children.len && !isCoded; i++ {
		if err := w.count(children.table(i), depth+1); err != nil {
			return err
		}
	}
	return nil
}

// storing says how values of a type are stored and what they are given as.
type storing struct {
	typ      arrow.DataType
	form     arrowForm
	width    int64
	unsigned bool
	native   string
}
