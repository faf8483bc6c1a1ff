package disclosure_test

import (
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fault"
)

// The image of a presentation can be fetched by the session that shared it, while
// it lives.
func TestText(t *testing.T) {
	f := newFixture(t)
	f.issue("can_cuoc")
	owner := f.owner("079305000123")
	f.enrol("phone")
	r := f.request("can_cuoc", "name")
	r.Device, r.Session = "phone", "session-phone"
	p, err := f.Share(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := f.Text(owner, "session-phone", p.ID); err != nil || text != p.Text {
		t.Error(text, err)
	}
	for what, x := range map[string]struct{ owner, session, id string }{
		"a guess": {owner, "session-phone", "guess"}, "somebody else": {"somebody", "session-phone", p.ID},
		"another session of the owner": {owner, "other", p.ID}, "no session": {owner, "", p.ID},
	} {
		if _, err := f.Text(x.owner, x.session, x.id); !fault.Is(err, fault.CodePresentationUnknown) {
			t.Error(what, err)
		}
	}
	f.now = p.ExpiresAt
	if _, err := f.Text(owner, "session-phone", p.ID); !fault.Is(err, fault.CodePresentationExpired) {
		t.Error(err)
	}
	f.now = start.Add(time.Hour)
	if _, err := f.Share(ctx, f.request("can_cuoc", "name")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Text(owner, "session-phone", p.ID); !fault.Is(err, fault.CodePresentationUnknown) {
		t.Error("long forgotten:", err)
	}
}
