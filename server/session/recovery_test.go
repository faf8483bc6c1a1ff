package session_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

// wallets stands for package issuer, which has tests of its own: it ends what
// the store ends, and counts.
type wallets struct {
	d        *desk
	locked   atomic.Int32
	reissued atomic.Int32
	fail     error
}

func (w *wallets) LockLost(ctx context.Context, owner string) error {
	if w.fail != nil {
		return w.fail
	}
	w.locked.Add(1)
	return w.d.store.Issue(ctx, func(tx issuer.Tx) error { return tx.EndSessions(owner, *w.d.now.Load()) })
}

func (w *wallets) ReissueAll(context.Context, string, string) (int, error) {
	w.reissued.Add(1)
	return 4, w.fail
}

// recoveryCode issues a code to the phone.
func (d *desk) recoveryCode(t testing.TB, p *phone) string {
	t.Helper()
	code, err := d.NewRecovery(t.Context(), p.open)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// TestRecoveryCode: who has lost every device stops them all with the code on
// paper, in one call, and gets nothing else with it.
func TestRecoveryCode(t *testing.T) {
	d := newDesk(t)
	a, b := d.enrol(t, "A"), d.enrol(t, "B")
	code := d.recoveryCode(t, a)
	if len(code) != 29 || strings.Count(code, "-") != 5 {
		t.Errorf("a code of %d characters", len(code))
	}
	if err := d.ReportLost(t.Context(), strings.ToLower(strings.ReplaceAll(code, "-", " "))); err != nil {
		t.Fatal(err)
	}
	for _, p := range []*phone{a, b} {
		d.wantOpen(t, "a session", p.token, fault.CodeSessionInvalid)
		_, _, err := d.signInPasskey(t, p, session.Opening{})
		wantCode(t, "a passkey", err, fault.CodePasskeyUnknown)
	}
	if d.wallets.locked.Load() != 1 || len(d.gone) != 1 || d.gone[0] != "anh/" {
		t.Errorf("locked %d times, told of %v", d.wallets.locked.Load(), d.gone)
	}
	if kinds := d.kinds(t, 1); kinds[0] != wallet.RecoveryUsed {
		t.Errorf("events %v", kinds)
	}
	wantCode(t, "a second use", d.ReportLost(t.Context(), code), fault.CodeRecoveryUsed)
	if e, err := d.store.Events(t.Context(), "anh", 1); err != nil || e[0].Kind != wallet.AccessRefused || e[0].Code != string(fault.CodeRecoveryUsed) {
		t.Errorf("events %+v, %v", e, err)
	}
	_, _, err := d.SignIn(t.Context(), code, session.Opening{})
	wantCode(t, "as an activation code", err, fault.CodeRequestMalformed)
}

func TestRecoveryRefusals(t *testing.T) {
	d := newDesk(t)
	p := d.enrol(t, "A")
	first := d.recoveryCode(t, p)
	code := d.recoveryCode(t, p)
	for what, c := range map[string]struct {
		code string
		want fault.Code
	}{
		"one that a newer replaced": {first, fault.CodeRecoveryUnknown},
		"a wrong secret":            {altered(code), fault.CodeRecoveryUnknown},
		"an unknown one":            {"ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ", fault.CodeRecoveryUnknown},
		"an activation code":        {d.activate(t), fault.CodeRequestMalformed},
		"nothing":                   {"", fault.CodeRequestMalformed}, "too much": {code + "0", fault.CodeRequestMalformed},
		"other letters": {"UUUU" + code[4:], fault.CodeRequestMalformed}, "very much": {strings.Repeat("-", 1000), fault.CodeRequestMalformed},
	} {
		wantCode(t, what, d.ReportLost(t.Context(), c.code), c.want)
	}
	if d.wallets.locked.Load() != 0 {
		t.Error("a refused code locked the wallet")
	}
	d.wantOpen(t, "the session", p.token, "")
	if e, err := d.store.Events(t.Context(), "anh", 100); err != nil || e[0].Code != string(fault.CodeRecoveryUnknown) && e[1].Code != string(fault.CodeRecoveryUnknown) {
		t.Errorf("the wrong secret is not told: %+v, %v", e[:2], err)
	}
	d.after(session.FreshFor)
	_, err := d.NewRecovery(t.Context(), p.open)
	wantCode(t, "a code for a stale session", err, fault.CodeReauthenticate)
}

// TestCheckEndsAnUncheckedCode: a code that was drawn before the check in person may
// be in the hands of somebody else, and stops nothing after it.
func TestCheckEndsAnUncheckedCode(t *testing.T) {
	d := newDesk(t)
	_, remote := d.signIn(t, session.Opening{})
	code, err := d.NewRecovery(t.Context(), remote)
	if err != nil {
		t.Fatal(err)
	}
	d.signIn(t, session.Opening{DeviceName: "Y"}) // no check, no end
	checked := d.enrol(t, "A")
	wantCode(t, "the code from before", d.ReportLost(t.Context(), code), fault.CodeRecoveryUnknown)
	d.wantOpen(t, "the checked device", checked.token, "")
	if d.wallets.locked.Load() != 0 {
		t.Error("it locked the wallet")
	}
	code = d.recoveryCode(t, checked)
	d.enrol(t, "B")
	d.signIn(t, session.Opening{DeviceName: "Z"})
	if err := d.ReportLost(t.Context(), code); err != nil {
		t.Errorf("the code from after: %v", err)
	}
	d.after(time.Second)
	d.enrol(t, "C") // a used code stays, and is told to be used
	wantCode(t, "the used code", d.ReportLost(t.Context(), code), fault.CodeRecoveryUsed)
}

// TestRecoveryStopsFirst: when locking fails the code is not used up.
func TestRecoveryStopsFirst(t *testing.T) {
	d := newDesk(t)
	p := d.enrol(t, "A")
	code := d.recoveryCode(t, p)
	d.wallets.fail = errors.New("no disk")
	if err := d.ReportLost(t.Context(), code); err == nil {
		t.Fatal("lost without a lock")
	}
	d.wallets.fail = nil
	if err := d.ReportLost(t.Context(), code); err != nil {
		t.Error(err)
	}
}

func TestConcurrentRecovery(t *testing.T) {
	d := newDesk(t)
	code := d.recoveryCode(t, d.enrol(t, "A"))
	var used atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := d.ReportLost(t.Context(), code); err == nil {
				used.Add(1)
			} else {
				wantCode(t, "who came second", err, fault.CodeRecoveryUsed)
			}
		})
	}
	wg.Wait()
	if used.Load() != 1 {
		t.Errorf("used %d times", used.Load())
	}
	events, err := d.store.Events(t.Context(), "anh", 100)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, e := range events {
		if e.Kind == wallet.AccessRefused && e.Code == string(fault.CodeRecoveryUsed) {
			refused++
		}
	}
	if refused != 7 {
		t.Errorf("%d of 7 refusals are told", refused)
	}
}

// TestRecoveryCostsTheSame: an unknown code costs a hash, as a wrong one does.
func TestRecoveryCostsTheSame(t *testing.T) {
	d := newDesk(t)
	code := d.recoveryCode(t, d.enrol(t, "A"))
	const hash = 19 << 20
	for what, typed := range map[string]string{"unknown": "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ", "wrong": altered(code)} {
		if cost := allocated(func() { _ = d.ReportLost(t.Context(), typed) }); cost < hash {
			t.Errorf("%s costs %d bytes, a hash %d", what, cost, hash)
		}
	}
}

// TestReissueNeedsACheckInPerson: only who was seen by the agency since gets
// everything back.
func TestReissueNeedsACheckInPerson(t *testing.T) {
	d := newDesk(t)
	_, remote := d.signIn(t, session.Opening{})
	_, err := d.Reissue(t.Context(), remote)
	wantCode(t, "a code alone", err, fault.CodeReissueInPerson)
	p := d.enrol(t, "A")
	if n, err := d.Reissue(t.Context(), p.open); n != 4 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	d.after(session.FreshFor)
	_, err = d.Reissue(t.Context(), p.open)
	wantCode(t, "a stale session", err, fault.CodeReauthenticate)
	if d.wallets.reissued.Load() != 1 {
		t.Errorf("reissued %d times", d.wallets.reissued.Load())
	}
}
