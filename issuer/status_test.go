package issuer_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

// listed is what the agency's list says of a holding, from the store.
func (d *desk) listed(h wallet.Holding) wallet.Standing {
	d.t.Helper()
	_, entries, err := d.store.StatusList(d.t.Context(), h.Agency, h.Status.List)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, e := range entries {
		if e.Index == h.Status.Index {
			return e.Standing
		}
	}
	return wallet.Standing{}
}

// holding reads a holding, ended or not.
func (d *desk) holding(owner, id string) wallet.Holding {
	d.t.Helper()
	h, err := d.store.Holding(d.t.Context(), owner, id)
	if err != nil {
		d.t.Fatal(err)
	}
	return h
}

// smallLists makes lists of a few positions.
func (d *desk) smallLists(size int) {
	d.Service = issuer.New(issuer.Config{Catalog: catalog.Default(), Store: d.store, Keys: d.keys, Origin: origin, Now: func() time.Time { return d.now },
		StatusListSize: size})
}

// TestStatusClaim: a credential says in the clear where its status is, and the
// place is its holding's.
func TestStatusClaim(t *testing.T) {
	d := newDesk(t)
	for id, h := range d.all() {
		values, err := d.open(h)
		if err != nil {
			t.Fatal(id, err)
		}
		want := fmt.Sprintf(`{"status_list":{"idx":%d,"uri":"%s/v1/public/status-lists/%s/1"}}`, h.Status.Index, origin, h.Agency)
		if got := plain(values["status"]); got != want {
			t.Errorf("%s: status %s, want %s", id, got, want)
		}
		if h.Status.List != 1 || h.Status.Index < 0 || h.Status.Index >= issuer.DefaultStatusListSize {
			t.Errorf("%s: place %+v", id, h.Status)
		}
	}
	lists, err := d.store.StatusLists(t.Context())
	if err != nil || len(lists) != 3 {
		t.Fatalf("%d lists, %v; want one for each agency", len(lists), err)
	}
	for _, l := range lists {
		if l.Size != issuer.DefaultStatusListSize || l.Marked != 0 {
			t.Errorf("%+v", l)
		}
	}
}

// TestListsFillToTheHalf: the next list is opened when half of one is given
// away, so that every list keeps decoys.
func TestListsFillToTheHalf(t *testing.T) {
	d := newDesk(t)
	const size = 9 // five of nine: the half, rounded up
	d.smallLists(size)
	seen := map[wallet.StatusRef]bool{}
	for i := range 23 {
		p := person{number(i), "LÊ VĂN THỬ", "1990-01-01", 1}
		d.issue("c06", p.cardLine())
		ref := d.one(d.citizen(p.number).ID, "can_cuoc").Status
		if seen[ref] {
			t.Errorf("%+v was given twice", ref)
		}
		seen[ref] = true
	}
	lists, err := d.store.StatusLists(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var taken []int
	for i, l := range lists {
		taken = append(taken, l.Taken)
		if l.Agency != "c06" || l.Number != i+1 || l.Size != size {
			t.Errorf("list %+v", l)
		}
	}
	if fmt.Sprint(taken) != "[5 5 5 5 3]" {
		t.Errorf("taken %v", taken)
	}
}

// TestPlacesAreDrawn: positions are spread over the list and do not follow the
// order of issue. 200 draws of a million in ascending order are no chance.
func TestPlacesAreDrawn(t *testing.T) {
	d := newDesk(t)
	var lines []string
	for i := range 200 {
		lines = append(lines, person{number(i), "LÊ VĂN THỬ", "1990-01-01", 1}.cardLine())
	}
	d.issue("c06", lines...)
	falls, lowest, highest := 0, issuer.DefaultStatusListSize, 0
	last := -1
	for i := range lines {
		index := d.one(d.citizen(number(i)).ID, "can_cuoc").Status.Index
		if index < last {
			falls++
		}
		last, lowest, highest = index, min(lowest, index), max(highest, index)
	}
	if falls < 50 || falls > 150 || lowest > issuer.DefaultStatusListSize/4 || highest < issuer.DefaultStatusListSize*3/4 {
		t.Errorf("%d falls in %d draws from %d to %d", falls, len(lines), lowest, highest)
	}
}

// TestPlacesAreNeverUsedAgain: not by concurrent imports, and not after the
// credential that had one has ended.
func TestPlacesAreNeverUsedAgain(t *testing.T) {
	d := newDesk(t)
	d.smallLists(64)
	const importers, rounds = 4, 12
	var g sync.WaitGroup
	for w := range importers {
		g.Go(func() {
			p := person{number(w), "LÊ VĂN THỬ", "1990-01-01", 1}
			for n := range rounds {
				d.lines("c06", line("can_cuoc", p.card().with("address.region", fmt.Sprint("Tỉnh ", n))))
			}
		})
	}
	g.Wait()
	places := map[string]string{}
	for key, value := range d.dump() {
		var ref struct {
			List  int `json:"status_list"`
			Index int `json:"status_index"`
		}
		if id, ok := under("holdings/", key); ok {
			unmarshal(t, value, &ref)
			name := fmt.Sprint(ref)
			if other := places[name]; other != "" {
				t.Errorf("%s and %s have the place %s", id, other, name)
			}
			places[name] = id
		}
	}
	if len(places) != importers*rounds {
		t.Errorf("%d places for %d credentials", len(places), importers*rounds)
	}
}

// TestSupersededIsRevoked: the entry of a credential that another replaced is
// revoked, whoever holds the newer one.
func TestSupersededIsRevoked(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", anh.cardLine(), binh.cardLine())
	d.issue("csgt", anh.vehicleLine(frame, certificate))
	owner := d.citizen(anh.number).ID
	card, car := d.one(owner, "can_cuoc"), d.one(owner, "dang_ky_xe")
	d.now = d.now.Add(1)
	d.statuses("c06", []string{line("can_cuoc", anh.card().with("address.region", "Thành phố Huế"))}, updated...)
	d.issue("csgt", line("dang_ky_xe", binh.vehicle(frame, "43 000099").with("date_of_registration", "2025-07-01")))
	for _, h := range []wallet.Holding{card, car} {
		if got := d.listed(h); got.Status != wallet.Revoked || got.Reason != "superseded" || !got.Since.Equal(d.now) {
			t.Errorf("%s: %+v", h.Document, got)
		}
	}
	for _, h := range []wallet.Holding{d.one(owner, "can_cuoc"), d.one(d.citizen(binh.number).ID, "dang_ky_xe")} {
		if got := d.listed(h); got != (wallet.Standing{}) {
			t.Errorf("the newer %s: %+v", h.Document, got)
		}
	}
}

// TestRecordedStatusIsPublished: the credential leaves volatile facts out, so
// the list tells what the record says of itself.
func TestRecordedStatusIsPublished(t *testing.T) {
	for value, want := range map[string]wallet.Status{
		"in_force": wallet.Valid, "withheld": wallet.Withheld, "suspended": wallet.Suspended, "revoked": wallet.Revoked,
		"points_exhausted": wallet.Suspended,
	} {
		t.Run(value, func(t *testing.T) {
			d := newDesk(t)
			d.issue("c06", anh.cardLine())
			out := d.issue("csgt", line("gplx", anh.licence(licence).with("licence_status", value)))[0]
			h := d.one(d.citizen(anh.number).ID, "gplx")
			if got := d.listed(h); got.Status != want || out.State != want {
				t.Errorf("listed %q, told %q, want %q", got.Status, out.State, want)
			}
			if h.Standing != (wallet.Standing{}) {
				t.Errorf("the record is taken for an operation: %+v", h.Standing)
			}
			// The next record is a new credential with an entry of its own.
			d.statuses("csgt", []string{line("gplx", anh.licence(licence).with("licence_points_remaining", 3))}, updated...)
			if next := d.one(d.citizen(anh.number).ID, "gplx"); d.listed(next).Status != wallet.Valid || next.Status == h.Status {
				t.Errorf("afterwards %+v at %+v", d.listed(next), next.Status)
			}
		})
	}
}

// TestListOfAnotherSize: a list keeps the size that it was opened with.
func TestListOfAnotherSize(t *testing.T) {
	path := filepath.Join(t.TempDir(), "giayto.db")
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	d := newDesk(t)
	d.store = store
	d.smallLists(4)
	d.issue("c06", anh.cardLine())
	d.smallLists(1 << 10)
	d.issue("c06", binh.cardLine(), lien.cardLine())
	lists, err := store.StatusLists(t.Context())
	if err != nil || len(lists) != 2 || lists[0].Taken != 2 || lists[1].Size != 1<<10 || lists[1].Taken != 1 {
		t.Errorf("%+v, %v", lists, err)
	}
}
