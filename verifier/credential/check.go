package credential

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure/sdjwt"
	"github.com/giayto/giayto/verifier"
)

// MaxText is the longest credential in bytes that is looked at.
const MaxText = sdjwt.MaxTextBytes

// Check is what one check expects. The zero value demands a known status and no
// proof of the holder: whoever has a copy of the credential can show it.
type Check struct {
	// Catalog tells what documents and claims mean; nil = the embedded one.
	Catalog *catalog.Catalog
	// Now is the moment of the check; zero = the clock of this machine.
	Now time.Time
	// RequireKeyBinding demands that the holder has signed this showing with the
	// key in the credential (RFC 9901 section 4.3), for Audience and Nonce.
	// Setting either of these demands it as well.
	RequireKeyBinding bool
	// Audience is who checks, compared exactly with aud. Nonce is the value this
	// checker chose for this showing. A proof needs both.
	Audience, Nonce string
	// ProofMaxAge limits the age of the holder's proof; 0 = five minutes.
	ProofMaxAge time.Duration
	// Policy names the claims that must be there, and the greatest age of the
	// trust list.
	Policy verifier.Policy
	Status StatusPolicy
}

// StatusPolicy is what the checker makes of a status that is old or missing. The
// zero value refuses both with ReasonStatusUnknown, and takes the data for as
// long as its signer vouches for it. No policy makes a status good that is known
// to be bad.
type StatusPolicy struct {
	// MaxAge is the greatest age of the data behind a good answer; 0 = until
	// the snapshot or the list ends.
	MaxAge time.Duration
	// ShortLived accepts a credential that carries no status at all if it lives
	// no longer than this, from iat to exp; 0 = never. A day is what the rules
	// of European wallets allow.
	ShortLived time.Duration
	// UnsafeAcceptUnknown accepts a credential whose status is not known,
	// because there is no snapshot, or it is too old, or knows no such list. A
	// revoked credential then passes.
	UnsafeAcceptUnknown bool
}

// Result is what an accepted credential establishes.
type Result struct {
	// Result holds the one document with its claims, in the order of the
	// catalogue, and the ages of the data behind the answer. IssuedAt and
	// ExpiresAt are those of the credential. Audience is set when the holder's
	// proof was checked. Status is nil when the credential carries none or
	// nobody could tell, which only a policy lets pass.
	verifier.Result
	// Agency is the catalogue id of the agency whose key signed.
	Agency string
	// Type is vct.
	Type string
	// HolderProved: the holder has signed this showing. Otherwise it may be a copy.
	HolderProved bool
}

// Looks reports whether a text has the form of an SD-JWT and is no QR's text.
func Looks(text string) bool {
	jwt, _, tilde := strings.Cut(text, "~")
	// A JOSE header is a JSON object, so it begins with { in base64url.
	return tilde && strings.HasPrefix(jwt, "e") && strings.Count(jwt, ".") == 2 && !strings.ContainsAny(jwt, ": ")
}

// Verify answers what the text of an SD-JWT VC establishes by the trust list and
// the status, nil if there is none. On anything but success the result is nil
// and the error is a *verifier.Refusal with exactly one reason.
func Verify(text string, c Check, list *verifier.TrustList, status *Status) (*Result, error) {
	if c.Now.IsZero() {
		c.Now = time.Now()
	}
	if c.Catalog == nil {
		c.Catalog = catalog.Default()
	}
	result, refusal := c.verify(text, list, status)
	if refusal == nil {
		return result, nil
	}
	if list != nil {
		info := list.Info(c.Now)
		refusal.TrustList = &info
	}
	return nil, refusal
}

func (c Check) verify(text string, list *verifier.TrustList, status *Status) (*Result, *verifier.Refusal) {
	s, err := sdjwt.Parse(text)
	if err != nil {
		return nil, unreadable(err)
	}
	if list == nil {
		return nil, refuse(verifier.ReasonTrustListMissing, "")
	}
	if err := list.Fresh(c.Now, c.Policy.MaxTrustListAge); err != nil {
		return nil, asRefusal(err)
	}
	key, agency, refusal := c.key(s, list)
	if refusal != nil {
		return nil, refusal
	}
	skew := list.Rules.ClockSkew.Duration()
	proof := c.RequireKeyBinding || c.Audience != "" || c.Nonce != ""
	if refusal := c.askable(s, proof); refusal != nil {
		return nil, refusal
	}
	claims, err := s.Verify(sdjwt.VerifyOptions{Key: key.Key().Public, Now: c.Now, Skew: skew,
		Required:          []string{"iss", "vct", "iat", "exp"},
		RequireKeyBinding: proof, Audience: c.Audience, Nonce: c.Nonce, KeyBindingMaxAge: c.ProofMaxAge})
	if err != nil {
		return nil, unreadable(err)
	}
	result := &Result{Agency: agency, HolderProved: proof}
	result.TrustList = list.Info(c.Now)
	if proof {
		result.Audience = c.Audience
	}
	if refusal := c.judge(result, claims, key, list, status); refusal != nil {
		refusal.ExpiresAt = result.ExpiresAt
		if refusal.Status == nil {
			refusal.Status = result.Status
		}
		return nil, refusal
	}
	return result, nil
}

// key finds the agency's key that the header names by its whole thumbprint, and
// judges it at the moment of the check. A kid is a hint and no more: the key
// counts because it stands in the trust list.
func (c Check) key(s *sdjwt.SDJWT, list *verifier.TrustList) (*verifier.TrustedKey, string, *verifier.Refusal) {
	header, err := s.UnsafeHeader()
	if err != nil {
		return nil, "", unreadable(err)
	}
	key := list.KeyByThumbprint(header.KeyID)
	if key == nil {
		return nil, "", refuse(verifier.ReasonUnknownKey, "")
	}
	agency, ok := strings.CutPrefix(string(key.Purpose), verifier.CredentialPrefix)
	if !ok || agency == "" {
		return nil, "", refuse(verifier.ReasonKeyWrongPurpose, "not a key of an agency")
	}
	if reason := key.Judge(key.Purpose, c.Now, list.Rules.ClockSkew.Duration()); reason != "" {
		return nil, "", refuse(reason, "")
	}
	return key, agency, nil
}

// askable settles what a proof cannot answer: one for nobody, or without a
// challenge, would count anywhere and again.
func (c Check) askable(s *sdjwt.SDJWT, proof bool) *verifier.Refusal {
	switch {
	case !proof:
		return nil
	case !s.HasKeyBinding():
		return refuse(verifier.ReasonProofMissing, "no key binding")
	case c.Audience == "":
		return refuse(verifier.ReasonAudienceMismatch, "a proof is required and this check names no audience")
	case c.Nonce == "":
		return refuse(verifier.ReasonChallengeMismatch, "a proof is required and this check names no nonce")
	}
	return nil
}

// judge applies the issuer's claims, the catalogue, the status and the policy to
// a credential that is genuine by its key, and fills the result.
func (c Check) judge(r *Result, claims map[string]any, key *verifier.TrustedKey, list *verifier.TrustList, status *Status) *verifier.Refusal {
	var ok, ok2 bool
	if r.IssuedAt, ok = seconds(claims["iat"]); !ok {
		return refuse(verifier.ReasonMalformed, "iat is not in whole seconds")
	}
	if r.ExpiresAt, ok2 = seconds(claims["exp"]); !ok2 {
		return refuse(verifier.ReasonMalformed, "exp is not in whole seconds")
	}
	// Whoever holds the key writes iat as they like; a revoked key never counts,
	// but a window that did not hold at iat is a mistake or worse.
	if reason := key.Judge(key.Purpose, r.IssuedAt, list.Rules.ClockSkew.Duration()); reason != "" {
		return refuse(reason, "at the moment of issue")
	}
	if claims["iss"] != list.Issuer+"/agencies/"+r.Agency {
		return refuse(verifier.ReasonKeyWrongPurpose, "the key is another issuer's")
	}
	r.Type, _ = claims["vct"].(string)
	document, refusal := c.document(r.Type, list.Issuer)
	if refusal != nil {
		return refusal
	}
	if document.Agency.ID != r.Agency {
		return refuse(verifier.ReasonKeyWrongPurpose, "the key is of an agency that does not issue this document")
	}
	facts, refusal := read(document, claims)
	if refusal != nil {
		return refusal
	}
	r.Documents = []verifier.Document{{ID: document.ID, Label: document.Labels, Agency: document.Agency.Name, Claims: facts}}
	if refusal := c.status(r, claims, list, status); refusal != nil {
		return refusal
	}
	if err := c.Policy.Judge(&r.Result); err != nil {
		return asRefusal(err)
	}
	return nil
}

// document finds the document of a type: <issuer>/vct/<document>/<version>. One
// that a newer catalogue may know is no forgery.
func (c Check) document(vct, issuer string) (*catalog.Document, *verifier.Refusal) {
	rest, ok := strings.CutPrefix(vct, issuer+"/vct/")
	id, text, ok2 := strings.Cut(rest, "/")
	version, err := strconv.Atoi(text)
	if !ok || !ok2 || err != nil || version < 1 || strconv.Itoa(version) != text {
		return nil, refuse(verifier.ReasonClaimInvalid, "vct is not a type of this deployment")
	}
	d := c.Catalog.Document(id)
	if d == nil {
		return nil, refuse(verifier.ReasonCatalogOutdated, "type unknown")
	}
	if version > d.Version {
		return nil, refuse(verifier.ReasonCatalogOutdated, "version of the type unknown")
	}
	return d, nil
}

// seconds reads a moment that sdjwt has found within bounds; we write whole
// seconds.
func seconds(v any) (time.Time, bool) {
	n, _ := v.(json.Number)
	s, err := strconv.ParseInt(string(n), 10, 64)
	return time.Unix(s, 0).UTC(), err == nil
}
