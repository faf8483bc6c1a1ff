package main

import (
	"testing"
	"time"

	"github.com/giayto/giayto/internal/keys"
)

// A server that is never restarted can sign and has a fresh list after years.
func TestRunsForYears(t *testing.T) {
	a, err := open(config{data: t.TempDir(), dev: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	root, err := a.publisher.Root()
	if err != nil {
		t.Fatal(err)
	}
	began, version := a.now(), int64(0)
	for day := 0; day < 4*365; day += 5 {
		now := began.AddDate(0, 0, day)
		a.now = func() time.Time { return now }
		if err := a.renew(); err != nil {
			t.Fatalf("day %d: %v", day, err)
		}
		if _, _, err := a.ring.Disclosure(now); err != nil {
			t.Fatalf("day %d: %v", day, err)
		}
		for _, agency := range a.catalog.Agencies() {
			if _, err := a.ring.Credential(agency.ID, now); err != nil {
				t.Fatalf("day %d: %v", day, err)
			}
		}
		_, list := a.publisher.TrustList()
		if list.Version <= version || now.Sub(list.IssuedAt) > keys.TrustListRenewal {
			t.Fatalf("day %d: version %d issued at %v", day, list.Version, list.IssuedAt)
		}
		version = list.Version
	}
	if still, err := a.publisher.Root(); err != nil || string(still) != string(root) {
		t.Errorf("the root has changed (%v)", err)
	}
}

// Forgetting --origin once must not rename the deployment in every credential
// and list from then on.
func TestOriginIsKept(t *testing.T) {
	dir := t.TempDir()
	for _, step := range []struct{ name, origin, address, want string }{
		{"a command on a new folder", "", "", defaultOrigin},
		{"a server on this machine", "", "http://127.0.0.1:9999", "http://127.0.0.1:9999"},
		{"a command", "", "", "http://127.0.0.1:9999"},
		{"another port", "", "http://127.0.0.1:8888", "http://127.0.0.1:8888"},
		{"a public origin", "https://giayto.example", "http://127.0.0.1:8888", "https://giayto.example"},
		{"a server without the option", "", "http://127.0.0.1:8888", "https://giayto.example"},
		{"a command without the option", "", "", "https://giayto.example"},
		{"moved", "https://vi.example", "http://127.0.0.1:8888", "https://vi.example"},
	} {
		a, err := open(config{data: dir, dev: true, origin: step.origin, address: step.address})
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if _, list := a.publisher.TrustList(); list.Issuer != step.want || a.publisher.Origin() != step.want {
			t.Errorf("%s: the list names %s, want %s", step.name, list.Issuer, step.want)
		}
		if err := a.close(); err != nil {
			t.Fatal(err)
		}
	}
}
