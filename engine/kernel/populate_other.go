//go:build !linux

package kernel

import "unsafe"

func populate(unsafe.Pointer, uintptr) {}

func release(unsafe.Pointer, uintptr) {}
