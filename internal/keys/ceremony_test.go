package keys_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/verifier"
)

const here = "https://giayto.example"

// purposes are what the server of these tests signs.
var purposes = []verifier.Purpose{verifier.PurposeDisclosure, verifier.PurposeStatus, keys.CredentialPurpose("c06")}

// pair is a server and the machine of its root.
type pair struct {
	t         testing.TB
	dir       string // of the server
	rootDir   string
	ring      *keys.Ring
	publisher *keys.Publisher
	root      *keys.Ceremony
}

func newPair(t testing.TB) *pair {
	t.Helper()
	p := &pair{t: t, dir: t.TempDir(), rootDir: filepath.Join(t.TempDir(), "root")}
	p.restart()
	p.root = newRoot(t, p.rootDir, start)
	p.upkeep(start)
	return p
}

func newRoot(t testing.TB, dir string, now time.Time) *keys.Ceremony {
	t.Helper()
	c, err := keys.NewCeremony(dir, keys.Options{Lock: lock()}, now)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// restart opens the server's folder again.
func (p *pair) restart() {
	p.t.Helper()
	p.ring = open(p.t, filepath.Join(p.dir, "keys"))
	var err error
	if p.publisher, err = keys.NewPublisher(p.ring, p.dir, here); err != nil {
		p.t.Fatal(err)
	}
}

// upkeep is what a server does every hour.
func (p *pair) upkeep(now time.Time) {
	p.t.Helper()
	if err := p.publisher.Refresh(now); err != nil {
		p.t.Fatal(err)
	}
	for _, purpose := range purposes {
		if err := p.ring.Renew(purpose, now, keys.LifetimeOf(purpose)); err != nil {
			p.t.Fatal(err)
		}
	}
}

func (p *pair) request(now time.Time) keys.Request {
	p.t.Helper()
	raw, err := p.publisher.Request(now)
	if err != nil {
		p.t.Fatal(err)
	}
	q, err := keys.ParseRequest(raw)
	if err != nil {
		p.t.Fatal(err)
	}
	return q
}

// order is the usual one: the next list after the server's own.
func (p *pair) order(now time.Time) keys.Order {
	p.t.Helper()
	o := keys.Order{Request: p.request(now), Valid: keys.DefaultValid, Now: now}
	if text, list := p.publisher.TrustList(); list != nil {
		var err error
		if o.Previous, err = p.root.Previous(text); err != nil {
			p.t.Fatal(err)
		}
	}
	return o
}

func (p *pair) sign(o keys.Order) []byte {
	p.t.Helper()
	draft, err := p.root.Draft(o)
	if err != nil {
		p.t.Fatal(err)
	}
	signed, err := p.root.Sign(draft, o)
	if err != nil {
		p.t.Fatal(err)
	}
	return signed
}

func (p *pair) install(signed []byte, now time.Time) *verifier.TrustList {
	p.t.Helper()
	list, err := p.publisher.Install(signed, p.root.Root(), now)
	if err != nil {
		p.t.Fatal(err)
	}
	return list
}

// begun is a pair with its first list, that signs.
func begun(t testing.TB) *pair {
	t.Helper()
	p := newPair(t)
	p.install(p.sign(p.order(start)), start)
	p.upkeep(start)
	return p
}

// A server without a root signs nothing until a list is installed, and from then
// on by itself what every checker knows, for years of lists carried to and fro.
func TestCeremony(t *testing.T) {
	p := newPair(t)
	if _, _, err := p.publisher.Disclosure(start); err == nil {
		t.Error("signs before there is a list")
	}
	list := p.install(p.sign(p.order(start)), start)
	if list.Version != 1 || list.Issuer != here || len(list.Keys) != 3 || len(list.Authorities) != 1 {
		t.Errorf("list %+v", list)
	}
	checker := []*verifier.Key{p.root.Root()}
	stamp := list.Stamp()
	signers := map[string]bool{}
	for now := start; now.Before(start.Add(3 * 365 * day)); now = now.Add(10 * day) {
		p.upkeep(now)
		for _, problem := range p.publisher.Problems(now) {
			t.Fatalf("%v: %+v", now, problem)
		}
		e, err := p.ring.Current(verifier.PurposeDisclosure, now)
		if err != nil {
			t.Fatal(now, err)
		}
		signers[e.Key.Thumbprint] = true
		if now.Sub(list.IssuedAt) < 20*day {
			continue
		}
		list = p.install(p.sign(p.order(now)), now)
		text, _ := p.publisher.TrustList()
		opened, err := verifier.OpenTrustList(text, checker...)
		if err != nil || opened.Supersedes(stamp) != nil {
			t.Fatal(now, err)
		}
		stamp = opened.Stamp()
		p.restart()
	}
	if len(signers) < 3 {
		t.Errorf("%d disclosure keys in three years", len(signers))
	}
	if _, err := p.publisher.Root(); err != nil {
		t.Error(err)
	}
	if text := p.publisher.CertificateAuthorities(); !strings.HasPrefix(string(text), "-----BEGIN CERTIFICATE-----") {
		t.Errorf("%s", text)
	}
}

// The root signs nothing that a person could not want, each with its own words.
func TestDraftRefuses(t *testing.T) {
	p := begun(t)
	leaked := p.request(start).Keys[0]
	revoked, err := p.ring.Revoke(keyOf(t, leaked.JWK), start, keys.ReasonCompromise, start)
	if err != nil {
		t.Fatal(err)
	}
	p.install(p.sign(p.order(start.Add(time.Hour))), start.Add(time.Hour))
	now := start.Add(2 * time.Hour)
	other := newRoot(t, filepath.Join(t.TempDir(), "other"), start)
	find := func(q *keys.Request) *keys.RequestedKey {
		for i := range q.Keys {
			if keyOf(t, q.Keys[i].JWK) == revoked.Key.Thumbprint {
				return &q.Keys[i]
			}
		}
		t.Fatal("the request lacks the revoked key")
		return nil
	}
	for _, c := range []struct {
		name   string
		change func(*keys.Order)
		want   string
	}{
		{"too short", func(o *keys.Order) { o.Valid = time.Minute }, "a list is good for"},
		{"too long", func(o *keys.Order) { o.Valid = 400 * day }, "a list is good for"},
		{"root past its end", func(o *keys.Order) { o.Now = start.Add(keys.RootLifetime) }, "the root has ended"},
		{"without the list that the server has", func(o *keys.Order) { o.Previous = nil }, "the server has list 2 already"},
		{"after an older list", func(o *keys.Order) { o.Request.After = 9 }, "newer than the previous list"},
		{"for another deployment", func(o *keys.Order) { o.Request.Origin = "https://other.example" }, "the previous list of"},
		{"clock behind", func(o *keys.Order) { o.Now = start }, "set the clock of this machine"},
		{"a key changes its purpose", func(o *keys.Order) { o.Request.Keys[1].Purpose = "credential/evil" }, "changes its purpose"},
		{"a revoked key vanishes", func(o *keys.Order) {
			k := find(&o.Request)
			*k = o.Request.Keys[len(o.Request.Keys)-1]
			o.Request.Keys = o.Request.Keys[:len(o.Request.Keys)-1]
		}, "must stay in the list"},
		{"a revocation is taken back", func(o *keys.Order) { k := find(&o.Request); k.RevokedAt, k.Revoked = nil, "" }, "cannot be taken back"},
		{"a revocation moves on", func(o *keys.Order) { k := find(&o.Request); at := k.RevokedAt.Add(time.Hour); k.RevokedAt = &at }, "cannot be taken back"},
		{"the root follows itself", func(o *keys.Order) { o.Next = p.root }, "does not follow itself"},
	} {
		o := p.order(now)
		// A list may stand first that is not about the revoked key: sorted by purpose.
		c.change(&o)
		if _, err := p.root.Draft(o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	o := p.order(now)
	if _, err := other.Draft(o); err == nil || !strings.Contains(err.Error(), "does not name this root as the next one") {
		t.Error("another root goes on where this one was:", err)
	}
	text, _ := p.publisher.TrustList()
	if _, err := other.Previous(text); err == nil {
		t.Error("another root takes our list for its own")
	}
	o.After = 7 // lists may have been lost: the version goes on from there
	if draft, err := p.root.Draft(o); err != nil || draft.Version != 8 {
		t.Errorf("version %d, %v", draft.Version, err)
	}
}

func keyOf(t *testing.T, jwk json.RawMessage) string {
	t.Helper()
	k, err := verifier.ParseKey(jwk)
	if err != nil {
		t.Fatal(err)
	}
	return k.Thumbprint
}

// What the person at the root is shown.
func TestChanges(t *testing.T) {
	p := begun(t)
	o := p.order(start.Add(time.Hour))
	show := func() string {
		t.Helper()
		draft, err := p.root.Draft(o)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := keys.Changes(o.Previous, draft)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(lines, "\n")
	}
	if got := show(); !strings.HasPrefix(got, "list 2 of "+here) || !strings.HasSuffix(got, "= 3 keys as before") || strings.Count(got, "\n") != 1 {
		t.Errorf("nothing changes:\n%s", got)
	}
	at := start
	o.Request.Keys[0].RevokedAt, o.Request.Keys[0].Revoked = &at, keys.ReasonCompromise
	o.Request.Keys[1].NotAfter = o.Request.Keys[1].NotAfter.Add(time.Hour)
	gone := keyOf(t, o.Request.Keys[2].JWK)
	e, err := p.ring.Create(verifier.PurposeDisclosure, start, day)
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := json.Marshal(e.Key)
	if err != nil {
		t.Fatal(err)
	}
	o.Request.Keys[2] = keys.RequestedKey{TrustedKey: verifier.TrustedKey{Purpose: verifier.PurposeDisclosure, Algorithm: "ES256",
		NotBefore: e.NotBefore, NotAfter: e.NotAfter, JWK: jwk}, State: keys.Published}
	o.Next = newRoot(t, filepath.Join(t.TempDir(), "next"), start)
	got := show()
	for _, want := range []string{"! revoked from 2026-11-23T02:30:00Z (key_compromise): credential/c06 ", "! changed: disclosure ",
		"+ new: disclosure " + e.Key.Thumbprint, "- gone: status " + gone, "! the next root is " + o.Next.Root().Thumbprint, "= 0 keys as before"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// Folders that are no root, or not yet.
func TestCeremonyRefuses(t *testing.T) {
	p := newPair(t)
	onlyRoot := filepath.Join(t.TempDir(), "half")
	ensure(t, open(t, onlyRoot), verifier.PurposeTrustList, start, keys.RootLifetime)
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"no folder", second(keys.OpenCeremony(filepath.Join(t.TempDir(), "none"), keys.Options{Lock: lock()})), "no such file"},
		{"folder of a server", second(keys.OpenCeremony(filepath.Join(p.dir, "keys"), keys.Options{Lock: lock()})), "holds no root"},
		{"without certificate authority", second(keys.OpenCeremony(onlyRoot, keys.Options{Lock: lock()})), "holds no certificate authority"},
		{"without a lock", second(keys.OpenCeremony(p.rootDir, keys.Options{})), "neither key file nor passphrase"},
		{"a second root", second(keys.NewCeremony(p.rootDir, keys.Options{Lock: lock()}, start)), "a root is made once"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, c.err, c.want)
		}
	}
	for _, name := range []string{keys.RootFile, keys.AuthorityFile} {
		if raw, err := os.ReadFile(filepath.Join(p.rootDir, name)); err != nil || len(raw) == 0 {
			t.Error(name, err)
		}
	}
}

// Trust passes to a new root through the server's files, and an interrupted
// change of them does no harm.
func TestSucceed(t *testing.T) {
	p := begun(t)
	old := p.root
	next := newRoot(t, filepath.Join(t.TempDir(), "next"), start)
	now := start.Add(day)
	o := p.order(now)
	o.Next = next
	list := p.install(p.sign(o), now)
	if list.NextRoot == nil || list.NextRoot.Key().Thumbprint != next.Root().Thumbprint || len(list.Authorities) != 2 {
		t.Fatalf("%+v", list.NextRoot)
	}
	// A further list of the old root goes on naming the new one, asked or not.
	now = now.Add(day)
	if list = p.install(p.sign(p.order(now)), now); list.NextRoot == nil {
		t.Error("the next list has forgotten the next root")
	}
	p.restart()
	now = now.Add(day)
	p.root = next
	list = p.install(p.sign(p.order(now)), now)
	if list.Roots()[0].Thumbprint != next.Root().Thumbprint || list.NextRoot != nil || list.Version != 4 || len(list.Authorities) != 2 {
		t.Errorf("version %d, %d authorities", list.Version, len(list.Authorities))
	}
	root, err := p.publisher.Root()
	if err != nil || keyOf(t, root) != next.Root().Thumbprint {
		t.Error("checkers are still told to pin the old root", err)
	}
	if _, err := os.Stat(filepath.Join(p.dir, keys.NextRootFile)); err == nil {
		t.Error("the next root is still announced")
	}
	p.restart()
	// The old root has nothing to say any more.
	draft := *list
	draft.Version, draft.NextRoot = 9, nil
	order := keys.Order{Request: p.request(now), Valid: keys.DefaultValid, Now: now}
	signed, err := old.Sign(draft, order)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.publisher.Install(signed, nil, now); err == nil || !strings.Contains(err.Error(), "not signed by the pinned root") {
		t.Error("a list of the old root after the new one:", err)
	}
}
