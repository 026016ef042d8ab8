// Package page makes self-contained HTML pages out of a few parts: figures,
// tables, pictures with the same numbers in a table behind them. A page fetches
// nothing, runs nothing, and is the same bytes for the same parts on every
// machine: all drawing is in whole pixels. It knows nothing of what it shows.
package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // page.html, page.css
	"encoding/base64"
	"fmt"
	"html/template"
	"sync"

	"flagfill/engine"
)

// Page is one HTML page. Text may be anything: it is escaped where it stands.
type Page struct {
	Form     string // names the kind and edition of the page, for programs
	Title    string // of the window
	Kicker   string // a line above the heading
	Heading  string
	Lead     string
	Cautions []string // what a reader must look at first
	Calm     string   // says that there is no caution
	Figures  []Figure
	Facts    []Fact
	Sections []Section
	Footer   string
}

// Section is a part of the page with a heading of its own. ID is its name in
// links within the page: letters and -.
type Section struct {
	ID      string
	Heading string
	Lead    string
	Parts   []Part
}

// Part is one of these, under a heading where it has one.
type Part struct {
	Heading string
	Text    string
	Facts   []Fact
	Tables  []*Table // beside each other where there is room
	Picture *Picture
	More    *More
}

// Figure is one number that matters.
type Figure struct {
	Name  string
	Count int64
	Note  string
}

// Fact is a name and what it stands for.
type Fact struct {
	Name  string
	Value string
	Code  bool // Value is for machines: a digest, a path
	Long  bool // Value takes a line of its own
}

// More is what only some readers want to see. It is open on paper.
type More struct {
	Summary string
	Parts   []Part
}

var (
	//go:embed page.html
	templateText string
	//go:embed page.css
	styleText string
)

// templates are parsed when the first page is made.
var templates = sync.OnceValue(func() *template.Template {
	functions := template.FuncMap{"grouped": Grouped, "cells": cellsShown, "drawings": drawingsShown}
	return template.Must(template.New("").Funcs(functions).Parse(templateText))
})

// policy lets the page use its own style, told by its digest, and nothing else.
var policy = sync.OnceValue(func() string {
	digest := sha256.Sum256([]byte(styleText))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'; base-uri 'none'; form-action 'none'"
})

// HTML gives the bytes of the page: UTF-8, and what cannot be seen is escaped as
// everywhere in this program.
func (p *Page) HTML() ([]byte, error) {
	var text bytes.Buffer
	data := struct {
		*Page
		Policy string
		Style  template.CSS
	}{p, policy(), template.CSS(styleText)}
	if err := templates().ExecuteTemplate(&text, "page", data); err != nil {
		return nil, fmt.Errorf("cannot write the page: %w", err)
	}
	return engine.Visible(text.Bytes()), nil
}

// Head gives the bytes with which every page of a form begins.
func Head(form string) ([]byte, error) {
	var text bytes.Buffer
	if err := templates().ExecuteTemplate(&text, "head", form); err != nil {
		return nil, fmt.Errorf("cannot write the page: %w", err)
	}
	return text.Bytes(), nil
}
