package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"flagfill/engine"
)

// How progress is shown: the values of --progress.
const (
	progressAuto = iota
	progressBar
	progressPlain
	progressNone
)

var progressModes = []string{"auto", "bar", "plain", "none"}

const (
	barEvery   = 100 * time.Millisecond
	plainEvery = 5 * time.Second
)

// show reports progress on w until the returned function is called, which ends
// its goroutine and waits for it.
func show(w io.Writer, mode int, p *engine.Progress) (done func()) {
	if v, ok := w.(*visibleWriter); ok {
		w = v.to
	}
	if mode == progressAuto {
		mode = progressPlain
		if isTerminal(w) && os.Getenv("NO_COLOR") == "" {
			mode = progressBar
		}
	}
	draw, every := func() {}, plainEvery
	finish := func() {}
	switch mode {
	case progressNone:
		return finish
	case progressBar:
		draw, finish = bar(w, p)
		every = barEvery
	case progressPlain:
		draw = func() {
			rows, total := p.Rows()
			fmt.Fprintf(w, "%s: %s of %s rows\n", p.Stage(), count(rows), count(total))
		}
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
				draw()
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped
		finish()
	}
}

// bar draws a progress bar, and removes it in the end.
func bar(w io.Writer, p *engine.Progress) (draw, finish func()) {
	bars := mpb.New(mpb.WithOutput(w), mpb.WithWidth(40))
	b := bars.AddBar(0, mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return p.Stage() + " " })),
		mpb.AppendDecorators(decor.CountersNoUnit("%d / %d rows")))
	draw = func() {
		rows, total := p.Rows()
		b.SetTotal(total, false)
		b.SetCurrent(rows)
	}
	return draw, func() {
		b.Abort(true)
		bars.Wait()
	}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
