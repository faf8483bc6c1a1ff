package issuer

import (
	"strings"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure/sdjwt"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// sign makes the holding's credential, an SD-JWT VC (draft-ietf-oauth-sd-jwt-vc)
// under the agency's key, with the place in a status list that the holding has.
// Volatile facts stay out: they would outlive themselves. Derived claims are in,
// and the credential ends before one of them changes, and with its key.
func (s *Service) sign(r *record, key SigningKey, h *wallet.Holding, now time.Time) error {
	begins := notBefore(r, now)
	moment := catalog.Moment{Now: begins, Holder: r.number}
	ends := h.ExpiresAt
	if until, changes := r.document.IssuedUntil(r.values, moment); changes && until.Before(ends) {
		ends = until.UTC()
	}
	ends = key.Within(ends)
	credential, err := s.credential(r, key, h.Status, moment, now, ends)
	if err != nil {
		return fault.Wrap(err, fault.CodeInternal, "the credential could not be signed")
	}
	h.Credential, h.CredentialExpiresAt = credential, ends
	return nil
}

func (s *Service) credential(r *record, key SigningKey, at wallet.StatusRef, from catalog.Moment, now, expires time.Time) (string, error) {
	d := r.document
	claims := []sdjwt.Node{
		{Name: "iss", Value: s.IssuerURL(d.Agency.ID)},
		{Name: "vct", Value: d.Type(s.origin)},
		{Name: "vct#integrity", Value: s.integrity[d.ID]},
		{Name: "iat", Value: now.Unix()},
		{Name: "nbf", Value: from.Now.Unix()},
		{Name: "exp", Value: expires.Unix()},
		s.statusClaim(d.Agency.ID, at),
	}
	tree, decoys := claimTree(d, r.values, from)
	return sdjwt.Issue(append(claims, tree...), sdjwt.IssueOptions{
		Signer: key.Signer, KeyID: key.KeyID, X5C: key.Certificates, Decoys: decoys})
}

// IssuerURL is the iss of an agency's credentials.
func (s *Service) IssuerURL(agency string) string { return URL(s.origin, agency) }

// URL is the iss of an agency's credentials at a deployment with this origin.
func URL(origin, agency string) string { return origin + "/agencies/" + agency }

// notBefore is the moment of issue, or the first day of the paper if that is
// still to come.
func notBefore(r *record, now time.Time) time.Time {
	if day, ok := catalog.ParseDay(text(r.values, r.document.Validity.From)); ok && day > catalog.Today(now) {
		return day.Start()
	}
	return now
}

// expiry is until when presentations are minted from a record, never past the
// paper's own end.
func expiry(r *record, now time.Time) time.Time {
	end := notBefore(r, now).Add(time.Duration(r.document.LifetimeDays) * 24 * time.Hour)
	if day, ok := catalog.ParseDay(text(r.values, r.document.Validity.Until)); ok {
		if last := (day + 1).Start(); last.Before(end) {
			end = last
		}
	}
	return end.UTC().Truncate(time.Second)
}

// Within is an end that the key allows, the given one or its own: a checker judges the key's window at
// the moment of the check too, so what outlived it would promise what nobody can
// use.
func (k SigningKey) Within(expires time.Time) time.Time {
	if k.NotAfter.IsZero() || expires.Before(k.NotAfter) {
		return expires
	}
	return k.NotAfter.UTC().Truncate(time.Second)
}

// claimTree nests the values by the dots of their ids. A group such as address
// is disclosable as a whole and member by member; so is a list, item by item.
// decoys is how many digests the top level needs beside those of the values.
// What can be derived from a record tells of what is in it, so a derived claim
// that has no answer is concealed too.
func claimTree(d *catalog.Document, values catalog.Values, m catalog.Moment) (nodes []sdjwt.Node, decoys int) {
	root := &group{}
	var absent []*catalog.Claim
	for _, claim := range d.All() {
		if !claim.Issued() {
			continue
		}
		switch value, err := d.Value(claim.ID, values, m); {
		case err == nil:
			root.add(strings.Split(claim.ID, "."), claim, value)
		case claim.Decoy, claim.Rule != nil && claim.Disclose == catalog.Choice:
			absent = append(absent, claim)
		}
	}
	// Only now is it known which groups are there.
	for _, claim := range absent {
		root.conceal(strings.Split(claim.ID, "."))
	}
	return root.nodes(), len(root.concealed)
}

// group is an object of the tree under construction.
type group struct {
	names     []string
	leaves    map[string]sdjwt.Node
	members   map[string]*group
	hidden    bool            // some claim below is a disclosure
	concealed map[string]bool // members whose absence a decoy hides
}

// conceal gives an absent claim a decoy at the place where its presence would
// show: in its own group if that is there, else where the group would be. An
// absent group is one digest, however many of its members are concealed.
func (g *group) conceal(path []string) {
	if m := g.members[path[0]]; m != nil && len(path) > 1 {
		m.conceal(path[1:])
		return
	}
	if g.concealed == nil {
		g.concealed = map[string]bool{}
	}
	g.concealed[path[0]] = true
}

func (g *group) add(path []string, claim *catalog.Claim, value any) {
	name := path[0]
	if g.leaves == nil {
		g.leaves, g.members = map[string]sdjwt.Node{}, map[string]*group{}
	}
	if claim.Disclose == catalog.Choice {
		g.hidden = true
	}
	if len(path) == 1 {
		g.names = append(g.names, name)
		g.leaves[name] = leaf(name, claim, value)
		return
	}
	if g.members[name] == nil {
		g.names = append(g.names, name)
		g.members[name] = &group{}
	}
	g.members[name].add(path[1:], claim, value)
}

func (g *group) nodes() []sdjwt.Node {
	nodes := make([]sdjwt.Node, 0, len(g.names))
	for _, name := range g.names {
		if m := g.members[name]; m != nil {
			nodes = append(nodes, sdjwt.Node{Name: name, Members: m.nodes(), Disclosable: m.hidden, Decoys: len(m.concealed)})
			continue
		}
		nodes = append(nodes, g.leaves[name])
	}
	return nodes
}

// leaf is one claim; the items of a disclosable list are disclosures too.
func leaf(name string, claim *catalog.Claim, value any) sdjwt.Node {
	node := sdjwt.Node{Name: name, Value: value, Disclosable: claim.Disclose == catalog.Choice}
	if items, ok := value.([]any); ok {
		node.Value, node.Array = nil, true
		for _, item := range items {
			node.Items = append(node.Items, sdjwt.Node{Value: item, Disclosable: node.Disclosable})
		}
	}
	return node
}
