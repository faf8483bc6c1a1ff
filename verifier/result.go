package verifier

import (
	"encoding/json"
	"errors"
	"slices"
	"sort"
	"time"

	"github.com/giayto/giayto/catalog"
)

// Result is what an accepted presentation establishes.
type Result struct {
	Documents []Document
	ExpiresAt time.Time // of the presentation
	IssuedAt  time.Time // zero: a bearer presentation does not say
	Audience  string
	TrustList TrustListInfo
	// Status tells of the status list behind the answer; nil for a presentation,
	// which is minted only from what is in force.
	Status *StatusInfo
}

// Document is one document of a result. Who vouches is the deployment, which
// checked the agency's credential when it minted.
type Document struct {
	ID     string // catalog id
	Label  catalog.Text
	Agency catalog.Text
	Claims []Claim
}

// Claim is one established fact.
type Claim struct {
	ID    string
	Label catalog.Text
	Value any // string, int64, bool, nil (see catalog.Claim), []any, map[string]any

	claim *catalog.Claim
}

// Text is the value as a person reads it.
func (c Claim) Text() catalog.Text { return c.claim.Show(c.Value) }

// Claim finds a claim of the document.
func (d *Document) Claim(id string) (Claim, bool) {
	for _, c := range d.Claims {
		if c.ID == id {
			return c, true
		}
	}
	return Claim{}, false
}

// Claim finds a claim of the first document of that kind. A presentation may
// hold several of one kind (two vehicles): read Documents there, because the
// plate of one beside the inspection of the other says nothing.
func (r *Result) Claim(document, claim string) (Claim, bool) {
	for i := range r.Documents {
		if r.Documents[i].ID == document {
			return r.Documents[i].Claim(claim)
		}
	}
	return Claim{}, false
}

// documents reads the token's fields by the catalogue. What the catalogue does
// not know is no forgery: the reader is outdated, and nothing is shown.
func (v *Verifier) documents(t *Token) ([]Document, *Refusal) {
	documents := make([]Document, 0, len(t.Documents))
	invalid := false
	for _, td := range t.Documents {
		d := v.catalog.DocumentByCode(int(min(td.Code, 1<<31-1)))
		if d == nil {
			return nil, refuse(ReasonCatalogOutdated, "document code unknown")
		}
		out := Document{ID: d.ID, Label: d.Labels, Agency: d.Agency.Name, Claims: make([]Claim, 0, len(td.Fields))}
		for _, key := range sortedKeys(td.Fields) {
			claim := d.ClaimByKey(int(min(key, 1<<31-1)))
			if claim == nil {
				return nil, refuse(ReasonCatalogOutdated, "wire key unknown")
			}
			value, err := claim.FromWire(td.Fields[key])
			var we *catalog.WireError
			switch {
			case errors.As(err, &we) && we.Code == string(ReasonCatalogOutdated):
				return nil, refuse(ReasonCatalogOutdated, "value code unknown")
			case err != nil:
				invalid = true
				continue
			}
			out.Claims = append(out.Claims, Claim{ID: claim.ID, Label: claim.Labels, Value: value, claim: claim})
		}
		documents = append(documents, out)
	}
	if invalid {
		return nil, refuse(ReasonClaimInvalid, "")
	}
	return documents, nil
}

func sortedKeys(m map[uint64]any) []uint64 {
	keys := make([]uint64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool { return keys[i] < keys[j] })
	return keys
}

// meets reports whether the requirement holds in every document of its kind,
// and in one at least: two papers must not meet a policy together that neither
// meets alone.
func (r *Result) meets(q Requirement, isTrue bool) bool {
	found := false
	for i := range r.Documents {
		if r.Documents[i].ID != q.Document {
			continue
		}
		c, ok := r.Documents[i].Claim(q.Claim)
		if !ok || isTrue && c.Value != true {
			return false
		}
		found = true
	}
	return found
}

// judge reports the claims that the policy misses, each once. That something is
// missing comes before that an answer is no: the person can mend the former.
func (p Policy) judge(r *Result) *Refusal {
	missing := r.unmet(slices.Concat(p.Require, p.RequireTrue), false)
	reason := ReasonClaimMissing
	if missing == nil {
		missing, reason = r.unmet(p.RequireTrue, true), ReasonClaimNotMet
	}
	if missing == nil {
		return nil
	}
	refusal := refuse(reason, "")
	refusal.Missing = missing
	return refusal
}

// unmet names the requirements that do not hold, each once; nil if all do.
func (r *Result) unmet(list []Requirement, isTrue bool) []string {
	var names []string
	for _, q := range list {
		name := q.Document + "/" + q.Claim
		if !r.meets(q, isTrue) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// PresetPolicy asks for what a preset of the catalogue requires, and for a yes
// where the preset needs one.
func PresetPolicy(p *catalog.Preset) Policy {
	var policy Policy
	for _, d := range p.Documents {
		for _, id := range d.Required {
			policy.Require = append(policy.Require, Requirement{d.Document, id})
		}
		for _, id := range d.Affirmed {
			policy.RequireTrue = append(policy.RequireTrue, Requirement{d.Document, id})
		}
	}
	return policy
}

// Report is an answer as JSON, the same at the command line and in every SDK.
type Report struct {
	Verdict   Verdict          `json:"verdict"`
	Reason    *Reason          `json:"reason"`            // null when established
	Missing   []string         `json:"missing,omitempty"` // with claim_missing and claim_not_met
	Documents []reportDocument `json:"documents,omitempty"`
	IssuedAt  *time.Time       `json:"issued_at,omitempty"`
	ExpiresAt *time.Time       `json:"expires_at"` // null when the signature was not established
	Why       *catalog.Text    `json:"why,omitempty"`
	Do        *catalog.Text    `json:"do,omitempty"`
	TrustList *reportTrustList `json:"trust_list"` // null when there is none
	Status    *reportStatus    `json:"status,omitempty"`
}

type reportDocument struct {
	Document string        `json:"document"`
	Label    catalog.Text  `json:"label"`
	Claims   []reportClaim `json:"claims"`
}

type reportClaim struct {
	ID    string       `json:"id"`
	Label catalog.Text `json:"label"`
	Value any          `json:"value"`
	Text  catalog.Text `json:"text"`
}

type reportTrustList struct {
	Version    int64     `json:"version"`
	IssuedAt   time.Time `json:"issued_at"`
	AgeSeconds int64     `json:"age_seconds"`
}

// NewReport turns what Verify returned into a report. Any error that is not a
// Refusal is reported as unknown, never as good.
func NewReport(result *Result, err error) Report {
	if err == nil && result != nil {
		r := Report{Verdict: Established, ExpiresAt: moment(result.ExpiresAt), IssuedAt: moment(result.IssuedAt),
			TrustList: result.TrustList.report(), Status: result.Status.report()}
		for _, d := range result.Documents {
			rd := reportDocument{Document: d.ID, Label: d.Label}
			for _, c := range d.Claims {
				rd.Claims = append(rd.Claims, reportClaim{c.ID, c.Label, c.Value, c.Text()})
			}
			r.Documents = append(r.Documents, rd)
		}
		return r
	}
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		return Report{Verdict: Unknown}
	}
	info := refusal.Reason.Info()
	r := Report{Verdict: info.Verdict, Reason: &refusal.Reason, Missing: refusal.Missing,
		ExpiresAt: moment(refusal.ExpiresAt), Why: &info.Why, Do: &info.Do, Status: refusal.Status.report()}
	if refusal.TrustList != nil {
		r.TrustList = refusal.TrustList.report()
	}
	return r
}

// JSON writes the report on one line.
func (r Report) JSON() ([]byte, error) { return json.Marshal(r) }

func (i TrustListInfo) report() *reportTrustList {
	return &reportTrustList{Version: i.Version, IssuedAt: i.IssuedAt.UTC(), AgeSeconds: int64(i.Age / time.Second)}
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
