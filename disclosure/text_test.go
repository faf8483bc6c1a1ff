package disclosure_test

import (
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fault"
)

// The image of a presentation can be fetched by its owner while it lives.
func TestText(t *testing.T) {
	f := newFixture(t)
	f.issue("can_cuoc")
	owner := f.owner("079305000123")
	p, err := f.Share(ctx, f.request("can_cuoc", "name"))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := f.Text(owner, p.ID); err != nil || text != p.Text {
		t.Error(text, err)
	}
	for who, id := range map[string]string{owner: "guess", "somebody": p.ID} {
		if _, err := f.Text(who, id); !fault.Is(err, fault.CodePresentationUnknown) {
			t.Error(who, err)
		}
	}
	f.now = p.ExpiresAt
	if _, err := f.Text(owner, p.ID); !fault.Is(err, fault.CodePresentationExpired) {
		t.Error(err)
	}
	f.now = start.Add(time.Hour)
	if _, err := f.Share(ctx, f.request("can_cuoc", "name")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Text(owner, p.ID); !fault.Is(err, fault.CodePresentationUnknown) {
		t.Error("long forgotten:", err)
	}
}
