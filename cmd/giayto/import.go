package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/giayto/giayto/issuer"
)

// importRegister issues credentials from an export file.
func importRegister(ctx context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	var c config
	var agency string
	var o issuer.ImportOptions
	var asJSON bool
	f := c.flags("import", stderr)
	f.StringVar(&agency, "agency", "", "`ID` of the agency whose register it is")
	f.BoolVar(&o.DryRun, "dry-run", false, "decide everything, keep nothing")
	f.BoolVar(&asJSON, "json", false, "print every line's outcome as JSON")
	if err := f.Parse(args); err != nil {
		return exitFailed, err
	}
	if agency == "" || f.NArg() != 1 {
		return exitFailed, errors.New("give --agency ID and one FILE.ndjson (gzip is recognised)")
	}
	if err := c.finish(); err != nil {
		return exitFailed, err
	}
	path := f.Arg(0)
	file, err := os.Open(path)
	if err != nil {
		return exitFailed, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return exitFailed, err
	}
	a, err := open(c)
	if err != nil {
		return exitFailed, err
	}
	a.cannotIssue(stderr, agency)
	p := newProgress(stderr, info.Size())
	out := outcomes{w: stdout, path: path, json: asJSON, progress: p}
	o.Each, o.Read = out.print, p.read
	sum, err := a.issuer.Import(ctx, agency, file, o)
	p.done()
	err = errors.Join(err, out.err, a.close())
	word := "imported"
	if o.DryRun {
		word = "dry run, nothing kept"
	}
	fmt.Fprintf(stderr, "%s: %s\n", word, sum)
	switch {
	case err != nil:
		return exitFailed, err
	case sum.Rejected > 0:
		return exitRejected, nil
	}
	return exitOK, nil
}

// outcomes prints what became of the lines that need somebody's eye, or of all
// of them as JSON. It prints no value of a record.
type outcomes struct {
	w        io.Writer
	path     string
	json     bool
	progress *progress
	err      error
}

func (o *outcomes) print(out issuer.Outcome) {
	o.progress.line()
	var text strings.Builder
	switch {
	case o.json:
		b, err := json.Marshal(out)
		o.err = errors.Join(o.err, err)
		text.Write(append(b, '\n'))
	case out.Status == issuer.Rejected:
		fmt.Fprintf(&text, "%s:%d: rejected %s", o.path, out.Line, out.Code)
		for _, p := range out.Problems {
			fmt.Fprintf(&text, " %s=%s", p.Field, p.Code)
		}
		text.WriteByte('\n')
	}
	if !o.json {
		for _, p := range out.Warnings {
			fmt.Fprintf(&text, "%s:%d: warning %s=%s\n", o.path, out.Line, p.Field, p.Code)
		}
	}
	if text.Len() > 0 {
		o.progress.clear()
		_, err := io.WriteString(o.w, text.String())
		o.err = errors.Join(o.err, err)
	}
}

// progressEvery is how often progress is told where nobody watches a terminal.
const progressEvery = 5 * time.Second

// progress tells how far an import is: a bar on a terminal, else a line now and
// then.
type progress struct {
	w        io.Writer
	terminal bool
	total    int64
	bytes    int64
	lines    int
	last     time.Time
	shown    bool
	now      func() time.Time
}

func newProgress(w io.Writer, total int64) *progress {
	f, ok := w.(*os.File)
	p := &progress{w: w, total: total, now: time.Now, terminal: ok && term.IsTerminal(int(f.Fd()))}
	p.last = p.now()
	return p
}

// read notes how many bytes of the file have been consumed.
func (p *progress) read(n int64) { p.bytes = n }

// line notes one more line and shows progress when it is time.
func (p *progress) line() {
	p.lines++
	every := progressEvery
	if p.terminal {
		every = 100 * time.Millisecond
	}
	if now := p.now(); now.Sub(p.last) >= every {
		p.last = now
		p.show()
	}
}

func (p *progress) show() {
	percent := 100
	if p.total > 0 {
		percent = int(min(100*p.bytes/p.total, 100))
	}
	if !p.terminal {
		fmt.Fprintf(p.w, "%d%%, %d lines\n", percent, p.lines)
		return
	}
	const width = 30
	full := percent * width / 100
	fmt.Fprintf(p.w, "\r[%s%s] %3d%%  %d lines ", strings.Repeat("█", full), strings.Repeat("·", width-full), percent, p.lines)
	p.shown = true
}

// clear removes the bar before something else is printed.
func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}

// done leaves a finished bar on a terminal.
func (p *progress) done() {
	if p.terminal {
		p.show()
		fmt.Fprintln(p.w)
	}
}
