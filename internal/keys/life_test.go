package keys_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/verifier"
)

const day = 24 * time.Hour

// created makes a disclosure key that nobody knows.
func created(t *testing.T, ring *keys.Ring, now time.Time) string {
	t.Helper()
	e, err := ring.Create(verifier.PurposeDisclosure, now, keys.DisclosureLifetime)
	if err != nil {
		t.Fatal(err)
	}
	return e.Key.Thumbprint
}

// state reads a key again from its file.
func state(t *testing.T, dir, kid string) keys.Entry {
	t.Helper()
	for _, e := range open(t, filepath.Join(dir, "keys")).All() {
		if e.Key.Thumbprint == kid {
			return e
		}
	}
	t.Fatalf("%s is gone", kid)
	return keys.Entry{}
}

// A key from its making to its removal, as giayto keys does it, read from the
// disk after every step.
func TestLifeOfAKey(t *testing.T) {
	dir := t.TempDir()
	ring, p := publisher(t, dir, "https://giayto.example")
	first := refresh(t, p, start).Keys[0].Key().Thumbprint
	kid := created(t, ring, start)
	if e := state(t, dir, kid); e.State != keys.Created || !e.ListedAt.IsZero() || len(refresh(t, p, start).Keys) != 1 {
		t.Errorf("created: %v, and the list knows it", e.State)
	}
	if _, err := ring.Publish(kid, start); err != nil {
		t.Fatal(err)
	}
	if _, err := ring.Activate(kid, start, ""); !errors.Is(err, keys.ErrTooEarly) || !strings.Contains(err.Error(), "no trust list names") {
		t.Error("in no list yet:", err)
	}
	list := refresh(t, p, start.Add(time.Hour))
	e := state(t, dir, kid)
	known := start.Add(keys.TrustListLifetime + verifier.DefaultRules().Grace.Duration())
	if len(list.Keys) != 2 || e.State != keys.Published || !e.ListedAt.Equal(start.Add(time.Hour)) || !e.KnownAt.Equal(known) {
		t.Errorf("published: %v, listed %v, known from %v, want %v", e.State, e.ListedAt, e.KnownAt, known)
	}
	// While the oldest list that a checker may use does not name it, it does not sign.
	for _, c := range []struct {
		at   time.Time
		want error
	}{{start.Add(2 * time.Hour), keys.ErrTooEarly}, {known.Add(-time.Second), keys.ErrTooEarly}, {known, nil}} {
		if _, err := ring.Activate(kid, c.at, ""); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.at, err, c.want)
		}
	}
	if _, id, err := ring.Disclosure(known); err != nil || id != state(t, dir, kid).Key.ID {
		t.Error("the youngest does not sign:", err)
	}
	if _, err := ring.Retire(first, known); err != nil {
		t.Fatal(err)
	}
	retired := state(t, dir, first)
	if retired.State != keys.Retired || retired.Signer() != nil || retired.Place() != "erased" {
		t.Errorf("retired: %v at %s", retired.State, retired.Place())
	}
	// What it signed counts on for as long as a presentation may live.
	if list := refresh(t, p, known.Add(time.Hour)); len(list.Keys) != 2 {
		t.Errorf("%d keys while signatures of the retired one count", len(list.Keys))
	}
	past := known.Add(day + 10*time.Minute)
	if list := refresh(t, p, past); len(list.Keys) != 1 || retired.StateAt(past) != keys.Removed {
		t.Errorf("%d keys, %v, after the retired key's signatures have ended", len(list.Keys), retired.StateAt(past))
	}
}

// An emergency overrides the waiting, is kept with its reason, and nothing else is.
func TestEmergency(t *testing.T) {
	dir := t.TempDir()
	ring, p := publisher(t, dir, "https://giayto.example")
	refresh(t, p, start)
	kid := created(t, ring, start)
	if _, err := ring.Publish(kid, start); err != nil {
		t.Fatal(err)
	}
	if _, err := ring.Activate(kid, start, "the old key leaked"); !errors.Is(err, keys.ErrTooEarly) {
		t.Error("an emergency makes nobody know a key that is in no list:", err)
	}
	refresh(t, p, start)
	if _, err := ring.Activate(kid, start, strings.Repeat("x", 201)); err == nil || !strings.Contains(err.Error(), "at most 200 bytes") {
		t.Error(err)
	}
	if _, err := ring.Activate(kid, start, " the old key leaked "); err != nil {
		t.Fatal(err)
	}
	if e := state(t, dir, kid); e.Emergency() != "the old key leaked" || !e.History[len(e.History)-1].Emergency {
		t.Errorf("%+v", e.History)
	}
	// A reason given where there was no need is no emergency.
	late := created(t, ring, start)
	if _, err := ring.Publish(late, start); err != nil {
		t.Fatal(err)
	}
	refresh(t, p, start)
	if _, err := ring.Activate(late, start.Add(30*day), "just in case"); err != nil || state(t, dir, late).Emergency() != "" {
		t.Error(err, state(t, dir, late).Emergency())
	}
}

func TestRevoke(t *testing.T) {
	dir := t.TempDir()
	ring, p := publisher(t, dir, "https://giayto.example")
	leaked := refresh(t, p, start).Keys[0].Key().Thumbprint
	since := start.Add(-2*time.Hour + 300*time.Millisecond)
	if _, err := ring.Revoke(leaked, since, keys.ReasonCompromise, start); err != nil {
		t.Fatal(err)
	}
	e := state(t, dir, leaked)
	if e.State != keys.Revoked || !e.RevokedAt.Equal(start.Add(-2*time.Hour)) || e.Signer() != nil || e.Place() != "erased" {
		t.Errorf("%v from %v at %s", e.State, e.RevokedAt, e.Place())
	}
	k := refresh(t, p, start).Keys[0]
	if k.RevokedAt == nil || !k.RevokedAt.Equal(e.RevokedAt) || k.Revoked != keys.ReasonCompromise {
		t.Errorf("the list says %v %q", k.RevokedAt, k.Revoked)
	}
	if _, _, err := p.Disclosure(start); !errors.Is(err, keys.ErrNoKey) {
		t.Error("a revoked key signs:", err)
	}
	if jwks, err := p.JWKS(); err != nil || strings.Contains(string(jwks), leaked) {
		t.Error("the JWK set has a revoked key", err)
	}
	// It stays in the list until its window has ended, so that no older list and
	// no new one can bring it back.
	if list := refresh(t, p, e.NotAfter); len(list.Keys) != 1 {
		t.Errorf("%d keys", len(list.Keys))
	}
	if list := refresh(t, p, e.NotAfter.Add(10*time.Minute)); len(list.Keys) != 0 {
		t.Errorf("%d keys after the end of its window", len(list.Keys))
	}
}

// What the life of a key does not allow, each with its own words.
func TestLifeRefuses(t *testing.T) {
	dir := t.TempDir()
	ring, p := publisher(t, dir, "https://giayto.example")
	active := refresh(t, p, start).Keys[0].Key().Thumbprint
	fresh, other, done := created(t, ring, start), created(t, ring, start), created(t, ring, start)
	listed, err := ring.Create(verifier.PurposeDisclosure, start, 20*day)
	if err != nil {
		t.Fatal(err)
	}
	for _, kid := range []string{other, listed.Key.Thumbprint} {
		if _, err := ring.Publish(kid, start); err != nil {
			t.Fatal(err)
		}
	}
	refresh(t, p, start)
	if _, err := ring.Revoke(done, start, keys.ReasonSuperseded, start); err != nil {
		t.Fatal(err)
	}
	root := ""
	for _, e := range ring.All() {
		if e.Purpose == verifier.PurposeTrustList {
			root = e.Key.Thumbprint
		}
	}
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"publish twice", second(ring.Publish(other, start)), "is published and not created"},
		{"publish what signs", second(ring.Publish(active, start)), "is active and not created"},
		{"publish what is revoked", second(ring.Publish(done, start)), "is revoked and not created"},
		{"activate what is not published", second(ring.Activate(fresh, start, "")), "is created and not published"},
		{"activate twice", second(ring.Activate(active, start, "again")), "is active and not published"},
		{"activate outside of the window", second(ring.Activate(listed.Key.Thumbprint, start.Add(21*day), "")), "is outside of its window"},
		{"activate before it is known", second(ring.Activate(other, start, "")), "may be in use until"},
		{"retire the last one", second(ring.Retire(active, start)), "activate its successor first"},
		{"retire what never signed", second(ring.Retire(fresh, start)), "is created and not active"},
		{"revoke without a reason", second(ring.Revoke(active, start, "", start)), "a reason of revocation is one of"},
		{"revoke for no reason of ours", second(ring.Revoke(active, start, "whim", start)), "a reason of revocation is one of"},
		{"revoke from tomorrow on", second(ring.Revoke(active, start.Add(day), keys.ReasonCompromise, start)), "not from a later one"},
		{"revoke from no moment on", second(ring.Revoke(active, time.Time{}, keys.ReasonCompromise, start)), "not from a later one"},
		{"revoke twice", second(ring.Revoke(done, start, keys.ReasonCompromise, start)), "has been revoked already"},
		{"revoke the root", second(ring.Revoke(root, start, keys.ReasonCompromise, start)), "see giayto root"},
		{"retire the root", second(ring.Retire(root, start)), "see giayto root"},
		{"no such key", second(ring.Publish("nobody", start)), `there is no key "nobody"`},
		{"no kid", second(ring.Publish("", start)), `there is no key ""`},
		{"create a root", second(ring.Create(verifier.PurposeTrustList, start, day)), "made by the ceremony"},
		{"create a certificate authority", second(ring.Create(keys.PurposeCertificate, start, day)), "made by the ceremony"},
		{"create for no time", second(ring.Create(verifier.PurposeDisclosure, start, 0)), "needs a lifetime"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, c.err, c.want)
		}
	}
	if e, err := ring.Current(verifier.PurposeDisclosure, start); err != nil || e.Key.Thumbprint != active {
		t.Error("a refusal changed who signs:", err)
	}
}

// A kid may be given by its beginning, as long as it names one key.
func TestKidByItsBeginning(t *testing.T) {
	ring, _ := publisher(t, t.TempDir(), "https://giayto.example")
	kid := created(t, ring, start)
	if e, err := ring.Publish(kid[:10], start); err != nil || e.Key.Thumbprint != kid {
		t.Error(err)
	}
	first := map[byte]bool{}
	for len(first) < 65 { // 64 letters: some two kids begin alike sooner or later
		next := created(t, ring, start)[0]
		if first[next] {
			if _, err := ring.Publish(string(next), start); err == nil || !strings.Contains(err.Error(), "give more of the kid") {
				t.Error(err)
			}
			return
		}
		first[next] = true
	}
}

// Two processes share the folder: neither undoes what the other has done.
func TestTwoProcesses(t *testing.T) {
	dir := t.TempDir()
	server, p := publisher(t, dir, "https://giayto.example")
	refresh(t, p, start)
	command := open(t, filepath.Join(dir, "keys"))
	kid := created(t, command, start)
	if changed, err := server.Reload(); err != nil || !changed {
		t.Errorf("changed %v, %v", changed, err)
	}
	if changed, err := server.Reload(); err != nil || changed {
		t.Errorf("changed %v without a change, %v", changed, err)
	}
	if _, err := command.Publish(kid, start); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Revoke(kid, start, keys.ReasonSuperseded, start); err != nil { // without Reload
		t.Fatal(err)
	}
	e := state(t, dir, kid)
	if len(e.History) != 3 || e.History[1].State != keys.Published || e.State != keys.Revoked {
		t.Errorf("%+v", e.History)
	}
	// What the command revokes, the server no longer signs with after Reload.
	current, err := server.Current(verifier.PurposeDisclosure, start)
	if err == nil {
		_, err = command.Revoke(current.Key.Thumbprint, start, keys.ReasonCompromise, start)
	}
	if err == nil {
		_, err = server.Reload()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := server.Disclosure(start); !errors.Is(err, keys.ErrNoKey) {
		t.Error(err)
	}
}

// Successors take over by themselves, and the predecessor is retired.
func TestRenew(t *testing.T) {
	dir := t.TempDir()
	ring, p := publisher(t, dir, "https://giayto.example")
	agency := keys.CredentialPurpose("c06")
	for _, c := range []struct {
		purpose verifier.Purpose
		ahead   time.Duration
	}{{verifier.PurposeDisclosure, keys.RenewBefore}, {verifier.PurposeStatus, keys.RenewBefore}, {agency, keys.RenewBefore + keys.LongestCredential}} {
		lifetime := keys.LifetimeOf(c.purpose)
		renew := func(now time.Time) int {
			t.Helper()
			if err := ring.Renew(c.purpose, now, lifetime); err != nil {
				t.Fatal(err)
			}
			refresh(t, p, now)
			n := 0
			for _, e := range ring.Entries() {
				if e.Purpose == c.purpose && e.State != keys.Retired {
					n++
				}
			}
			return n
		}
		if n := renew(start); n != 1 {
			t.Fatalf("%s: %d keys", c.purpose, n)
		}
		first, err := ring.Current(c.purpose, start)
		if err != nil {
			t.Fatal(err)
		}
		due := first.NotAfter.Add(-c.ahead)
		if n := renew(due.Add(-time.Hour)); n != 1 {
			t.Errorf("%s: a successor before one is due", c.purpose)
		}
		if n := renew(due); n != 2 {
			t.Errorf("%s: no successor when one is due", c.purpose)
		}
		if now, err := ring.Current(c.purpose, due); err != nil || now.Key.Thumbprint != first.Key.Thumbprint {
			t.Errorf("%s: the successor signs at once (%v)", c.purpose, err)
		}
		later := due.Add(15 * day)
		if n := renew(later); n != 1 {
			t.Errorf("%s: %d keys sign or will", c.purpose, n)
		}
		if now, err := ring.Current(c.purpose, later); err != nil || now.Key.Thumbprint == first.Key.Thumbprint {
			t.Errorf("%s: the successor does not sign (%v)", c.purpose, err)
		}
		if old := state(t, dir, first.Key.Thumbprint); old.State != keys.Retired {
			t.Errorf("%s: the predecessor is %s", c.purpose, old.State)
		}
	}
	// No credential is cut short by the end of its key in ordinary running.
	for now := start; now.Before(start.Add(8 * 365 * day)); now = now.Add(7 * day) {
		if err := ring.Renew(agency, now, keys.LifetimeOf(agency)); err != nil {
			t.Fatal(err)
		}
		refresh(t, p, now)
		key, err := ring.Credential("c06", now)
		if err != nil || key.NotAfter.Before(now.Add(keys.LongestCredential)) {
			t.Fatalf("%v: the key ends %v (%v)", now, key.NotAfter, err)
		}
	}
}
