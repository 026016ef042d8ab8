//go:build browser

package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser is a tab, and what the page did besides being shown.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu                   sync.Mutex
	requests, complaints []string
}

func openBrowser(t *testing.T) *browser {
	t.Helper()
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.NoSandbox, chromedp.DisableGPU)
	alloc, stopAlloc := chromedp.NewExecAllocator(t.Context(), options...)
	ctx, stop := chromedp.NewContext(alloc)
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(func() { cancel(); stop(); stopAlloc() })
	b := &browser{t: t, ctx: ctx}
	err := chromedp.Listen(ctx, func(event any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			b.requests = append(b.requests, e.Request.URL)
		case *runtime.EventConsoleAPICalled:
			b.complaints = append(b.complaints, string(e.Type))
		case *runtime.EventExceptionThrown:
			b.complaints = append(b.complaints, e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			b.complaints = append(b.complaints, e.Entry.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	call(b, network.Enable, network.EnableParams{})
	call(b, log.Enable, cdp.Empty{})
	call(b, runtime.Enable, cdp.Empty{})
	return b
}

// call sends one command of the protocol.
func call[P, R any](b *browser, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	result, err := chromedp.Call(b.ctx, command, params)
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

func do[T any](b *browser, action chromedp.Action[T]) T {
	b.t.Helper()
	result, err := chromedp.Run(b.ctx, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

// show opens the page in a window of this size, by day or by night.
func (b *browser) show(path string, width int64, scheme string) {
	b.t.Helper()
	b.resize(width, 900)
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	do(b, chromedp.Navigate("file://"+path))
}

func (b *browser) resize(width, height int64) {
	b.t.Helper()
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: width, Height: height, DeviceScaleFactor: 2, Mobile: width < 500})
}

// eval gives what a script returns.
func eval[T any](b *browser, script string) T {
	b.t.Helper()
	return do(b, chromedp.Evaluate[T]("(() => {"+script+"})()"))
}

// picture keeps the whole page as it is shown.
func (b *browser) picture(name string) {
	folder := os.Getenv("PICTURES")
	if folder == "" {
		return
	}
	b.t.Helper()
	b.resize(eval[int64](b, "return innerWidth"), eval[int64](b, "return document.documentElement.scrollHeight"))
	b.write(filepath.Join(folder, name), do(b, chromedp.CaptureScreenshot()))
}

func (b *browser) print(name string) {
	folder := os.Getenv("PICTURES")
	if folder == "" {
		return
	}
	b.t.Helper()
	b.write(filepath.Join(folder, name), do(b, chromedp.PrintToPDF()))
}

func (b *browser) write(path string, content []byte) {
	b.t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		b.t.Fatal(err)
	}
}
