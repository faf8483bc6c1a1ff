package session_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

// number of the only citizen; fictional, no province has the code 999.
const number = "999305000001"

var start = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

// desk is a service on a real store with one citizen.
type desk struct {
	*session.Service
	store   *counting
	wallets *wallets
	now     atomic.Pointer[time.Time]

	mu   sync.Mutex
	gone []string // devices of which DeviceEnded was told
}

// counting counts what reaches the store.
type counting struct {
	*bolt.Store
	attempts atomic.Int32
	changes  atomic.Int32
	written  atomic.Int32 // transactions that were kept
	taken    atomic.Int32 // how many locators are still to be taken
}

func (c *counting) Change(ctx context.Context, f func(session.Tx) error) error {
	c.changes.Add(1)
	err := c.Store.Change(ctx, f)
	if err == nil {
		c.written.Add(1)
	}
	return err
}

func (c *counting) BeginAttempt(ctx context.Context, locator string, now time.Time, maxTries int) (session.Activation, error) {
	c.attempts.Add(1)
	a, err := c.Store.BeginAttempt(ctx, locator, now, maxTries)
	if err == nil {
		c.written.Add(1)
	}
	return a, err
}

func (c *counting) PutActivation(ctx context.Context, a session.Activation) error {
	if c.taken.Add(-1) >= 0 {
		return fault.New(fault.CodeInternal, "the locator is taken")
	}
	return c.Store.PutActivation(ctx, a)
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "test.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	err = store.Issue(context.Background(), func(tx issuer.Tx) error {
		return tx.AddCitizen(wallet.Citizen{ID: "anh", Number: number, CreatedAt: start})
	})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{store: &counting{Store: store}}
	d.at(start)
	d.wallets = &wallets{d: d}
	d.Service = session.New(session.Config{Catalog: catalog.Default(), Store: d.store, Party: party, Wallets: d.wallets,
		Now: func() time.Time { return *d.now.Load() }, Random: rand.Reader,
		DeviceEnded: func(owner, device string) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.gone = append(d.gone, owner+"/"+device)
		}})
	return d
}

func (d *desk) at(now time.Time) { d.now.Store(&now) }

func (d *desk) activate(t testing.TB) string {
	t.Helper()
	code, expires, err := d.IssueActivation(context.Background(), "c06", number)
	if err != nil {
		t.Fatal(err)
	}
	if want := d.now.Load().Add(session.ActivationLifetime); !expires.Equal(want) {
		t.Fatalf("expires %v, want %v", expires, want)
	}
	return code
}

// altered changes the last character of a code.
func altered(code string) string {
	last := byte('0')
	if code[len(code)-1] == last {
		last = '1'
	}
	return code[:len(code)-1] + string(last)
}

func wantCode(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

func TestSignInAsTyped(t *testing.T) {
	for name, typed := range map[string]func(code string) string{
		"as written": func(c string) string { return c },
		"lower case": strings.ToLower,
		"no hyphens": func(c string) string { return strings.ReplaceAll(c, "-", "") },
		"spaces":     func(c string) string { return "  " + strings.ReplaceAll(c, "-", "  ") + " " },
		"look-alikes": func(c string) string {
			return strings.NewReplacer("0", "o", "1", "I").Replace(strings.Replace(c, "1", "l", 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			token, opened, err := d.SignIn(t.Context(), typed(d.activate(t)), session.Opening{DeviceName: "Máy của Ánh"})
			if err != nil {
				t.Fatal(err)
			}
			found, err := d.Authenticate(t.Context(), token)
			if err != nil || found.ID != opened.ID || found.Owner != "anh" || found.Device != opened.Device {
				t.Errorf("found %+v, %v", found, err)
			}
		})
	}
}

func TestMalformedCodesDoNotReachTheStore(t *testing.T) {
	d := newDesk(t)
	for _, code := range []string{"", "-", "0000", "0000-0000-0000-000", "0000-0000-0000-00000", "UUUU-0000-0000-0000",
		"0000_0000_0000_0000", "0000-0000-0000-000Đ", "0000-0000-0000-000\x00", strings.Repeat("-", 65), strings.Repeat("0", 1<<20)} {
		_, _, err := d.SignIn(t.Context(), code, session.Opening{})
		wantCode(t, fmt.Sprintf("%.20q", code), err, fault.CodeRequestMalformed)
		var f *fault.Error
		if errors.As(err, &f); f.Field != "activation_code" {
			t.Errorf("%.20q: field %q", code, f.Field)
		}
	}
	if n := d.store.attempts.Load(); n != 0 {
		t.Errorf("%d attempts reached the store", n)
	}
}

func TestDeviceNames(t *testing.T) {
	for name, good := range map[string]bool{
		"": true, "Điện thoại": true, strings.Repeat("ệ", 60): true, strings.Repeat("e\u0302\u0323", 60): true,
		strings.Repeat("ệ", 61): false, "a\nb": false, "a\u202eb": false, "\xff": false, "a\ufffdb": false, strings.Repeat("a", 1<<20): false,
	} {
		d := newDesk(t)
		_, _, err := d.SignIn(t.Context(), d.activate(t), session.Opening{DeviceName: name})
		if good && err != nil {
			t.Errorf("%.40q: %v", name, err)
		}
		if !good {
			wantCode(t, fmt.Sprintf("%.40q", name), err, fault.CodeRequestMalformed)
			if d.store.attempts.Load() != 0 {
				t.Errorf("%.40q cost a try", name)
			}
		}
	}
}

func TestActivationRefusals(t *testing.T) {
	d := newDesk(t)
	code := d.activate(t)
	for range session.MaxTries {
		_, _, err := d.SignIn(t.Context(), altered(code), session.Opening{})
		wantCode(t, "wrong secret", err, fault.CodeActivationUnknown)
	}
	_, _, err := d.SignIn(t.Context(), code, session.Opening{})
	wantCode(t, "right, after five tries", err, fault.CodeActivationTries)

	older, newer := d.activate(t), d.activate(t)
	_, _, err = d.SignIn(t.Context(), older, session.Opening{})
	wantCode(t, "replaced by a newer", err, fault.CodeActivationUnknown)
	if _, _, err = d.SignIn(t.Context(), newer, session.Opening{}); err != nil {
		t.Error(err)
	}
	_, _, err = d.SignIn(t.Context(), newer, session.Opening{})
	wantCode(t, "second use", err, fault.CodeActivationUsed)

	last := d.activate(t)
	d.at(start.Add(session.ActivationLifetime))
	_, _, err = d.SignIn(t.Context(), last, session.Opening{})
	wantCode(t, "at its end", err, fault.CodeActivationExpired)
	d.at(start.Add(session.ActivationLifetime - time.Nanosecond))
	if _, _, err = d.SignIn(t.Context(), last, session.Opening{}); err != nil {
		t.Errorf("just before its end: %v", err)
	}
}

func TestWhoMayIssueActivations(t *testing.T) {
	d := newDesk(t)
	for _, c := range []struct {
		agency, number string
		code           fault.Code
	}{
		{"c06", "999305000002", fault.CodeCitizenUnknown}, {"c06", "", fault.CodeCitizenUnknown},
		{"csgt", number, fault.CodeAgencyNotAllowed}, {"bhxh", number, fault.CodeAgencyNotAllowed},
		{"nobody", number, fault.CodeAgencyUnknown}, {"", number, fault.CodeAgencyUnknown},
	} {
		_, _, err := d.IssueActivation(t.Context(), c.agency, c.number)
		wantCode(t, c.agency+" for "+c.number, err, c.code)
	}
}

func TestTakenLocatorsAreDrawnAnew(t *testing.T) {
	d := newDesk(t)
	d.store.taken.Store(3)
	if _, _, err := d.SignIn(t.Context(), d.activate(t), session.Opening{}); err != nil {
		t.Error(err)
	}
	d.store.taken.Store(1000)
	_, _, err := d.IssueActivation(t.Context(), "c06", number)
	wantCode(t, "all taken", err, fault.CodeInternal)
}

// TestConcurrentGuesses: parallel attempts share no try, and one code opens one
// session.
func TestConcurrentGuesses(t *testing.T) {
	d := newDesk(t)
	code := d.activate(t)
	var wg sync.WaitGroup
	var opened, refused atomic.Int32
	for i := range 12 {
		wg.Go(func() {
			guess := code
			if i%2 == 1 {
				guess = altered(code)
			}
			if _, _, err := d.SignIn(t.Context(), guess, session.Opening{}); err == nil {
				opened.Add(1)
			} else if fault.Is(err, fault.CodeInternal) {
				t.Error(err)
			} else {
				refused.Add(1)
			}
		})
	}
	wg.Wait()
	if opened.Load() > 1 || opened.Load()+refused.Load() != 12 {
		t.Errorf("%d opened, %d refused", opened.Load(), refused.Load())
	}
}

func TestSessionsEnd(t *testing.T) {
	d := newDesk(t)
	token, opened, err := d.SignIn(t.Context(), d.activate(t), session.Opening{})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "x", token + "=", token[:42], token[:42] + "\n", strings.ToUpper(token), strings.Repeat("A", 43), strings.Repeat("A", 1<<20)} {
		_, err := d.Authenticate(t.Context(), bad)
		wantCode(t, fmt.Sprintf("%.50q", bad), err, fault.CodeSessionInvalid)
	}
	_, err = d.AuthenticateAgency(t.Context(), token)
	wantCode(t, "a citizen as an agency", err, fault.CodeAgencyInvalid)
	if err := d.SignOut(t.Context(), opened); err != nil {
		t.Fatal(err)
	}
	_, err = d.Authenticate(t.Context(), token)
	wantCode(t, "after signing out", err, fault.CodeSessionInvalid)
	wantCode(t, "signing out twice", d.SignOut(t.Context(), opened), fault.CodeSessionInvalid)
}

func TestAgencyTokens(t *testing.T) {
	d := newDesk(t)
	token, err := d.NewAgencyToken(t.Context(), "csgt")
	if err != nil {
		t.Fatal(err)
	}
	if agency, err := d.AuthenticateAgency(t.Context(), token); agency != "csgt" || err != nil {
		t.Errorf("agency %q, %v", agency, err)
	}
	_, err = d.Authenticate(t.Context(), token)
	wantCode(t, "an agency as a citizen", err, fault.CodeSessionInvalid)
	_, err = d.NewAgencyToken(t.Context(), "nobody")
	wantCode(t, "unknown agency", err, fault.CodeAgencyUnknown)
}

// TestNothingSecretIsKept: no token or code can be read out of what is stored.
func TestNothingSecretIsKept(t *testing.T) {
	seen := &seeing{}
	d := newDesk(t)
	seen.counting = d.store
	s := session.New(session.Config{Catalog: catalog.Default(), Store: seen, Now: func() time.Time { return start }, Random: rand.Reader, Party: party})
	code, _, err := s.IssueActivation(t.Context(), "c06", number)
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := s.SignIn(t.Context(), code, session.Opening{})
	if err != nil {
		t.Fatal(err)
	}
	plain := strings.ReplaceAll(code, "-", "")
	for _, secret := range []string{token, plain, plain[6:], code} {
		if strings.Contains(seen.kept, secret) {
			t.Errorf("the store is given %q", secret)
		}
	}
	if !strings.Contains(seen.kept, plain[:6]) {
		t.Error("the store was not given the locator: the test would prove nothing")
	}
}

// seeing notes everything that is stored.
type seeing struct {
	*counting
	kept string
}

func (s *seeing) PutActivation(ctx context.Context, a session.Activation) error {
	b, _ := json.Marshal(a)
	s.kept += string(b) + fmt.Sprint(a)
	return s.counting.PutActivation(ctx, a)
}

func (s *seeing) Enrol(ctx context.Context, locator string, at time.Time, d wallet.Device, ses session.Session, e wallet.Event) error {
	b, _ := json.Marshal([]any{d, ses, e})
	s.kept += string(b) + fmt.Sprint(d, ses, e)
	return s.counting.Enrol(ctx, locator, at, d, ses, e)
}
