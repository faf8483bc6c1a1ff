package keys_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/verifier"
)

// contents reads every file of a folder, to show that a refusal changes nothing.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	inside, err2 := filepath.Glob(filepath.Join(dir, "keys", "*.json"))
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, inside...) {
		if raw, err := os.ReadFile(name); err == nil {
			all[name] = string(raw)
		}
	}
	return all
}

// repack changes a package after it was signed.
func repack(t *testing.T, signed []byte, change func(*keys.Package)) []byte {
	t.Helper()
	var p keys.Package
	if err := json.Unmarshal(signed, &p); err != nil {
		t.Fatal(err)
	}
	change(&p)
	raw, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// A package that is not right in every part changes nothing, each with its own
// words.
func TestInstallRefuses(t *testing.T) {
	p := begun(t)
	now := start.Add(time.Hour)
	other := newRoot(t, filepath.Join(t.TempDir(), "other"), start)
	good := p.sign(p.order(now))
	with := func(change func(*keys.Order)) []byte {
		o := p.order(now)
		change(&o)
		return p.sign(o)
	}
	foreign, err := keys.NewLock()
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := keys.Open(filepath.Join(t.TempDir(), "keys"), keys.Options{Lock: foreign})
	if err != nil {
		t.Fatal(err)
	}
	unknown := ensure(t, stranger, verifier.PurposeDisclosure, start, day)
	jwk, err := json.Marshal(unknown.Key)
	if err != nil {
		t.Fatal(err)
	}
	agency := p.request(now).Keys[0]
	kid := keyOf(t, agency.JWK)
	leafOf := func(signed []byte, of string) [][]byte {
		var q keys.Package
		if err := json.Unmarshal(signed, &q); err != nil {
			t.Fatal(err)
		}
		return q.Certificates[of]
	}
	byOther := keys.Order{Request: p.request(now), After: 5, Valid: keys.DefaultValid, Now: now}
	draft, err := other.Draft(byOther)
	if err != nil {
		t.Fatal(err)
	}
	othersList, err := other.Sign(draft, byOther)
	if err != nil {
		t.Fatal(err)
	}
	before := contents(t, p.dir)
	for _, c := range []struct {
		name string
		raw  []byte
		at   time.Time
		want string
	}{
		{"empty", nil, now, "not JSON of its form, or not whole"},
		{"half-written", good[:len(good)/2], now, "not JSON of its form, or not whole"},
		{"something behind it", append(append([]byte{}, good...), "{}"...), now, "something follows it"},
		{"a member too many", append([]byte(`{"extra":1,`), good[1:]...), now, "not JSON of its form"},
		{"too large", bytes.Repeat([]byte(" "), keys.MaxRequest+1), now, "too large"},
		{"list cut short", repack(t, good, func(p *keys.Package) { p.TrustList = p.TrustList[:len(p.TrustList)-9] }), now, "not signed by the pinned root"},
		{"no list", repack(t, good, func(p *keys.Package) { p.TrustList = "" }), now, "not signed by the pinned root"},
		{"another root", othersList, now, "not signed by the pinned root"},
		{"another deployment", with(func(o *keys.Order) {
			o.Previous, o.After, o.Request.Origin = nil, 5, "https://other.example"
			for i := range o.Request.Keys {
				o.Request.Keys[i].CertificateRequest = nil
			}
		}), now, "this server is " + here},
		{"version that the server has", with(func(o *keys.Order) { o.Previous, o.Request.After = nil, 0 }), now, "trust_list_rollback"},
		{"from the future", good, now.Add(-time.Hour), "from the future"},
		{"ended", good, now.Add(keys.DefaultValid), "the list has ended"},
		{"a key of nobody here", with(func(o *keys.Order) {
			o.Request.Keys = append(o.Request.Keys, keys.RequestedKey{TrustedKey: verifier.TrustedKey{Purpose: verifier.PurposeDisclosure,
				Algorithm: "ES256", NotBefore: start, NotAfter: start.Add(day), JWK: jwk}})
		}), now, "which this server does not have"},
		{"a key of ours is missing", with(func(o *keys.Order) { o.Request.Keys = o.Request.Keys[1:] }), now, "the list lacks the active key " + kid},
		{"another window", with(func(o *keys.Order) { o.Request.Keys[0].NotAfter = o.Request.Keys[0].NotAfter.Add(time.Hour) }), now, "another purpose or window"},
		{"revoked there and not here", with(func(o *keys.Order) {
			o.Request.Keys[0].RevokedAt, o.Request.Keys[0].Revoked = &start, keys.ReasonCompromise
		}), now, "the list revokes " + kid},
		{"certificate of another key", repack(t, good, func(p *keys.Package) {
			for of, chain := range p.Certificates {
				if of != kid {
					p.Certificates[kid] = chain
				}
			}
		}), now, "of another key"},
		{"certificate of another root", repack(t, good, func(p *keys.Package) { p.Certificates[kid] = leafOf(othersList, kid) }), now,
			"not signed by the deployment's certificate authority"},
		{"no certificate", repack(t, good, func(p *keys.Package) { p.Certificates[kid] = [][]byte{[]byte("leaf")} }), now, "not a certificate"},
		{"a chain of two", repack(t, good, func(p *keys.Package) { p.Certificates[kid] = append(p.Certificates[kid], p.Certificates[kid][0]) }), now,
			"not the chain of a signer"},
		{"certificate for a key of nobody", repack(t, good, func(p *keys.Package) { p.Certificates["nobody"] = p.Certificates[kid] }), now,
			"a certificate of a key that this server does not have"},
	} {
		list, err := p.publisher.Install(c.raw, nil, c.at)
		if list != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if after := contents(t, p.dir); len(after) != len(before) || !equal(before, after) {
			t.Fatalf("%s: the refused package changed files", c.name)
		}
	}
	if list := p.install(good, now); list.Version != 2 {
		t.Errorf("version %d", list.Version)
	}
	if list := p.install(good, now); list.Version != 2 { // the same again is no rollback
		t.Errorf("version %d", list.Version)
	}
}

func equal(a, b map[string]string) bool {
	for name := range a {
		if a[name] != b[name] {
			return false
		}
	}
	return true
}

// What has happened on the server since the request is not undone by the list.
func TestInstallAfterChanges(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(t *testing.T, p *pair, kid string)
		want   string
	}{
		{"revoked since", func(t *testing.T, p *pair, kid string) {
			if _, err := p.ring.Revoke(kid, start, keys.ReasonCompromise, start); err != nil {
				t.Fatal(err)
			}
		}, "has been revoked since the request"},
		{"created and never published", func(t *testing.T, p *pair, _ string) { created(t, p.ring, start) }, ""},
		{"published since", func(t *testing.T, p *pair, _ string) {
			if _, err := p.ring.Publish(created(t, p.ring, start), start); err != nil {
				t.Fatal(err)
			}
		}, ""},
	} {
		p := begun(t)
		now := start.Add(time.Hour)
		signed := p.sign(p.order(now))
		c.change(t, p, keyOf(t, p.request(now).Keys[0].JWK))
		_, err := p.publisher.Install(signed, nil, now)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// The first list needs a root that somebody names; afterwards it is pinned.
func TestInstallPins(t *testing.T) {
	p := newPair(t)
	signed := p.sign(p.order(start))
	other := newRoot(t, filepath.Join(t.TempDir(), "other"), start)
	if _, err := p.publisher.Install(signed, nil, start); err == nil || !strings.Contains(err.Error(), "knows no root yet") {
		t.Error(err)
	}
	if _, err := p.publisher.Install(signed, other.Root(), start); err == nil || !strings.Contains(err.Error(), "not signed by the pinned root") {
		t.Error(err)
	}
	jwk, err := keys.EncodeKey(other.Root())
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(p.dir, keys.RootFile), jwk)
	if _, err := p.publisher.Install(signed, p.root.Root(), start); err == nil || !strings.Contains(err.Error(), "has pinned the root "+other.Root().Thumbprint) {
		t.Error(err)
	}
	write(t, filepath.Join(p.dir, keys.RootFile), []byte("{"))
	if _, err := p.publisher.Install(signed, p.root.Root(), start); err == nil || !strings.Contains(err.Error(), keys.RootFile) {
		t.Error("a damaged root key is not named:", err)
	}
	if err := os.Remove(filepath.Join(p.dir, keys.RootFile)); err != nil {
		t.Fatal(err)
	}
	p.install(signed, start)
	_, local := publisher(t, t.TempDir(), here)
	if _, err := local.Install(signed, nil, start); err == nil || !strings.Contains(err.Error(), "signs its lists itself") {
		t.Error(err)
	}
}

// A half-written or foreign file is named, and the server does not start.
func TestDamagedFilesAreNamed(t *testing.T) {
	for _, c := range []struct {
		file  string
		spoil func([]byte) []byte
	}{
		{keys.TrustListFile, func(b []byte) []byte { return b[:len(b)/2] }},
		{keys.TrustListFile, func([]byte) []byte { return nil }},
		{keys.RootFile, func(b []byte) []byte { return b[:len(b)/2] }},
		{"trust-list.until", func([]byte) []byte { return []byte("soon") }},
	} {
		p := begun(t)
		path := filepath.Join(p.dir, c.file)
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, c.spoil(raw))
		ring := open(t, filepath.Join(p.dir, "keys"))
		if _, err := keys.NewPublisher(ring, p.dir, here); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", c.file, err)
		}
		// A server that runs keeps what it has.
		if err := p.publisher.Refresh(start); c.file == keys.TrustListFile && (err == nil || !strings.Contains(err.Error(), path)) {
			t.Errorf("%s while running: %v", c.file, err)
		}
		if _, list := p.publisher.TrustList(); list == nil || list.Version != 1 {
			t.Errorf("%s: the list in memory is gone", c.file)
		}
	}
}

// What a request must be, so that the root looks at it.
func TestParseRequestRefuses(t *testing.T) {
	p := newPair(t)
	raw, err := p.publisher.Request(start)
	if err != nil {
		t.Fatal(err)
	}
	good := p.request(start)
	encode := func(change func(*keys.Request)) []byte {
		t.Helper()
		q := good
		q.Keys = append([]keys.RequestedKey(nil), good.Keys...)
		change(&q)
		out, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, c := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"half", raw[:len(raw)/2], "not JSON of its form, or not whole"},
		{"something behind", append(append([]byte{}, raw...), '1'), "something follows it"},
		{"another form", encode(func(q *keys.Request) { q.Form = 2 }), "a request of form 2, want 1"},
		{"no deployment", encode(func(q *keys.Request) { q.Origin = "" }), "names no deployment"},
		{"no moment", encode(func(q *keys.Request) { q.MadeAt = time.Time{} }), "no moment or no version"},
		{"version below none", encode(func(q *keys.Request) { q.After = -1 }), "no moment or no version"},
		{"the root's purpose", encode(func(q *keys.Request) { q.Keys[0].Purpose = verifier.PurposeTrustList }), "not for a request"},
		{"the authority's purpose", encode(func(q *keys.Request) { q.Keys[0].Purpose = keys.PurposeCertificate }), "not for a request"},
		{"no key", encode(func(q *keys.Request) { q.Keys[0].JWK = []byte(`{}`) }), "key 0 of the request"},
		{"certificate for presentations", encode(func(q *keys.Request) { q.Keys[0].Purpose = verifier.PurposeDisclosure }), "has no certificate"},
		{"damaged certificate request", encode(func(q *keys.Request) { q.Keys[0].CertificateRequest = []byte{1} }), "cannot be read"},
		{"certificate request of another key", encode(func(q *keys.Request) { q.Keys[0].CertificateRequest = q.Keys[2].CertificateRequest }), "about another key"},
		{"certificate request forged", encode(func(q *keys.Request) {
			csr := append([]byte(nil), q.Keys[0].CertificateRequest...)
			csr[len(csr)-1] ^= 1
			q.Keys[0].CertificateRequest = csr
		}), "not signed by its key"},
		{"certificate for another subject", encode(func(q *keys.Request) { q.Keys[0].Purpose = "credential/csgt" }), "about another subject"},
	} {
		if _, err := keys.ParseRequest(c.raw); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	bare, err := keys.NewPublisher(open(t, filepath.Join(t.TempDir(), "keys")), t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bare.Request(start); err == nil || !strings.Contains(err.Error(), "needs the public origin") {
		t.Error(err)
	}
	public, err := keys.Open(filepath.Join(p.dir, "keys"), keys.Options{})
	if err != nil {
		t.Fatal(err)
	}
	locked, err := keys.NewPublisher(public, p.dir, here)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := locked.Request(start); !errors.Is(err, keys.ErrLocked) {
		t.Error("proves possession of a key that it cannot use:", err)
	}
}

// A package without the chains of keys that have none yet is of no use to
// anybody who checks chains.
func TestPackageWithoutCertificates(t *testing.T) {
	p := newPair(t)
	signed := repack(t, p.sign(p.order(start)), func(q *keys.Package) { q.Certificates = nil })
	if _, err := p.publisher.Install(signed, p.root.Root(), start); err == nil || !strings.Contains(err.Error(), "lacks the certificate") {
		t.Errorf("installed without certificates: %v", err)
	}
	if _, list := p.publisher.TrustList(); list != nil {
		t.Error("the list was taken all the same")
	}
}
