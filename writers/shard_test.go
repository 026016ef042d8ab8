package writers

import (
	"bytes"
	"errors"
	"strings"
	"syscall"
	"testing"

	"flagfill/engine/meterpoint"
)

// gasFlows are the flow files of a run for gas, which go to one file.
func gasFlows(t *testing.T, to File) *flowFiles {
	t.Helper()
	l := builtIn(t, "dxi", meterpoint.Gas)
	return &flowFiles{
		settings:   Flows{MaxRecords: 1e9},
		common:     testEnvelope(l),
		layouts:    [2]*Layout{meterpoint.Gas: l},
		nextNumber: [2]int64{meterpoint.Gas: testEnvelope(l).FileNumber},
		create:     func(folder, name string) (*stagedFile, error) { return newStagedFile(folder+"/"+name, to), nil },
		finished:   (*stagedFile).sync,
	}
}

var gasRDPs = []string{"", "XOSERVE"}

// TestFlowLongerThanBuffer: the file holds what would be encoded at once.
func TestFlowLongerThanBuffer(t *testing.T) {
	var file bytes.Buffer
	w := gasFlows(t, nopFile{&file})
	records := make([]Record, 20_000)
	for i := range records {
		records[i] = Record{meterpoint.MPxN(1_000_000_000 + i), meterpoint.Active, testDay}
		if _, err := w.append(1, gasRDPs, records[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	l := w.layouts[meterpoint.Gas]
	want, err := encodeFlow(l, testEnvelope(l), records)
	if err != nil {
		t.Fatal(err)
	}
	if len(want) < 2*flowBufferBytes || !bytes.Equal(file.Bytes(), want) {
		t.Errorf("%d bytes are written, and %d encoded", file.Len(), len(want))
	}
}

// TestFlowsThatAreNone: of a fuel that is not in the run, to a receiver that no
// path could hold, of a status that is never sent.
func TestFlowsThatAreNone(t *testing.T) {
	for _, c := range []struct {
		rdp    string
		m      meterpoint.MPxN
		status meterpoint.ServiceStatus
		says   string
	}{
		{"EELC", 1000000000017, meterpoint.Active, "the run is not for electricity"},
		{"../XOSERVE", 3938424403, meterpoint.Active, "cannot write a flow file: the RDP"},
		{"XOSERVE", 3938424403, meterpoint.Null, "only A, I and N are ever sent"},
	} {
		w := gasFlows(t, discardedFile{})
		_, err := w.append(1, []string{"", c.rdp}, Record{c.m, c.status, testDay})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("got %v, want %s", err, c.says)
		}
	}
}

// fullFile takes no byte.
type fullFile struct{ File }

func (fullFile) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// TestFullDiskIsNoticedAtOnce: a flow is written buffer by buffer, so it takes
// little memory, and a disk that is full ends the run long before the flow does.
func TestFullDiskIsNoticedAtOnce(t *testing.T) {
	w := gasFlows(t, fullFile{discardedFile{}})
	const shortest = len("\"E46\",123456,\"A\",20261121\n")
	for i := range flowBufferBytes/shortest + 1 {
		if _, err := w.append(1, gasRDPs, Record{123456, meterpoint.Active, testDay}); err != nil {
			if !errors.Is(err, syscall.ENOSPC) || i == 0 {
				t.Errorf("at record %d: %v", i, err)
			}
			return
		}
	}
	t.Errorf("%d bytes are held back", flowBufferBytes)
}
