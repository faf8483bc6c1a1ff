package keys

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"time"

	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/verifier"
)

// Deadline is something that ends, and with it what depends on it.
type Deadline struct {
	// What is a path: "trust-list", "root", "certificate-authority", or for a key
	// "key/disclosure/pXbmp1Wo" or "certificate/status/pXbmp1Wo", which end in the
	// beginning of its kid.
	What  string
	Until time.Time
}

// Left is how long it is until the end; negative when it has passed.
func (d Deadline) Left(now time.Time) time.Duration { return d.Until.Sub(now) }

// Problem is something that has ended or is missing, so that something cannot be
// signed.
type Problem struct {
	What string // as in Deadline, of keys without the kid
	// Purpose is what cannot be signed because of it; "" = nothing at all.
	Purpose verifier.Purpose
	Text    string // for the operator
}

// Deadlines tells until when the list, the keys that sign, and their
// certificates are good: of each purpose the last key up to which signing goes
// on by itself without a gap. The order is stable.
func (p *Publisher) Deadlines(now time.Time) []Deadline {
	var all []Deadline
	if _, list := p.TrustList(); list != nil {
		all = append(all, Deadline{"trust-list", list.NextUpdate})
	}
	if root, err := p.ring.newest(verifier.PurposeTrustList); err == nil {
		all = append(all, Deadline{"root", root.NotAfter})
	}
	if until := p.authorityEnd(); !until.IsZero() {
		all = append(all, Deadline{"certificate-authority", until})
	}
	told := map[verifier.Purpose]bool{}
	for _, signer := range p.ring.Entries() {
		purpose := signer.Purpose
		if told[purpose] {
			continue
		}
		told[purpose] = true
		e, err := p.ring.Current(purpose, now)
		if err != nil {
			continue // one of Problems
		}
		e = p.ring.unbroken(e)
		name := string(purpose) + "/" + e.Key.Thumbprint[:8]
		all = append(all, Deadline{"key/" + name, e.NotAfter})
		if !e.leafEnd.IsZero() {
			all = append(all, Deadline{"certificate/" + name, e.leafEnd})
		}
	}
	return all
}

// unbroken follows the successors of a signing key that begin by themselves no
// later than their predecessor ends, and returns the last one. A successor that
// checkers cannot know by then leaves a gap, however long it lives.
func (r *Ring) unbroken(e Entry) Entry {
	for {
		next, ok := r.pick(func(a, b Entry) bool { return a.NotAfter.After(b.NotAfter) }, func(o Entry) bool {
			begins := later(o.KnownAt, o.NotBefore)
			waiting := o.State == Published && o.Automatic && !o.ListedAt.IsZero() && !begins.After(e.NotAfter)
			return o.Purpose == e.Purpose && (waiting || o.State == Active) && o.NotAfter.After(e.NotAfter)
		})
		if !ok {
			return e
		}
		e = next
	}
}

// authorityEnd is when the last certificate authority of the list ends.
func (p *Publisher) authorityEnd() (end time.Time) {
	if _, list := p.TrustList(); list != nil {
		for _, der := range list.Authorities {
			if ca, err := x509.ParseCertificate(der); err == nil {
				end = later(end, ca.NotAfter)
			}
		}
	}
	return end
}

// Problems tells what is expired or missing at the moment, of the list and of
// the purposes that the deployment signs for: disclosure, status, and those of
// which there has been a key.
func (p *Publisher) Problems(now time.Time) []Problem {
	var all []Problem
	_, list := p.TrustList()
	switch {
	case list == nil:
		all = append(all, Problem{What: "trust-list", Text: "there is no trust list: nobody can check what would be signed"})
	case now.After(list.NextUpdate):
		all = append(all, Problem{What: "trust-list", Text: fmt.Sprintf("trust list %d ended at %s", list.Version, list.NextUpdate.UTC().Format(time.RFC3339))})
	}
	if root, err := p.ring.newest(verifier.PurposeTrustList); err == nil && !now.Before(root.NotAfter) {
		all = append(all, Problem{What: "root", Purpose: verifier.PurposeTrustList, Text: "the root key has ended: no further trust list can be signed"})
	}
	if end := p.authorityEnd(); !end.IsZero() && !now.Before(end) {
		all = append(all, Problem{What: "certificate-authority", Purpose: PurposeCertificate,
			Text: "the certificate authority has ended: certificates no longer count"})
	}
	seen := map[verifier.Purpose]bool{}
	for _, e := range p.ring.Entries() {
		if !seen[e.Purpose] {
			seen[e.Purpose] = true
			all = append(all, p.problemsOf(e.Purpose, list, now)...)
		}
	}
	for _, always := range []verifier.Purpose{verifier.PurposeDisclosure, verifier.PurposeStatus} {
		if !seen[always] {
			all = append(all, p.problemsOf(always, list, now)...)
		}
	}
	return all
}

// problemsOf are those of one purpose.
func (p *Publisher) problemsOf(purpose verifier.Purpose, list *verifier.TrustList, now time.Time) []Problem {
	problem := func(what, format string, args ...any) []Problem {
		return []Problem{{What: what + string(purpose), Purpose: purpose, Text: fmt.Sprintf(format, args...)}}
	}
	e, err := p.ring.Current(purpose, now)
	if err != nil {
		return problem("key/", "no key may sign for %s", purpose)
	}
	if list != nil && !names(list, e.Key) {
		return problem("key/", "the key that signs for %s is not in the trust list", purpose)
	}
	if certified(purpose) && len(e.Certificates) == 0 {
		return problem("certificate/", "the key for %s has no certificate", purpose)
	}
	if !e.leafEnd.IsZero() && !now.Before(e.leafEnd) {
		return problem("certificate/", "the certificate of the key for %s ended at %s", purpose, e.leafEnd.UTC().Format(time.RFC3339))
	}
	return nil
}

// names reports whether the list names the key as one that is not revoked.
func names(list *verifier.TrustList, key *verifier.Key) bool {
	for i := range list.Keys {
		if k := &list.Keys[i]; k.Key().Thumbprint == key.Thumbprint {
			return k.RevokedAt == nil
		}
	}
	return false
}

// The publisher hands out keys like its ring, unless what would be signed could
// not be checked: then it is ErrNoKey.

// Disclosure hands out the key that signs presentations at the moment. It
// implements disclosure.Keys.
func (p *Publisher) Disclosure(now time.Time) (crypto.Signer, verifier.KeyID, error) {
	if err := p.checkable(verifier.PurposeDisclosure, now); err != nil {
		return nil, verifier.KeyID{}, err
	}
	return p.ring.Disclosure(now)
}

// Credential hands out the key that signs the agency's credentials at the
// moment, if status lists can be signed too: a credential names its place in
// one. It implements issuer.Keys.
func (p *Publisher) Credential(agency string, now time.Time) (issuer.SigningKey, error) {
	if err := p.checkable(verifier.PurposeStatus, now); err != nil {
		return issuer.SigningKey{}, err
	}
	if err := p.checkable(CredentialPurpose(agency), now); err != nil {
		return issuer.SigningKey{}, err
	}
	return p.ring.Credential(agency, now)
}

// Revoked reports whether the agency's key of that kid has been revoked.
func (p *Publisher) Revoked(agency, kid string) bool { return p.ring.Revoked(agency, kid) }

// Status hands out the key that signs status lists at the moment.
func (p *Publisher) Status(now time.Time) (issuer.SigningKey, error) {
	if err := p.checkable(verifier.PurposeStatus, now); err != nil {
		return issuer.SigningKey{}, err
	}
	return p.ring.Status(now)
}

// checkable reports why nobody could check what a key of the purpose signs.
func (p *Publisher) checkable(purpose verifier.Purpose, now time.Time) error {
	_, list := p.TrustList()
	if list == nil || now.After(list.NextUpdate) {
		return fmt.Errorf("%w: the trust list is missing or has ended", ErrNoKey)
	}
	if problems := p.problemsOf(purpose, list, now); len(problems) > 0 {
		return fmt.Errorf("%w: %s", ErrNoKey, problems[0].Text)
	}
	return nil
}
