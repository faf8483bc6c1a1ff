package issuer

import (
	"cmp"
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure/sdjwt"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// batch is how many records one transaction takes: enough that the disk's sync
// is not the cost, few enough that a stopped import repeats little.
const batch = 256

// SigningKey is a key with the names under which others find its public half.
type SigningKey struct {
	// Signer holds the P-256 key; it may live in an HSM.
	Signer crypto.Signer
	// KeyID is the RFC 7638 thumbprint, the kid of a header.
	KeyID string
	// Certificates is the chain for an x5c header (RFC 7515 section 4.1.6): DER,
	// leaf first, without the trust anchor; empty while the key has none.
	Certificates [][]byte
	// NotAfter is until when signatures of the key count, its certificate
	// included; zero if that is not known. No credential outlives it.
	NotAfter time.Time
}

// Keys hands out the key that signs an agency's credentials at a moment.
type Keys interface {
	Credential(agency string, now time.Time) (SigningKey, error)
	// Revoked reports whether the agency's key of that kid has been revoked, so
	// that nothing that it signed counts any more.
	Revoked(agency, kid string) bool
}

// Config is what a Service needs. All members but StatusListSize are required.
type Config struct {
	Catalog *catalog.Catalog
	Store   Store
	Keys    Keys
	Origin  string // public origin, without a slash at the end
	Now     func() time.Time
	// StatusListSize is the positions of lists that are opened from now on;
	// DefaultStatusListSize when 0.
	StatusListSize int
	// Locked, if not nil, is told the owner of a wallet after it was locked, and
	// again each time that is said again; whoever keeps in memory what was shared
	// from it forgets that.
	Locked func(owner string)
}

// Service issues credentials from registers. It is safe for concurrent use.
type Service struct {
	catalog *catalog.Catalog
	store   Store
	keys    Keys
	origin  string
	now     func() time.Time
	// listSize is Config.StatusListSize.
	listSize int
	locked   func(owner string)
	// integrity is vct#integrity by document.
	integrity map[string]string
}

// New returns a service.
func New(c Config) *Service {
	if c.StatusListSize <= 0 {
		c.StatusListSize = DefaultStatusListSize
	}
	s := &Service{catalog: c.Catalog, store: c.Store, keys: c.Keys, origin: c.Origin, now: c.Now, listSize: c.StatusListSize, locked: c.Locked,
		integrity: map[string]string{}}
	for _, d := range c.Catalog.Documents() {
		s.integrity[d.ID] = sdjwt.Integrity(d.TypeMetadata(c.Origin))
	}
	return s
}

// Problem is one thing wrong with, or remarkable about, a record.
type Problem struct {
	Field string `json:"field"` // claim id with its place, or a member of the line
	Code  string `json:"code"`  // a fault code or a violation code of the catalogue
}

// Outcome is what became of one line. It holds no value of the record.
type Outcome struct {
	Line       int    `json:"line"` // from 1
	Document   string `json:"document,omitempty"`
	Status     Status `json:"status"`
	Credential string `json:"credential,omitempty"` // Holding.ID, unless rejected or a dry run
	// State is what the credential's status list says of it, unless that is valid.
	State    wallet.Status `json:"state,omitempty"`
	Code     string        `json:"code,omitempty"`    // fault code when rejected
	Message  string        `json:"message,omitempty"` // for developers, when rejected
	Problems []Problem     `json:"problems,omitempty"`
	Warnings []Problem     `json:"warnings,omitempty"`
}

// Summary counts the outcomes of an import.
type Summary struct {
	Lines     int `json:"lines"`
	Issued    int `json:"issued"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	Rejected  int `json:"rejected"`
	Warnings  int `json:"warnings"`
}

// ImportOptions steer an import.
type ImportOptions struct {
	// DryRun decides everything and keeps nothing.
	DryRun bool
	// MaxBytes bounds what is read after decompression; 0 = no bound.
	MaxBytes int64
	// Each is called for every line once its outcome is durable; may be nil.
	Each func(Outcome)
	// Read is called with the bytes of the export consumed so far; may be nil.
	Read func(bytes int64)
}

// errDryRun rolls a transaction back.
var errDryRun = errors.New("issuer: dry run")

// Import reads an agency's export: one JSON record a line, plain or gzip. A bad
// line is reported and does not stop the rest. The error is about the import as
// a whole (unknown agency, unreadable input, storage); the summary then tells
// what had become durable. Importing the same export again changes nothing.
func (s *Service) Import(ctx context.Context, agency string, in io.Reader, o ImportOptions) (Summary, error) {
	var sum Summary
	if _, ok := s.catalog.Agency(agency); !ok {
		return sum, fault.New(fault.CodeAgencyUnknown, "no such agency in the catalogue")
	}
	lines, err := newLines(in, o)
	if err != nil {
		return sum, err
	}
	run := &run{service: s, agency: agency, options: o, seen: map[mark]mark{}, holders: map[mark]seenHolder{}}
	if !o.DryRun {
		return sum, run.all(lines, func(parsed []parsedLine) error { return run.commit(ctx, parsed, &sum) })
	}
	// One transaction for all, so that later records see earlier ones, and none
	// of it stays.
	err = s.store.Issue(ctx, func(tx Tx) error {
		err := run.all(lines, func(parsed []parsedLine) error {
			outcomes, err := run.decide(tx, parsed)
			if err == nil {
				run.report(outcomes, &sum)
			}
			return errors.Join(err, ctx.Err())
		})
		return cmp.Or(err, errDryRun)
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return sum, err
}

// all reads the export to its end and hands it on batch by batch.
func (r *run) all(lines *lines, take func([]parsedLine) error) error {
	for {
		parsed, end := r.read(lines, batch)
		last := errors.Is(end, io.EOF)
		if end != nil && !last {
			// What came just before the break may be damaged too: the batch is
			// dropped, and importing the mended export takes it up again.
			return end
		}
		if err := take(parsed); err != nil || last {
			return err
		}
	}
}

// run is one import under way.
type run struct {
	service *Service
	agency  string
	options ImportOptions
	// seen tells of each paper, holder and date what the export has said of it;
	// holders of each paper that can pass on, and date, who held it.
	seen    map[mark]mark
	holders map[mark]seenHolder
}

// mark stands for texts in what a run remembers: an export can have as many
// records as a country has people.
type mark [16]byte

func markOf(texts ...string) mark {
	h := sha256.New()
	for _, text := range texts {
		h.Write([]byte(text))
		h.Write([]byte{0})
	}
	return mark(h.Sum(nil)[:len(mark{})])
}

// seenHolder is who held a paper at a date, alone or under what they share.
type seenHolder struct{ number, shared mark }

// read parses up to size lines. end is io.EOF after the last one, or
// why the export cannot be read further.
func (r *run) read(lines *lines, size int) (parsed []parsedLine, end error) {
	for len(parsed) < size {
		raw, number, err := lines.next()
		if err != nil && !fault.Is(err, fault.CodeLineTooLong) {
			return parsed, err
		}
		parsed = append(parsed, r.parse(raw, number, err))
	}
	return parsed, nil
}

type parsedLine struct {
	outcome Outcome
	record  *record
}

// parse judges a line as far as it goes without storage.
func (r *run) parse(raw []byte, number int, err error) parsedLine {
	p := parsedLine{outcome: Outcome{Line: number}}
	if err != nil {
		p.reject(err)
		return p
	}
	rec, violations, err := r.service.parse(r.agency, raw)
	if rec != nil {
		p.outcome.Document = rec.document.ID
	}
	for _, v := range violations {
		problem := Problem{Field: v.Claim, Code: v.Code}
		if v.Warning {
			p.outcome.Warnings = append(p.outcome.Warnings, problem)
		} else {
			p.outcome.Problems = append(p.outcome.Problems, problem)
		}
	}
	if err != nil {
		p.reject(err)
		return p
	}
	if r.contradicts(rec) {
		p.reject(fault.New(fault.CodeRecordRepeated, "the export has another record for this paper under the same date"))
		return p
	}
	p.record = rec
	return p
}

// contradicts reports whether the export has said something else about the same
// paper under the same date. Which of the two is right nobody can tell, and
// taking the later one would make a second import of the export undo and redo
// the first.
func (r *run) contradicts(rec *record) bool {
	name, said := markOf(rec.document.ID, rec.key, rec.order, rec.number), markOf(rec.digest)
	if before, ok := r.seen[name]; ok && before != said {
		return true
	}
	if rec.document.Record.Single || rec.document.Anchor == "" {
		// A person has one of it, so two under one date are two answers, whatever
		// their numbers.
		single := markOf("single", rec.document.ID, rec.number, rec.order)
		if before, ok := r.seen[single]; ok && before != said {
			return true
		}
		r.seen[single] = said
	}
	if rec.document.Record.NewHolder == transfer {
		paper, holder := markOf(rec.document.ID, rec.key, rec.order), seenHolder{markOf(rec.number), markOf(rec.shared)}
		before, ok := r.holders[paper]
		together := rec.shared != "" && before.shared == holder.shared
		if ok && before.number != holder.number && !together {
			return true
		}
		r.holders[paper] = holder
	}
	r.seen[name] = said
	return false
}

func (p *parsedLine) reject(err error) {
	var f *fault.Error
	if !errors.As(err, &f) {
		f = fault.New(fault.CodeInternal, "")
	}
	p.outcome.Status, p.outcome.Code, p.outcome.Message = Rejected, string(f.Code), f.Msg
	if f.Field != "" {
		p.outcome.Problems = append(p.outcome.Problems, Problem{Field: f.Field, Code: string(f.Code)})
	}
}

// commit applies a batch in one transaction, then reports it.
func (r *run) commit(ctx context.Context, parsed []parsedLine, sum *Summary) error {
	if len(parsed) == 0 {
		return nil
	}
	var outcomes []Outcome
	err := r.service.store.Issue(ctx, func(tx Tx) (err error) {
		outcomes, err = r.decide(tx, parsed)
		return err
	})
	if err == nil {
		r.report(outcomes, sum)
	}
	return err
}

// decide applies a batch inside a transaction. The error is about storage or
// keys; what is wrong with a record stands in its outcome.
func (r *run) decide(tx Tx, parsed []parsedLine) ([]Outcome, error) {
	outcomes := make([]Outcome, len(parsed))
	for i, p := range parsed {
		if p.record != nil {
			status, h, err := r.service.apply(tx, p.record, r.service.now())
			if err != nil && fault.CodeOf(err).Kind() != fault.Refused {
				return nil, err
			}
			p.outcome.Status, p.outcome.Credential = status, h.ID
			if err == nil {
				p.outcome.State = r.service.published(h).Status
			} else {
				p.reject(err)
			}
			if r.options.DryRun {
				p.outcome.Credential = ""
			}
		}
		outcomes[i] = p.outcome
	}
	return outcomes, nil
}

// report tells of outcomes that stand.
func (r *run) report(outcomes []Outcome, sum *Summary) {
	for _, o := range outcomes {
		sum.add(o)
		if r.options.Each != nil {
			r.options.Each(o)
		}
	}
}

func (s *Summary) add(o Outcome) {
	s.Lines++
	s.Warnings += len(o.Warnings)
	switch o.Status {
	case Issued:
		s.Issued++
	case Updated:
		s.Updated++
	case Unchanged:
		s.Unchanged++
	default:
		s.Rejected++
	}
}

// Add adds the counts of another import.
func (s *Summary) Add(o Summary) {
	s.Lines += o.Lines
	s.Issued += o.Issued
	s.Updated += o.Updated
	s.Unchanged += o.Unchanged
	s.Rejected += o.Rejected
	s.Warnings += o.Warnings
}

// String tells the counts on one line.
func (s Summary) String() string {
	return fmt.Sprintf("%d lines: %d issued, %d updated, %d unchanged, %d rejected; %d warnings",
		s.Lines, s.Issued, s.Updated, s.Unchanged, s.Rejected, s.Warnings)
}
