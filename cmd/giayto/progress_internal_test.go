package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// On a terminal a bar moves; elsewhere a line now and then tells the same.
func TestProgress(t *testing.T) {
	clock := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	make := func(terminal bool) (*progress, *bytes.Buffer) {
		var b bytes.Buffer
		p := newProgress(&b, 1000)
		p.now, p.last, p.terminal = func() time.Time { return clock }, clock, terminal
		return p, &b
	}
	advance := func(p *progress, lines int, each time.Duration) {
		for range lines {
			clock = clock.Add(each)
			p.bytes += 10
			p.line()
		}
	}
	p, b := make(false)
	advance(p, 100, 100*time.Millisecond)
	p.done()
	if got, want := b.String(), "50%, 50 lines\n100%, 100 lines\n"; got != want {
		t.Errorf("without a terminal %q, want %q", got, want)
	}
	p, b = make(true)
	advance(p, 50, 100*time.Millisecond)
	if bars := strings.Count(b.String(), "\r["); bars != 50 {
		t.Errorf("%d bars in five seconds, want 50", bars)
	}
	if !strings.HasSuffix(b.String(), "]  50%  50 lines ") || strings.Contains(b.String(), "\n") {
		t.Errorf("the bar is %q", b.String())
	}
	b.Reset()
	p.clear()
	p.clear()
	if b.String() != "\r\x1b[K" {
		t.Errorf("cleared once: %q", b.String())
	}
	p.done()
	if !strings.HasSuffix(b.String(), "\n") {
		t.Error("the line of a finished bar does not end")
	}
	p, b = make(false)
	p.total = 0
	p.show()
	if b.String() != "100%, 0 lines\n" {
		t.Errorf("an empty file: %q", b.String())
	}
}
