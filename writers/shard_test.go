package writers

import (
	"errors"
	"syscall"
	"testing"

	"flagfill/engine/meterpoint"
)

// fullFile takes no byte.
type fullFile struct{ File }

func (fullFile) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// TestFullDiskIsNoticedAtOnce: a flow is written buffer by buffer, so it takes
// little memory, and a disk that is full ends the run long before the flow does.
func TestFullDiskIsNoticedAtOnce(t *testing.T) {
	w := flowFiles{
		settings: Flows{MaxRecords: 1e9},
		common:   testEnvelope(builtIn(t, "dxi", meterpoint.Gas)),
		layouts:  [2]*Layout{meterpoint.Gas: builtIn(t, "dxi", meterpoint.Gas)},
		create: func(folder, name string) (*stagedFile, error) {
			return newStagedFile(folder+"/"+name, fullFile{discardedFile{}}), nil
		},
	}
	const shortest = len("\"E46\",123456,\"A\",20261121\n")
	for range flowBufferBytes/shortest + 1 {
		if _, err := w.append(1, []string{"", "XOSERVE"}, Record{123456, meterpoint.Active, testDay}); err != nil {
			if !errors.Is(err, syscall.ENOSPC) {
				t.Error(err)
			}
			return
		}
	}
	t.Errorf("%d bytes are held back", flowBufferBytes)
}
