package disclosure_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/verifier"
)

// shareRefusal changes a good request, and says how it is refused and whether
// the history records the attempt.
type shareRefusal struct {
	name     string
	change   func(*disclosure.Request)
	code     fault.Code
	field    string
	recorded bool
}

// selectionRefusals: which documents and claims.
var selectionRefusals = []shareRefusal{
	{"no document", func(r *disclosure.Request) { r.Documents = nil }, fault.CodeSelectionEmpty, "documents", false},
	{"five documents", func(r *disclosure.Request) { r.Documents = make([]disclosure.Selection, 5) }, fault.CodeSelectionTooLarge, "documents", false},
	{"neither document nor credential", func(r *disclosure.Request) { r.Documents[0].Document = "" }, fault.CodeSelectionAmbiguous, "documents[0]", false},
	{"document and credential", func(r *disclosure.Request) { r.Documents[0].Credential = "x" }, fault.CodeSelectionAmbiguous, "documents[0]", false},
	{"unknown document", func(r *disclosure.Request) { r.Documents[0].Document = "passport" }, fault.CodeDocumentUnknown, "documents[0].document", false},
	{"document not held", func(r *disclosure.Request) { r.Documents[0].Document = "bhyt" }, fault.CodeCredentialUnknown, "documents[0]", false},
	{"unknown credential", func(r *disclosure.Request) {
		r.Documents[0] = disclosure.Selection{Credential: "nobody's", Claims: []string{"name"}}
	}, fault.CodeCredentialUnknown, "documents[0]", false},
	{"no claim", func(r *disclosure.Request) { r.Documents[0].Claims = nil }, fault.CodeSelectionEmpty, "documents[0].claims", false},
	{"unknown claim", func(r *disclosure.Request) { r.Documents[0].Claims = []string{"name", "iq"} }, fault.CodeClaimUnknown, "documents[0].claims[1]", false},
	{"claim twice", func(r *disclosure.Request) { r.Documents[0].Claims = []string{"name", "name"} }, fault.CodeSelectionRepeated, "documents[0].claims[1]", false},
	{"document twice", func(r *disclosure.Request) { r.Documents = append(r.Documents, r.Documents[0]) }, fault.CodeSelectionRepeated, "documents[1]", false},
	{"too many claims", func(r *disclosure.Request) {
		r.Documents[0].Claims = slices.Repeat([]string{"name"}, verifier.MaxFields+1)
	}, fault.CodeSelectionTooLarge, "documents[0].claims", false},
	{"a portrait", func(r *disclosure.Request) { r.Documents[0].Claims = []string{"picture"} }, fault.CodeClaimNotShareable, "documents[0].claims[0]", true},
	{"claim without a value", func(r *disclosure.Request) { r.Documents[0].Claims = []string{"religion"} }, fault.CodeClaimAbsent, "documents[0].claims[0]", true},
}

// presetRefusals: which preset, and what it allows to ask.
var presetRefusals = []shareRefusal{
	{"unknown preset", func(r *disclosure.Request) {
		r.Documents[0] = disclosure.Selection{Document: "can_cuoc", Preset: "curious"}
	}, fault.CodePresetUnknown, "documents[0].preset", false},
	{"preset of another document", func(r *disclosure.Request) {
		r.Documents[0] = disclosure.Selection{Document: "can_cuoc", Preset: "traffic_stop"}
	}, fault.CodePresetMismatch, "documents[0].preset", false},
	{"preset without what it requires", func(r *disclosure.Request) {
		r.Documents[0] = disclosure.Selection{Document: "can_cuoc", Preset: "bank_ekyc", Claims: []string{"name"}}
	}, fault.CodePresetMismatch, "documents[0].claims", false},
	{"a shop that asks for the religion", func(r *disclosure.Request) {
		r.Documents[0] = disclosure.Selection{Document: "can_cuoc", Preset: "over18_shop", Claims: []string{"age_equal_or_over.18", "religion"}}
	}, fault.CodeOverAsking, "documents[0].claims[1]", true},
}

var tooLong = strings.Repeat("dài ", 31)

// termRefusals: what for, for whom, and how long.
var termRefusals = []shareRefusal{
	{"purpose too long", func(r *disclosure.Request) { r.Purpose = tooLong }, fault.CodePurposeInvalid, "purpose", false},
	{"purpose with a line break", func(r *disclosure.Request) { r.Purpose = "a\nb" }, fault.CodePurposeInvalid, "purpose", false},
	{"purpose that shows nothing", func(r *disclosure.Request) { r.Purpose = "\u3164" }, fault.CodePurposeInvalid, "purpose", false},
	{"purpose not UTF-8", func(r *disclosure.Request) { r.Purpose = "\xff" }, fault.CodePurposeInvalid, "purpose", false},
	{"audience too long", func(r *disclosure.Request) { r.Audience = tooLong }, fault.CodeAudienceInvalid, "audience", false},
	{"challenge too short", func(r *disclosure.Request) { r.Challenge = "0102" }, fault.CodeChallengeInvalid, "challenge", false},
	{"challenge not hexadecimal", func(r *disclosure.Request) { r.Challenge = "zzzzzzzzzzzzzzzz" }, fault.CodeChallengeInvalid, "challenge", false},
	{"negative lifetime", func(r *disclosure.Request) { r.Lifetime = -time.Second }, fault.CodeLifetimeInvalid, "ttl_seconds", false},
	{"lifetime under a second", func(r *disclosure.Request) { r.Lifetime = time.Millisecond }, fault.CodeLifetimeInvalid, "ttl_seconds", false},
	{"lifetime of 121 seconds", func(r *disclosure.Request) { r.Lifetime = 121 * time.Second }, fault.CodeLifetimeInvalid, "ttl_seconds", false},
}

func TestShareRefusals(t *testing.T) {
	for _, c := range slices.Concat(selectionRefusals, presetRefusals, termRefusals) {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			f.issue("can_cuoc", change{"religion": absent})
			f.issue("gplx")
			r := f.request("can_cuoc", "name")
			c.change(&r)
			p, err := f.Share(ctx, r)
			if fault.CodeOf(err) != c.code || p.Text != "" {
				t.Fatalf("%v, want %s", err, c.code)
			}
			if field := asFault(t, err).Field; field != c.field {
				t.Errorf("field %q, want %q", field, c.field)
			}
			entries := f.history()
			if recorded := len(entries) == 1; recorded != c.recorded {
				t.Fatalf("%d entries", len(entries))
			}
			if c.recorded && (entries[0].Outcome != disclosure.Refused || entries[0].Code != string(c.code) || !entries[0].ExpiresAt.IsZero()) {
				t.Errorf("entry %+v", entries[0])
			}
		})
	}
}

func asFault(t *testing.T, err error) *fault.Error {
	t.Helper()
	f, ok := err.(*fault.Error)
	if !ok {
		t.Fatalf("%T is not a fault", err)
	}
	return f
}

// The over-asking of a bank is told in full: which claims it wanted.
func TestOverAskingIsRecordedWithItsClaims(t *testing.T) {
	f := newFixture(t)
	f.issue("can_cuoc")
	r := f.request("can_cuoc")
	asked := []string{"name", "religion", "ethnicity"}
	r.Documents[0] = disclosure.Selection{Document: "can_cuoc", Preset: "bank_ekyc", Claims: asked}
	if _, err := f.Share(ctx, r); !fault.Is(err, fault.CodeOverAsking) {
		t.Fatal(err)
	}
	if e := f.history()[0]; !slices.Equal(e.Documents[0].Claims, asked) || e.Documents[0].Preset != "bank_ekyc" {
		t.Errorf("entry %+v", e)
	}
}

// Another citizen's credential does not exist, whatever id is guessed.
func TestShareOnlyOnesOwn(t *testing.T) {
	f := newFixture(t)
	f.issue("can_cuoc")
	f.issue("can_cuoc", change{"personal_administrative_number": "079205000456", "name": "TRẦN VĂN VÍ DỤ"})
	other, err := f.store.Active(ctx, f.owner("079205000456"))
	if err != nil {
		t.Fatal(err)
	}
	r := f.request("")
	r.Documents[0] = disclosure.Selection{Credential: other[0].ID, Claims: []string{"name"}}
	if _, err := f.Share(ctx, r); !fault.Is(err, fault.CodeCredentialUnknown) {
		t.Error(err)
	}
}

func TestShareNeedsAKey(t *testing.T) {
	f := newFixture(t)
	f.issue("can_cuoc", change{"date_of_expiry": nil})
	f.now = start.AddDate(2, 0, 0)
	f.issue("can_cuoc", change{"date_of_expiry": nil, "address.formatted": "Nơi khác"})
	if _, err := f.Share(ctx, f.request("can_cuoc", "name")); !fault.Is(err, fault.CodeSigningKeyMissing) {
		t.Error(err)
	}
	if n := len(f.history()); n != 0 {
		t.Errorf("%d entries", n)
	}
}
