package issuer_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/demo"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

// watched counts what an import changes in the store it passes to.
type watched struct {
	*bolt.Store
	changes int
}

func (w *watched) Issue(ctx context.Context, f func(issuer.Tx) error) error {
	return w.Store.Issue(ctx, func(tx issuer.Tx) error { return f(&watchedTx{tx, w}) })
}

type watchedTx struct {
	issuer.Tx
	watched *watched
}

func (t *watchedTx) AddCitizen(c wallet.Citizen) error {
	t.watched.changes++
	return t.Tx.AddCitizen(c)
}

func (t *watchedTx) Renumber(id, number string) error {
	t.watched.changes++
	return t.Tx.Renumber(id, number)
}

func (t *watchedTx) Add(h wallet.Holding, e wallet.Event) error {
	t.watched.changes++
	return t.Tx.Add(h, e)
}

// FuzzImport: arbitrary bytes as an export never panic, every line that is not
// empty has exactly one outcome, in order, and an export that is rejected whole
// leaves no trace. Reading it again changes nothing more.
func FuzzImport(f *testing.F) {
	for _, set := range [][]demo.Register{demo.Registers(noon), demo.Changes(noon), demo.Bad(noon)} {
		for _, r := range set {
			lines := bytes.SplitAfter(r.NDJSON, []byte("\n"))
			for i := 0; i < len(lines); i += 1 + len(lines)/4 {
				f.Add(r.Agency, bytes.Join(lines[i:min(i+2, len(lines))], nil))
			}
		}
	}
	f.Add("c06", export(anh.cardLine(), binh.cardLine()[:100], anh.cardLine()))
	f.Add("csgt", export(anh.licenceLine(licence), anh.vehicleLine(frame, certificate), binh.vehicleLine(frame, "43 000013")))
	f.Add("bhxh", zipped(f, anh.insuranceLine(insured)))
	f.Add("nobody", []byte("{}\n\r\n[]\xff"))
	d := newDesk(f)
	d.issue("c06", anh.cardLine(), binh.cardLine())
	w := &watched{Store: d.store}
	service := issuer.New(issuer.Config{Catalog: catalog.Default(), Store: w, Keys: d.keys, Origin: origin,
		Now: func() time.Time { return noon }})
	f.Fuzz(func(t *testing.T, agency string, in []byte) {
		// Nothing of one input stays for the next: all is decided, none kept.
		w.changes = 0
		limit := issuer.ImportOptions{DryRun: true, MaxBytes: 1 << 20}
		first, err := outcomes(t, service, agency, in, limit)
		if err != nil && (fault.CodeOf(err) == fault.CodeInternal || len(first) > 0) {
			t.Fatalf("%d outcomes and %v", len(first), err)
		}
		issued := 0
		for i, o := range first {
			if i > 0 && o.Line <= first[i-1].Line {
				t.Fatalf("line %d after line %d", o.Line, first[i-1].Line)
			}
			if (o.Status == issuer.Rejected) != (o.Code != "") || o.Code == string(fault.CodeInternal) {
				t.Fatalf("%+v", o)
			}
			if o.Status == issuer.Issued || o.Status == issuer.Updated {
				issued++
			}
		}
		if (issued > 0) != (w.changes > 0) {
			t.Fatalf("%d records issued, %d changes", issued, w.changes)
		}
		if want := full(in); err == nil && want >= 0 && len(first) != want {
			t.Fatalf("%d outcomes for %d lines", len(first), want)
		}
		again, err2 := outcomes(t, service, agency, in, limit)
		if len(again) != len(first) || fault.CodeOf(err2) != fault.CodeOf(err) {
			t.Fatalf("%d outcomes and %v, then %d and %v", len(first), err, len(again), err2)
		}
	})
}

func outcomes(t *testing.T, s *issuer.Service, agency string, in []byte, o issuer.ImportOptions) ([]issuer.Outcome, error) {
	var all []issuer.Outcome
	o.Each = func(out issuer.Outcome) { all = append(all, out) }
	_, err := s.Import(t.Context(), agency, bytes.NewReader(in), o)
	return all, err
}

// full counts the lines that are not empty; -1 if the input is compressed.
func full(in []byte) int {
	if bytes.HasPrefix(in, []byte{0x1f, 0x8b}) {
		return -1
	}
	n := 0
	for _, l := range bytes.Split(in, []byte("\n")) {
		if len(bytes.TrimSpace(l)) > 0 || len(l) >= issuer.MaxLine {
			n++
		}
	}
	return n
}

// TestRegistersAgain: once the registers and their changes are in, neither they
// nor bad exports, read again in any order, change anything.
func TestRegistersAgain(t *testing.T) {
	d := newDesk(t)
	read := func(r demo.Register) (made int) {
		out, err := d.read(r.Agency, bytes.NewReader(r.NDJSON), issuer.ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range out {
			if o.Status == issuer.Issued || o.Status == issuer.Updated {
				made++
			}
		}
		return made
	}
	changes := demo.Changes(noon)
	for _, r := range append(demo.Registers(noon), changes...) {
		if read(r) == 0 {
			t.Errorf("%s: nothing is issued", r.Name)
		}
	}
	before := d.dump()
	for _, r := range append(append(demo.Bad(noon), changes...), demo.Bad(noon)...) {
		if made := read(r); made > 0 {
			t.Errorf("%s: %d issued the second time", r.Name, made)
		}
	}
	d.unchanged(before)
}
