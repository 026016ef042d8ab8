package forecast

import _ "embed"

// Sample is a capacity file whose figures are examples, and which says so.
//
//go:embed sample.toml
var Sample string
