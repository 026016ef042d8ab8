package loaders

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/parquet-go/parquet-go"

	"flagfill/engine"
)

// identified is a row with identifiers, required and optional.
type identified struct {
	Required string  `parquet:"required,plain"`
	Optional *string `parquet:"optional,optional,plain"`
	Dict     string  `parquet:"dict,dict"`
	Lengths  string  `parquet:"lengths"`
}

// identifiedRows are plain numbers, but for one text in so many.
func identifiedRows(n, oddOneIn int) []identified {
	random := rand.New(rand.NewPCG(uint64(n), uint64(oddOneIn)))
	odd := [...]string{"", " 1030006718997", "0001030006718997", "n/a", "12345678901234567", "+5", "103000671899७"}
	rows := make([]identified, n)
	text := func() string {
		switch {
		case random.IntN(oddOneIn) == 0:
			return odd[random.IntN(len(odd))]
		case random.IntN(2) == 0:
			return fmt.Sprint(1e12 + random.Int64N(9e12))
		}
		return fmt.Sprint(1 + random.Int64N(1e10))
	}
	for i := range rows {
		rows[i] = identified{Required: text(), Dict: text(), Lengths: text()}
		if i/64%3 > 0 && random.IntN(4) > 0 {
			optional := text()
			rows[i].Optional = &optional
		}
	}
	return rows
}

// Whoever allows numbers is told the same as who reads text, and is told it in
// numbers wherever a whole batch allows.
func TestNumbersSayWhatTextsSay(t *testing.T) {
	for _, oddOneIn := range []int{1 << 30, 50_000, 5000, 3} {
		for _, pageBytes := range []int{300, 64 << 10} {
			rows := identifiedRows(3*batchRows+77, oddOneIn)
			path := saved(t, "devices.parquet", writeParquet(t, rows, parquet.PageBufferSize(pageBytes), parquet.MaxRowsPerRowGroup(20_000)))
			asText, _, err := readAllOf(open(t, path))
			if err != nil {
				t.Fatal(err)
			}
			asNumbers, _, err := readAllOf(numbersAllowed{open(t, path)})
			if err != nil {
				t.Fatal(err)
			}
			for name, cells := range asNumbers.cells {
				for i, cell := range cells {
					if number, is := cell.(int64); is {
						cells[i] = fmt.Sprint(number)
					}
				}
				if numbers := asNumbers.forms[name]["int64"]; oddOneIn == 1<<30 && (name == "required" || name == "optional") != (numbers > 0) {
					t.Errorf("page=%d, column %s: %v", pageBytes, name, asNumbers.forms[name])
				}
			}
			sameCells(t, asText.cells, asNumbers.cells)
		}
	}
}

// numbersAllowed reads every column as an identifier.
type numbersAllowed struct{ engine.Source }

func (s numbersAllowed) Open(split engine.Split, columns []int) (engine.Reader, error) {
	r, err := s.Source.Open(split, columns)
	if err == nil {
		for i := range columns {
			r.(engine.NumberReader).ReadNumbers(i)
		}
	}
	return r, err
}
