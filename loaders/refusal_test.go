package loaders

import (
	"fmt"
	"strings"
	"testing"
)

// A decoder that panics makes its file a damaged one, and what the panic quotes
// is not told.
func TestPanicsInDecodersTellNoData(t *testing.T) {
	decode := func() (err error) {
		defer barrier(&err)
		panic(fmt.Sprintf("cannot decode %d", 1200023305967))
	}
	if err := decode(); err == nil || strings.Contains(err.Error(), "1200023305967") || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a panic ends in %v", err)
	}
}
