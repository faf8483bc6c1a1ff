package wallet_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// now is 10:00 in Ha Noi.
var now = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

// shelf is a store of holdings by owner.
type shelf map[string][]wallet.Holding

func (s shelf) Holdings(_ context.Context, owner string) ([]wallet.Holding, error) {
	if owner == "broken" {
		return nil, errors.New("engine")
	}
	return s[owner], nil
}

func (s shelf) Holding(_ context.Context, owner, id string) (wallet.Holding, error) {
	for _, h := range s[owner] {
		if h.ID == id {
			return h, nil
		}
	}
	return wallet.Holding{}, fault.New(fault.CodeCredentialUnknown, "no such credential")
}

func (s shelf) Events(_ context.Context, _ string, limit int) ([]wallet.Event, error) {
	return make([]wallet.Event, limit), nil
}

// holding of a document with its examples as values, changed.
func holding(document string, change catalog.Values) wallet.Holding {
	values := catalog.Values{}
	for _, claim := range catalog.Default().Document(document).Claims {
		values[claim.ID] = claim.Example
	}
	for id, v := range change {
		if values[id] = v; v == "absent" {
			delete(values, id)
		}
	}
	return wallet.Holding{ID: document + "-1", Owner: "anh", Document: document, Number: "079305000123", Values: values,
		Credential: "eyJ~", State: wallet.Active, IssuedAt: now.Add(-time.Hour), ExpiresAt: now.Add(time.Hour),
		CredentialExpiresAt: now.Add(time.Minute)}
}

func papersOf(h ...wallet.Holding) *wallet.Papers {
	return wallet.NewPapers(shelf{"anh": h}, catalog.Default(), func() time.Time { return now })
}

func TestStates(t *testing.T) {
	ended := holding("can_cuoc", nil)
	ended.State = wallet.Superseded
	stale := holding("can_cuoc", nil)
	stale.ExpiresAt = now
	staleWithheld := holding("gplx", catalog.Values{"licence_status": "withheld"})
	staleWithheld.ExpiresAt = now
	for name, c := range map[string]struct {
		holding wallet.Holding
		want    string
		until   string
		noEnd   bool
	}{
		"in force":              {holding("can_cuoc", nil), wallet.InForce, "2030-02-28", false},
		"no end":                {holding("can_cuoc", catalog.Values{"date_of_expiry": nil}), wallet.InForce, "", true},
		"end not stated":        {holding("can_cuoc", catalog.Values{"date_of_expiry": "absent"}), wallet.InForce, "", false},
		"last day":              {holding("can_cuoc", catalog.Values{"date_of_expiry": "2026-11-23"}), wallet.InForce, "2026-11-23", false},
		"the day after":         {holding("can_cuoc", catalog.Values{"date_of_expiry": "2026-11-22"}), wallet.Expired, "2026-11-22", false},
		"first day":             {holding("can_cuoc", catalog.Values{"date_of_issuance": "2026-11-23"}), wallet.InForce, "2030-02-28", false},
		"from tomorrow":         {holding("can_cuoc", catalog.Values{"date_of_issuance": "2026-11-24"}), wallet.NotYetValid, "2030-02-28", false},
		"withheld":              {holding("gplx", catalog.Values{"licence_status": "withheld"}), "withheld", "2035-04-10", false},
		"withheld and stale":    {staleWithheld, "withheld", "2035-04-10", false},
		"the credential itself": {stale, wallet.Expired, "2030-02-28", false},
		"superseded":            {ended, wallet.Ended, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := papersOf(c.holding).List(t.Context(), "anh")
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			p := list[0]
			if p.State != c.want || p.ValidUntil != c.until || p.NoEnd != c.noEnd {
				t.Errorf("%s until %q, no end %v; want %s until %q, %v", p.State, p.ValidUntil, p.NoEnd, c.want, c.until, c.noEnd)
			}
		})
	}
}

// TestStanding: what an agency holds against a paper and the lock of a wallet
// come before what the paper says itself, and take the credential away.
func TestStanding(t *testing.T) {
	at := now.Add(-time.Minute)
	said := func(document string, s wallet.Status, reason string) wallet.Holding {
		h := holding(document, nil)
		h.Standing = wallet.Standing{Status: s, Reason: reason, Since: at}
		return h
	}
	locked := holding("can_cuoc", nil)
	locked.Lock = wallet.Lock{Reason: wallet.LostPhone, At: at}
	both := said("gplx", wallet.Withheld, "points_exhausted")
	both.Lock = locked.Lock
	revokedLater := said("gplx", wallet.Revoked, "fraud")
	revokedLater.Values["licence_status"] = "withheld"
	ended := said("gplx", wallet.Revoked, "fraud")
	ended.State = wallet.Superseded
	for name, c := range map[string]struct {
		holding            wallet.Holding
		state, reason      string
		condition          wallet.Status
		credential, claims bool
	}{
		"nothing":                  {holding("gplx", nil), wallet.InForce, "", wallet.Valid, true, true},
		"suspended":                {said("gplx", wallet.Suspended, ""), "suspended", "", wallet.Suspended, false, true},
		"withheld":                 {said("gplx", wallet.Withheld, "seized"), "withheld", "seized", wallet.Withheld, false, true},
		"revoked":                  {said("gplx", wallet.Revoked, "fraud"), "revoked", "fraud", wallet.Revoked, false, true},
		"locked":                   {locked, wallet.Locked, "lost_phone", wallet.Suspended, false, true},
		"withheld in a locked one": {both, "withheld", "points_exhausted", wallet.Withheld, false, true},
		"revoked, and its record":  {revokedLater, "revoked", "fraud", wallet.Revoked, false, true},
		"revoked and superseded":   {ended, wallet.Ended, "", wallet.Revoked, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			content, err := papersOf(c.holding).Get(t.Context(), "anh", c.holding.ID)
			if err != nil || content.State != c.state || content.Reason != c.reason || (content.Credential != "") != c.credential || (len(content.Claims) > 0) != c.claims {
				t.Errorf("%s for %q, credential %q, %d claims, %v", content.State, content.Reason, content.Credential, len(content.Claims), err)
			}
			if since := content.Since.Equal(at); since != (c.condition != wallet.Valid && c.state != wallet.Ended) {
				t.Errorf("since %v", content.Since)
			}
			if got := c.holding.Condition().Status; got != c.condition {
				t.Errorf("condition %s, want %s", got, c.condition)
			}
		})
	}
	if wallet.Valid.String() != "valid" || wallet.Revoked.String() != "revoked" {
		t.Error("statuses in words")
	}
}

func TestGetTellsWhatAnAppNeeds(t *testing.T) {
	d := catalog.Default().Document("can_cuoc")
	h := holding("can_cuoc", catalog.Values{"phone_number": "absent", "date_of_expiry": nil})
	c, err := papersOf(h).Get(t.Context(), "anh", h.ID)
	if err != nil {
		t.Fatal(err)
	}
	if c.ID != h.ID || c.Document != "can_cuoc" || c.Labels != d.Labels || c.Agency != d.Agency || c.Credential != "eyJ~" || !c.CredentialExpiresAt.Equal(h.CredentialExpiresAt) || !c.IssuedAt.Equal(h.IssuedAt) || !c.ExpiresAt.Equal(h.ExpiresAt) {
		t.Errorf("%+v", c.Paper)
	}
	var order []string
	facts := map[string]wallet.Fact{}
	for _, f := range c.Claims {
		order = append(order, f.Claim.ID)
		facts[f.Claim.ID] = f
	}
	var want []string
	for _, claim := range d.All() {
		if slices.Contains(order, claim.ID) {
			want = append(want, claim.ID)
		}
	}
	if !slices.Equal(order, want) || len(order) < 20 {
		t.Errorf("order %v, want %v", order, want)
	}
	if f := facts["birthdate"]; f.Text != (catalog.Text{VI: "28/02/2005", EN: "28/02/2005"}) || !f.Shareable || f.Value != "2005-02-28" {
		t.Errorf("birthdate: %+v", f)
	}
	if f, there := facts["date_of_expiry"]; !there || f.Value != nil || f.Text.VI != "Không thời hạn" {
		t.Errorf("a null is a statement: %+v", f)
	}
	if f := facts["picture"]; f.Shareable || f.Claim == nil {
		t.Errorf("the portrait: %+v", f)
	}
	if f := facts["age_equal_or_over.18"]; f.Value != true || f.Claim.Rule == nil || f.Text.VI != "Có" {
		t.Errorf("derived: %+v", f)
	}
	if _, there := facts["phone_number"]; there {
		t.Error("a claim that is not on record is listed")
	}
}

func TestWhatCannotBeDerivedIsLeftOut(t *testing.T) {
	h := holding("can_cuoc", catalog.Values{"birthdate": "2008"}) // 18 this year, or not yet
	c, err := papersOf(h).Get(t.Context(), "anh", h.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range c.Claims {
		if f.Claim.ID == "age_equal_or_over.18" {
			t.Errorf("a guess: %v", f.Value)
		}
	}
}

func TestNeverDisclosedClaimsStayOut(t *testing.T) {
	checked := 0
	for _, d := range catalog.Default().Documents() {
		c, err := papersOf(holding(d.ID, nil)).Get(t.Context(), "anh", d.ID+"-1")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range c.Claims {
			checked++
			if f.Claim.Disclose == catalog.Never {
				t.Errorf("%s: %s", d.ID, f.Claim.ID)
			}
			if f.Text.VI == "" || f.Text.EN == "" || f.Text.VI == "(không đọc được)" {
				t.Errorf("%s: %s has the text %q", d.ID, f.Claim.ID, f.Text)
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d claims seen", checked)
	}
}

func TestEndedPapersTellNothing(t *testing.T) {
	h := holding("dang_ky_xe", nil)
	h.State = wallet.Superseded
	c, err := papersOf(h).Get(t.Context(), "anh", h.ID)
	if err != nil || c.State != wallet.Ended || c.Credential != "" || c.Claims != nil || c.ValidFrom != "" || c.Labels.VI == "" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestRefusals(t *testing.T) {
	p := papersOf(holding("can_cuoc", nil))
	if _, err := p.Get(t.Context(), "binh", "can_cuoc-1"); !fault.Is(err, fault.CodeCredentialUnknown) {
		t.Errorf("somebody else's: %v", err)
	}
	if _, err := p.List(t.Context(), "broken"); err == nil {
		t.Error("a broken store is passed over")
	}
	if list, err := p.List(t.Context(), "binh"); err != nil || list == nil || len(list) != 0 {
		t.Errorf("an empty wallet: %v, %v", list, err)
	}
	gone := holding("can_cuoc", nil)
	gone.Document = "gone"
	if _, err := papersOf(gone).List(t.Context(), "anh"); !fault.Is(err, fault.CodeInternal) {
		t.Errorf("a document that left the catalogue: %v", err)
	}
	if _, err := papersOf(gone).Get(t.Context(), "anh", gone.ID); !fault.Is(err, fault.CodeInternal) {
		t.Errorf("a document that left the catalogue: %v", err)
	}
}

func TestEventsAreBounded(t *testing.T) {
	for limit, want := range map[int]int{-1: 100, 0: 100, 1: 1, 100: 100, 101: 100} {
		events, err := papersOf().Events(t.Context(), "anh", limit)
		if err != nil || len(events) != want {
			t.Errorf("%d gives %d, %v", limit, len(events), err)
		}
	}
}

func TestNewID(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id := wallet.NewID()
		if len(id) != 26 || seen[id] {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
	}
}

func ExamplePapers() {
	papers := wallet.NewPapers(shelf{"anh": {holding("gplx", catalog.Values{"licence_status": "withheld"})}}, catalog.Default(),
		func() time.Time { return now })
	list, err := papers.List(context.Background(), "anh")
	fmt.Println(list[0].Labels.VI, list[0].State, err)
	// Output: Giấy phép lái xe withheld <nil>
}
