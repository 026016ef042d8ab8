package engine

import (
	"context"
	"fmt"
	"slices"
)

// table is one input table, planned and bound.
type table struct {
	name     Table
	source   Source
	plan     *Plan
	bindings []binding // by file

	readRows []int64 // by split: rows that reading found, −1 before; each written by one worker
	settled  bool
	surveyed []Bounds // by split: of the identifiers, as reading them showed; nil without
}

func planTable(ctx context.Context, name Table, source Source, mapping map[string]string) (*table, error) {
	p, err := source.Plan(ctx)
	if err != nil {
		return nil, err
	}
	bindings, err := bindTable(name, p.Files, mapping)
	if err != nil {
		return nil, err
	}
	return &table{name: name, source: source, plan: p, bindings: bindings, readRows: slices.Repeat([]int64{-1}, len(p.Splits))}, nil
}

// absentTable has no file: it takes part in everything and holds nothing.
func absentTable(name Table) *table { return &table{name: name, plan: &Plan{}} }

// rows of the table: exact once it was read or where the files say so, and
// else about as many.
func (t *table) rows() int64 {
	if rows := t.plan.Rows(); rows >= 0 {
		return rows
	}
	var rows int64
	for _, f := range t.plan.Files {
		if f.Rows < 0 {
			rows += f.GuessedRows
		} else {
			rows += f.Rows
		}
	}
	return rows
}

// mostRows is as many rows as there can be.
func (t *table) mostRows() int64 {
	var rows int64
	for _, s := range t.plan.Splits {
		rows += s.Rows
	}
	return rows
}

// settle says, as soon as every split was read, how many rows each file has and
// where each split's rows begin, and refuses another row count than expected.
func (t *table) settle(expected map[Table]int64) error {
	if t.settled || slices.Contains(t.readRows, -1) {
		return nil
	}
	t.settled = true
	for i := range t.plan.Files {
		t.plan.Files[i].Rows = 0
	}
	for i := range t.plan.Splits {
		s := &t.plan.Splits[i]
		file := &t.plan.Files[s.File]
		s.FirstRow, s.Rows = file.Rows, t.readRows[i]
		file.Rows += s.Rows
	}
	return t.expect(expected)
}

// place is where a row stands: in a split, since rows of a file can be counted
// only when all splits before it have been read.
type place struct {
	split int
	row   int64 // in the split
}

// file and row of a place, once the table is settled.
func (t *table) locate(p place) (file int, row int64) {
	s := &t.plan.Splits[p.split]
	return s.File, s.FirstRow + p.row
}

// bound is the binding of the file that a split is part of.
func (t *table) bound(split int) *binding { return &t.bindings[t.plan.Splits[split].File] }

// expect refuses a table with another row count than expected.
func (t *table) expect(rows map[Table]int64) error {
	want, ok := rows[t.name]
	if found := t.rows(); ok && found != want {
		return &Refusal{Kind: RefusedInput,
			Problem: fmt.Sprintf("%s has %s rows in %d files, and --expect-rows says %s", t.name, Grouped(found), len(t.plan.Files), Grouped(want)),
			Next:    "Check that every file of the extract is there and named, and that none is from another day."}
	}
	return nil
}
