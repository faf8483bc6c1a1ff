package keys_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/verifier"
)

// What ends is told with its end, once for each purpose, in a stable order.
func TestDeadlines(t *testing.T) {
	p := begun(t)
	var told []string
	for _, d := range p.publisher.Deadlines(start) {
		what := d.What
		if parts := strings.Split(what, "/"); len(parts) > 1 {
			what = strings.Join(parts[:len(parts)-1], "/")
		}
		told = append(told, fmt.Sprintf("%s %d", what, int(d.Left(start)/day)))
	}
	want := []string{"trust-list 30", "certificate-authority 3650", "key/credential/c06 1110", "certificate/credential/c06 1110", "key/disclosure 380",
		"key/status 1110", "certificate/status 1110"}
	if strings.Join(told, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
	if d := (keys.Deadline{What: "x", Until: start}); d.Left(start.Add(time.Hour)) != -time.Hour {
		t.Error(d.Left(start.Add(time.Hour)))
	}
	ring, local := publisher(t, t.TempDir(), here)
	refresh(t, local, start)
	if all := local.Deadlines(start); len(all) != 3 || all[1].What != "root" || !all[1].Until.Equal(start.Add(keys.RootLifetime)) {
		t.Errorf("%+v", all)
	}
	// A key that only an operator begins to use does not put off the end.
	e := created(t, ring, start)
	if _, err := ring.Publish(e, start); err != nil {
		t.Fatal(err)
	}
	refresh(t, local, start)
	if all := local.Deadlines(start); strings.Contains(all[2].What, e[:8]) {
		t.Errorf("%+v", all)
	}
}

// Whatever has ended or is missing is told, and what depends on it refuses.
func TestProblems(t *testing.T) {
	type fails struct{ disclosure, credential, status bool }
	all := fails{true, true, true}
	for _, c := range []struct {
		name   string
		make   func(t testing.TB) *pair
		at     time.Time
		want   []string // what and text, each contained
		refuse fails
	}{
		{"all is well", begun, start, nil, fails{}},
		{"no list", newPair, start, []string{"trust-list: there is no trust list", "key/credential/c06: no key may sign", "key/disclosure: no key may sign", "key/status: no key may sign"}, all},
		{"list has ended", begun, start.Add(keys.DefaultValid + time.Second), []string{"trust-list: trust list 1 ended at 2026-12-23T02:30:00Z"}, all},
		{"list ends this second", begun, start.Add(keys.DefaultValid), nil, fails{}},
		{"no key at all", func(t testing.TB) *pair {
			p := begun(t)
			for _, e := range p.ring.Entries() {
				if e.Purpose == verifier.PurposeDisclosure {
					if _, err := p.ring.Revoke(e.Key.Thumbprint, start, keys.ReasonLost, start); err != nil {
						t.Fatal(err)
					}
				}
			}
			return p
		}, start, []string{"key/disclosure: no key may sign for disclosure"}, fails{disclosure: true}},
		{"signs before it is listed", func(t testing.TB) *pair {
			p := begun(t)
			ensure(t, p.ring, keys.CredentialPurpose("csgt"), start, day)
			return p
		}, start, []string{"key/credential/csgt: the key that signs for credential/csgt is not in the trust list"}, fails{}},
	} {
		p := c.make(t)
		var told []string
		for _, problem := range p.publisher.Problems(c.at) {
			told = append(told, problem.What+": "+problem.Text)
		}
		if len(told) != len(c.want) {
			t.Errorf("%s: %q, want %q", c.name, told, c.want)
			continue
		}
		for i := range told {
			if !strings.HasPrefix(told[i], c.want[i]) {
				t.Errorf("%s: %q, want %q", c.name, told[i], c.want[i])
			}
		}
		_, _, disclosure := p.publisher.Disclosure(c.at)
		_, credential := p.publisher.Credential("c06", c.at)
		_, status := p.publisher.Status(c.at)
		for name, got := range map[string]struct {
			err    error
			refuse bool
		}{"disclosure": {disclosure, c.refuse.disclosure}, "credential": {credential, c.refuse.credential}, "status": {status, c.refuse.status}} {
			if errors.Is(got.err, keys.ErrNoKey) != got.refuse || (got.err != nil) != got.refuse {
				t.Errorf("%s: %s: %v", c.name, name, got.err)
			}
		}
	}
}

// Where the root is in the ring, its end and that of the authority are told too.
func TestProblemsOfTheRoot(t *testing.T) {
	ring, p := publisher(t, t.TempDir(), here)
	ensure(t, ring, keys.PurposeCertificate, start, 50*day)
	refresh(t, p, start)
	late := start.Add(50 * day)
	refresh(t, p, late)
	if all := p.Problems(late); len(all) != 2 || all[0].What != "certificate-authority" || all[0].Purpose != keys.PurposeCertificate || all[1].What != "key/status" {
		t.Errorf("%+v", all)
	}
	ended := start.Add(keys.RootLifetime)
	var whats []string
	for _, problem := range p.Problems(ended) {
		whats = append(whats, problem.What)
	}
	if got := strings.Join(whats, " "); got != "trust-list root certificate-authority key/disclosure key/status" {
		t.Error(got)
	}
}

// A successor that checkers cannot know before its predecessor ends leaves a gap,
// and the alarm is about the gap.
func TestDeadlineBeforeAGap(t *testing.T) {
	p := begun(t)
	signing, err := p.ring.Current(verifier.PurposeDisclosure, start)
	if err != nil {
		t.Fatal(err)
	}
	until := func(now time.Time) time.Time {
		for _, d := range p.publisher.Deadlines(now) {
			if strings.HasPrefix(d.What, "key/disclosure/") {
				return d.Until
			}
		}
		return time.Time{}
	}
	// Lists were carried all the time, but the server was down and asked for
	// nothing new.
	late := signing.NotAfter.Add(-10 * day)
	for now := start.Add(25 * day); now.Before(late); now = now.Add(25 * day) {
		p.install(p.sign(p.order(now)), now)
	}
	p.install(p.sign(p.order(late.Add(-time.Hour))), late.Add(-time.Hour))
	p.upkeep(late)
	p.install(p.sign(p.order(late)), late)
	p.upkeep(late)
	if got := until(late); !got.Equal(signing.NotAfter) {
		t.Errorf("signing goes on until %v, the alarm says %v", signing.NotAfter, got)
	}
	early := begun(t)
	signing, err = early.ring.Current(verifier.PurposeDisclosure, start)
	if err != nil {
		t.Fatal(err)
	}
	now := signing.NotAfter.Add(-80 * day)
	early.upkeep(now)
	early.install(early.sign(early.order(now)), now)
	early.upkeep(now)
	p = early
	if got := until(now); !got.After(signing.NotAfter.Add(100 * day)) {
		t.Errorf("with a successor in time the alarm says %v", got)
	}
}
