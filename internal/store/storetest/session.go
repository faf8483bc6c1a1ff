package storetest

import (
	"errors"
	"slices"
	"testing"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

var sessionTests = []test{
	{"a session is found by hash", sessionFound},
	{"a session is changed by its owner", sessionChanged},
	{"a session is found by its former hash too", sessionRotated},
	{"sessions are listed and forgotten", sessionsListed},
	{"a change that fails leaves nothing", accountRolledBack},
	{"agency tokens", agencyTokens},
	{"a cancelled context changes nothing", cancelledSession},
}

func sessionFound(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	var want []session.Session
	for n := 1; n <= 3; n++ {
		putActivation(t, s, activation(c, n))
		d, ses, e := device(c, n)
		enrol(t, s, activation(c, n).Locator, d, ses, e)
		want = append(want, ses)
	}
	for _, ses := range want {
		same(t, "session", must[session.Session](t)(s.SessionByHash(t.Context(), ses.Hash)), ses)
	}
	for _, h := range [][32]byte{{}, hash(4), hash(1 << 8)} {
		got, err := s.SessionByHash(t.Context(), h)
		wantFault(t, "an unknown hash", err, fault.CodeSessionInvalid)
		same(t, "what is given with a fault", got, session.Session{})
	}
}

func sessionChanged(t *testing.T, s Subject) {
	c, other := citizen(1), citizen(2)
	give(t, s, c)
	give(t, s, other)
	_, ses, e := device(c, 1)
	change(t, s, func(tx session.Tx) error { return errors.Join(tx.PutSession(ses), tx.AddEvent(e)) })
	same(t, "stored", must[session.Session](t)(s.SessionByHash(t.Context(), ses.Hash)), ses)
	same(t, "the event", must[[]wallet.Event](t)(s.Events(t.Context(), c.ID, many)), []wallet.Event{e})

	ses.UsedAt, ses.AuthAt, ses.RevokedAt, ses.Level, ses.Passkey = at(9), at(8), at(10), 2, "passkey"
	change(t, s, func(tx session.Tx) error { return tx.PutSession(ses) })
	s = s.Reopen(t)
	same(t, "changed", must[session.Session](t)(s.SessionByHash(t.Context(), ses.Hash)), ses)
	look(t, s, func(tx session.Reader) error {
		same(t, "by id", must[session.Session](t)(tx.Session(c.ID, ses.ID)), ses)
		for what, err := range map[string]error{
			"somebody else": second(tx.Session(other.ID, ses.ID)), "nobody": second(tx.Session("", ses.ID)),
			"an unknown id": second(tx.Session(c.ID, "session-2")), "no id": second(tx.Session(c.ID, "")),
		} {
			wantFault(t, what, err, fault.CodeSessionInvalid)
		}
		return nil
	})
	theirs := ses
	theirs.Owner = other.ID
	wantFault(t, "taking over", s.Change(t.Context(), func(tx session.Tx) error { return tx.PutSession(theirs) }), fault.CodeSessionInvalid)
	for what, change := range map[string]func(*session.Session){
		"no id": func(x *session.Session) { x.ID = "" }, "no owner": func(x *session.Session) { x.Owner = "" },
		"no device": func(x *session.Session) { x.Device = "" },
	} {
		bad := ses
		change(&bad)
		wantFault(t, what, s.Change(t.Context(), func(tx session.Tx) error { return tx.PutSession(bad) }), fault.CodeInternal)
	}
	same(t, "as it was", must[session.Session](t)(s.SessionByHash(t.Context(), ses.Hash)), ses)
}

func sessionRotated(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	_, ses, _ := device(c, 1)
	_, neighbour, _ := device(c, 2)
	put := func(x session.Session) error {
		return s.Change(t.Context(), func(tx session.Tx) error { return tx.PutSession(x) })
	}
	for _, err := range []error{put(ses), put(neighbour)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	ses.Former, ses.Hash, ses.RotatedAt = ses.Hash, hash(11), at(5)
	if err := put(ses); err != nil {
		t.Fatal(err)
	}
	for _, h := range [][32]byte{hash(11), hash(1)} {
		same(t, "by either hash", must[session.Session](t)(s.SessionByHash(t.Context(), h)), ses)
	}
	ses.Former, ses.Hash, ses.RotatedAt = ses.Hash, hash(12), at(6)
	if err := put(ses); err != nil {
		t.Fatal(err)
	}
	_, err := s.SessionByHash(t.Context(), hash(1))
	wantFault(t, "the hash before the former", err, fault.CodeSessionInvalid)
	for _, taken := range [][32]byte{hash(12), hash(11)} {
		thief := neighbour
		thief.Hash = taken
		wantFault(t, "a taken hash", put(thief), fault.CodeInternal)
		thief = neighbour
		thief.Former = taken
		wantFault(t, "a taken hash as the former", put(thief), fault.CodeInternal)
	}
	ses.Replaced, ses.Former, ses.Hash = [][32]byte{hash(13), hash(11)}, hash(12), hash(14)
	if err := put(ses); err != nil {
		t.Fatal(err)
	}
	for _, h := range [][32]byte{hash(11), hash(12), hash(13), hash(14)} {
		same(t, "by any hash", must[session.Session](t)(s.SessionByHash(t.Context(), h)), ses)
	}
	thief := neighbour
	thief.Replaced = [][32]byte{hash(13)}
	wantFault(t, "a taken hash as replaced", put(thief), fault.CodeInternal)
	ses.Replaced, ses.Hash = [][32]byte{hash(11)}, hash(12)
	ses.Former = hash(14)
	if err := put(ses); err != nil {
		t.Fatal(err)
	}
	_, err = s.SessionByHash(t.Context(), hash(13))
	wantFault(t, "a hash that was dropped", err, fault.CodeSessionInvalid)
	s = s.Reopen(t)
	same(t, "rotated", must[session.Session](t)(s.SessionByHash(t.Context(), hash(12))), ses)
	same(t, "the neighbour", must[session.Session](t)(s.SessionByHash(t.Context(), neighbour.Hash)), neighbour)
}

func sessionsListed(t *testing.T, s Subject) {
	c, other := citizen(1), citizen(2)
	give(t, s, c)
	give(t, s, other)
	var want []session.Session
	for _, n := range []int{3, 1, 2} {
		_, ses, _ := device(c, n)
		ses.CreatedAt = at(10 - n)
		want = append([]session.Session{ses}, want...)
		change(t, s, func(tx session.Tx) error { return tx.PutSession(ses) })
	}
	slices.SortFunc(want, func(a, b session.Session) int { return a.CreatedAt.Compare(b.CreatedAt) })
	_, theirs, _ := device(other, 9)
	change(t, s, func(tx session.Tx) error { return tx.PutSession(theirs) })
	listed := func(owner string, want []session.Session) {
		t.Helper()
		look(t, s, func(tx session.Reader) error {
			same(t, "sessions of "+owner, must[[]session.Session](t)(tx.Sessions(owner)), want)
			return nil
		})
	}
	listed(c.ID, want)
	listed(other.ID, []session.Session{theirs})
	listed("nobody", nil)
	change(t, s, func(tx session.Tx) error {
		return errors.Join(tx.ForgetSession(c.ID, want[1].ID), tx.ForgetSession(c.ID, theirs.ID), tx.ForgetSession(c.ID, "unknown"))
	})
	s = s.Reopen(t)
	listed(c.ID, []session.Session{want[0], want[2]})
	listed(other.ID, []session.Session{theirs})
	_, err := s.SessionByHash(t.Context(), want[1].Hash)
	wantFault(t, "the forgotten one", err, fault.CodeSessionInvalid)
	change(t, s, func(tx session.Tx) error { return tx.PutSession(want[1]) }) // nothing of it is in the way
}

func accountRolledBack(t *testing.T, s Subject) {
	c := citizen(1)
	give(t, s, c)
	_, ses, e := device(c, 1)
	mine := errors.New("mine")
	err := s.Change(t.Context(), func(tx session.Tx) error {
		return errors.Join(tx.PutSession(ses), tx.AddEvent(e), mine)
	})
	if !errors.Is(err, mine) {
		t.Errorf("the error of f came back as %v", err)
	}
	_, err = s.SessionByHash(t.Context(), ses.Hash)
	wantFault(t, "after a failed change", err, fault.CodeSessionInvalid)
	same(t, "events", len(must[[]wallet.Event](t)(s.Events(t.Context(), c.ID, many))), 0)
	ctx := cancelled(t)
	wantCancelled(t, "Change", s.Change(ctx, func(session.Tx) error { t.Error("Change ran"); return nil }))
	wantCancelled(t, "Read", s.Read(ctx, func(session.Reader) error { t.Error("Read ran"); return nil }))
}

// change runs f and must succeed.
func change(t *testing.T, s Store, f func(tx session.Tx) error) {
	t.Helper()
	if err := s.Change(t.Context(), f); err != nil {
		t.Fatalf("Change: %v", err)
	}
}

// look runs f and must succeed.
func look(t *testing.T, s Store, f func(tx session.Reader) error) {
	t.Helper()
	if err := s.Read(t.Context(), f); err != nil {
		t.Fatalf("Read: %v", err)
	}
}

// second is the error of a reading.
func second[T any](_ T, err error) error { return err }

func agencyTokens(t *testing.T, s Subject) {
	put := func(tok session.AgencyToken) {
		t.Helper()
		if err := s.PutAgencyToken(t.Context(), tok); err != nil {
			t.Fatalf("PutAgencyToken: %v", err)
		}
	}
	find := func(want session.AgencyToken) {
		t.Helper()
		same(t, "token", must[session.AgencyToken](t)(s.AgencyTokenByHash(t.Context(), want.Hash)), want)
	}
	a := session.AgencyToken{ID: "t1", Hash: hash(1), Agency: "c06", CreatedAt: at(1)}
	b := session.AgencyToken{ID: "t2", Hash: hash(2), Agency: "bảo hiểm", CreatedAt: at(2)}
	put(a)
	put(b)
	find(a)
	find(b)
	_, err := s.AgencyTokenByHash(t.Context(), hash(3))
	wantFault(t, "an unknown hash", err, fault.CodeAgencyInvalid)
	thief := session.AgencyToken{ID: "t3", Hash: b.Hash, Agency: "c06"}
	wantFault(t, "a taken hash", s.PutAgencyToken(t.Context(), thief), fault.CodeInternal)
	wantFault(t, "no id", s.PutAgencyToken(t.Context(), session.AgencyToken{Hash: hash(5), Agency: "c06"}), fault.CodeInternal)
	wantFault(t, "no agency", s.PutAgencyToken(t.Context(), session.AgencyToken{ID: "t5", Hash: hash(5)}), fault.CodeInternal)
	find(b)

	a.RevokedAt = at(9)
	put(a) // the same id: replaced
	find(a)
	a.Hash = hash(7)
	put(a)
	find(a)
	_, err = s.AgencyTokenByHash(t.Context(), hash(1))
	wantFault(t, "the former hash", err, fault.CodeAgencyInvalid)
	s = s.Reopen(t)
	find(a)
	find(b)

	ses, err := s.SessionByHash(t.Context(), b.Hash)
	wantFault(t, "an agency's hash as a device's", err, fault.CodeSessionInvalid)
	same(t, "session", ses, session.Session{})
}

func cancelledSession(t *testing.T, s Subject) {
	ctx := cancelled(t)
	tok := session.AgencyToken{ID: "t1", Hash: hash(1), Agency: "c06"}
	wantCancelled(t, "PutAgencyToken", s.PutAgencyToken(ctx, tok))
	_, err := s.AgencyTokenByHash(ctx, tok.Hash)
	wantCancelled(t, "AgencyTokenByHash", err)
	_, err = s.SessionByHash(ctx, tok.Hash)
	wantCancelled(t, "SessionByHash", err)
	_, err = s.CitizenByNumber(ctx, "1")
	wantCancelled(t, "CitizenByNumber", err)
	_, err = s.AgencyTokenByHash(t.Context(), tok.Hash)
	wantFault(t, "the token that was given up", err, fault.CodeAgencyInvalid)
}
