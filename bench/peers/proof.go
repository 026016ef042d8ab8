package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"flagfill/bench/measure"
)

// prove runs every contender once and compares what they give with what
// flagfill gives: its flow records, which are returned.
func (b *bench) prove(ctx context.Context, c comparison) (ours []string, err error) {
	say("proving that all give the same on %s", c.snapshot)
	for i, contender := range c.contenders {
		_, stdout, err := contender.run(ctx)
		if err != nil {
			return nil, err
		}
		if contender.flows == "" {
			if err := sameRows(c.contenders[0].out, stdout); err != nil {
				return nil, fmt.Errorf("%s: %w", contender.name, err)
			}
			continue
		}
		records, err := readFlows(contender.flows)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			ours = records
		}
		if err := sameRecords(ours, records); err != nil {
			return nil, fmt.Errorf("%s: %w", contender.name, err)
		}
		say("%s: %d flow records", contender.name, len(records))
		if i > 0 && contender.lists != "" {
			if err := b.sameExceptions(ctx, c.contenders[0].lists, contender.lists); err != nil {
				return nil, fmt.Errorf("%s: %w", contender.name, err)
			}
		}
	}
	return ours, nil
}

// sameRows compares the rows that a reader counted with those that flagfill read.
func sameRows(publication string, stdout []byte) error {
	manifest, err := readManifest(publication)
	if err != nil {
		return err
	}
	theirs := map[string]int64{}
	if err := json.Unmarshal(stdout, &theirs); err != nil {
		return fmt.Errorf("cannot read how many rows there are: %w", err)
	}
	for _, ours := range manifest.Inputs {
		if ours.Rows == 0 || theirs[ours.Table] != ours.Rows {
			return fmt.Errorf("the rows of %s differ: flagfill read %d, the other %d", ours.Table, ours.Rows, theirs[ours.Table])
		}
		say("both read the same %d rows of %s", ours.Rows, ours.Table)
	}
	return nil
}

// sameRecords compares sorted flow records.
func sameRecords(ours, theirs []string) error {
	if len(ours) == 0 {
		return errors.New("there are no flow records to compare")
	}
	if onlyOurs, onlyTheirs := difference(ours, theirs), difference(theirs, ours); onlyOurs+onlyTheirs > 0 {
		return fmt.Errorf("the flow records differ: flagfill has %d of its own among %d, the other %d among %d", onlyOurs, len(ours), onlyTheirs, len(theirs))
	}
	return nil
}

// sameExceptions compares exceptions as multisets of table, row and code.
func (b *bench) sameExceptions(ctx context.Context, ours, theirs string) error {
	counts, err := b.compareRows(ctx, ours, theirs, "table", "row", "code")
	if err != nil {
		return fmt.Errorf("cannot compare exceptions: %w", err)
	}
	if counts.Ours == 0 {
		return errors.New("there are no exceptions to compare; they begin at some 100,000 meter points")
	}
	if counts.OnlyOurs+counts.OnlyTheirs > 0 {
		return fmt.Errorf("the exceptions differ: flagfill has %d of its own among %d, the other %d among %d", counts.OnlyOurs, counts.Ours, counts.OnlyTheirs, counts.Theirs)
	}
	say("both list the same %d exceptions by table, row and code", counts.Ours)
	return nil
}

// rowCounts are the rows of two tables, and those that only one of them has.
type rowCounts struct {
	Ours       int64 `json:"ours"`
	Theirs     int64 `json:"theirs"`
	OnlyOurs   int64 `json:"only_ours"`
	OnlyTheirs int64 `json:"only_theirs"`
}

// compareRows compares columns of two Parquet files as multisets. It rests
// afterwards: what is measured may come next.
func (b *bench) compareRows(ctx context.Context, ours, theirs string, columns ...string) (counts rowCounts, err error) {
	cost, text, err := measure.Run(ctx, append([]string{"node", filepath.Join(b.peers, "compare.mjs"), ours, theirs}, columns...)...)
	if err != nil {
		return counts, err
	}
	return counts, errors.Join(json.Unmarshal(text, &counts), measure.Rest(ctx, cost))
}
