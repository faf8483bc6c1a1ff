package storetest

import (
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
)

var sessionTests = []test{
	{"a session is found by hash", sessionFound},
	{"a session is revoked by its owner", sessionRevoked},
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

func sessionRevoked(t *testing.T, s Subject) {
	c, other := citizen(1), citizen(2)
	give(t, s, c)
	give(t, s, other)
	putActivation(t, s, activation(c, 1))
	d, ses, e := device(c, 1)
	enrol(t, s, "LOC1", d, ses, e)
	for _, x := range []struct {
		what, owner, id string
		at              time.Time
		code            fault.Code
	}{
		{"somebody else", other.ID, ses.ID, at(9), fault.CodeSessionInvalid},
		{"nobody", "", ses.ID, at(9), fault.CodeSessionInvalid},
		{"an unknown id", c.ID, "session-2", at(9), fault.CodeSessionInvalid},
		{"no id", c.ID, "", at(9), fault.CodeSessionInvalid},
		{"at no moment", c.ID, ses.ID, time.Time{}, fault.CodeInternal},
	} {
		wantFault(t, x.what, s.RevokeSession(t.Context(), x.owner, x.id, x.at), x.code)
		same(t, "still open", must[session.Session](t)(s.SessionByHash(t.Context(), ses.Hash)), ses)
	}
	if err := s.RevokeSession(t.Context(), c.ID, ses.ID, at(9)); err != nil {
		t.Fatalf("RevokeSession: %v", err)
	}
	wantFault(t, "twice", s.RevokeSession(t.Context(), c.ID, ses.ID, at(10)), fault.CodeSessionInvalid)
	s = s.Reopen(t)
	ses.RevokedAt = at(9)
	same(t, "revoked", must[session.Session](t)(s.SessionByHash(t.Context(), ses.Hash)), ses)
}

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
	wantCancelled(t, "RevokeSession", s.RevokeSession(ctx, "c", "s", at(1)))
	_, err = s.CitizenByNumber(ctx, "1")
	wantCancelled(t, "CitizenByNumber", err)
	_, err = s.AgencyTokenByHash(t.Context(), tok.Hash)
	wantFault(t, "the token that was given up", err, fault.CodeAgencyInvalid)
}
