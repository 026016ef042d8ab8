package writers

import (
	"bytes"
	"encoding/json"
	"fmt"

	"flagfill/engine"
)

// compactJSON is JSON without white space and without escapes for HTML.
func compactJSON(v any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

// encodeJSON is JSON for readers: indented, but objects and arrays that hold
// nothing nested stay on one line, so that a shard or a total is one line.
func encodeJSON(v any) ([]byte, error) {
	compact, err := compactJSON(v)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	layOut(&text, compact)
	return text.Bytes(), nil
}

// decodeJSON reads what encodeJSON wrote: unknown keys are errors. What follows
// the value is not looked at; whoever compares the bytes with those written
// again finds it.
func decodeJSON(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("it cannot be read: %s", engine.WithoutNumbers(err.Error()))
	}
	return nil
}

// layOut breaks compact JSON into lines.
func layOut(w *bytes.Buffer, compact []byte) {
	depth := 0
	newLine := func() { fmt.Fprintf(w, "\n%*s", 2*depth, "") }
	for i := 0; i < len(compact); i++ {
		switch c := compact[i]; c {
		case '{', '[':
			if end := flatEnd(compact[i:]); end > 0 {
				spread(w, compact[i:i+end])
				i += end - 1
				continue
			}
			w.WriteByte(c)
			depth++
			newLine()
		case '}', ']':
			depth--
			newLine()
			w.WriteByte(c)
		case ',':
			w.WriteByte(c)
			newLine()
		case ':':
			w.WriteString(": ")
		case '"':
			end := stringEnd(compact[i:])
			w.Write(compact[i : i+end])
			i += end - 1
		default:
			w.WriteByte(c)
		}
	}
	w.WriteByte('\n')
}

// flatEnd is the length of the object or array at the start of text; 0 where
// another one stands within it.
func flatEnd(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			return 0
		case '}', ']':
			return i + 1
		case '"':
			i += stringEnd(text[i:]) - 1
		}
	}
	return 0
}

// spread writes a flat object or array on one line, with spaces to read by.
func spread(w *bytes.Buffer, flat []byte) {
	for i := 0; i < len(flat); i++ {
		if flat[i] == '"' {
			end := stringEnd(flat[i:])
			w.Write(flat[i : i+end])
			i += end - 1
			continue
		}
		w.WriteByte(flat[i])
		if flat[i] == ',' || flat[i] == ':' {
			w.WriteByte(' ')
		}
	}
}

// stringEnd is the length of the JSON string at the start of text.
func stringEnd(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}
