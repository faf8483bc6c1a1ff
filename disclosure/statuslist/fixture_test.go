package statuslist_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/giayto/giayto/disclosure/statuslist"
)

// TEST keys, derived from their names and worth nothing.
var (
	statusKey = testKey("TEST status")
	otherKey  = testKey("TEST other")
)

func testKey(name string) *ecdsa.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), seed[:])
	if err != nil {
		panic(err)
	}
	return key
}

const (
	origin  = "https://giayto.example"
	listURI = origin + "/status-lists/csgt/1"
)

var (
	issued  = time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	expires = issued.Add(24 * time.Hour)
	now     = issued.Add(10 * time.Minute)
)

func signOptions() statuslist.SignOptions {
	return statuslist.SignOptions{Signer: statusKey, KeyID: "status-1", Subject: listURI,
		IssuedAt: issued, ExpiresAt: expires, TTL: time.Minute, AggregationURI: origin + "/status-lists"}
}

func openOptions() statuslist.OpenOptions {
	return statuslist.OpenOptions{Key: &statusKey.PublicKey, Subject: listURI, Now: now, Skew: 30 * time.Second}
}

// newList returns a list of 2 bits with one entry of each status at its number.
func newList(t testing.TB, size int) *statuslist.List {
	t.Helper()
	l, err := statuslist.New(2, size)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []statuslist.Status{statuslist.Revoked, statuslist.Suspended, statuslist.Withheld} {
		if err := l.Set(int(s), s); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func sign(t testing.TB, l *statuslist.List, o statuslist.SignOptions) string {
	t.Helper()
	text, err := statuslist.Sign(l, o)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// onePercent is a list with 1 % of its entries revoked, the same in every run.
func onePercent(t testing.TB, size int, seed uint64) *statuslist.List {
	t.Helper()
	l, err := statuslist.New(2, size)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(seed, 1))
	for _, index := range random.Perm(size)[:size/100] {
		if err := l.Set(index, statuslist.Revoked); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

const goodHeader = `{"alg":"ES256","typ":"statuslist+jwt","kid":"status-1"}`

var b64 = base64.RawURLEncoding

// forge signs any header and payload with the status key, as a hostile or
// mistaken issuer would.
func forge(t testing.TB, header, payload string) string {
	t.Helper()
	input := b64.EncodeToString([]byte(header)) + "." + b64.EncodeToString([]byte(payload))
	es256, err := jws.NewSigner(jwa.ES256)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := es256.Sign([]byte(input), statusKey)
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + b64.EncodeToString(signature)
}

// payload is a good token's payload with the list given.
func payload(list string) string {
	return fmt.Sprintf(`{"sub":%q,"iat":%d,"exp":%d,"ttl":60,"status_list":%s}`, listURI, issued.Unix(), expires.Unix(), list)
}

// refused collects the reasons that tests have met.
var refused sync.Map

func wants(t *testing.T, err error, want statuslist.Reason) {
	t.Helper()
	refused.Store(statuslist.ReasonOf(err), true)
	if got := statuslist.ReasonOf(err); got != want {
		t.Errorf("refused with %q (%v), want %q", got, err, want)
	}
}

// brokenSigner has a key and cannot use it, as a device that is unplugged.
type brokenSigner struct{ crypto.Signer }

var errUnplugged = errors.New("TEST: unplugged")

func (brokenSigner) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errUnplugged
}

// Bundles.

func snapshotOptions() statuslist.SnapshotOptions {
	return statuslist.SnapshotOptions{Signer: statusKey, KeyID: "status-1", Issuer: origin,
		IssuedAt: issued.Add(time.Minute), ExpiresAt: issued.Add(12 * time.Hour)}
}

func snapshotCheck() statuslist.SnapshotCheck {
	return statuslist.SnapshotCheck{Issuer: origin, Now: now, Skew: 30 * time.Second,
		Keys: func(keyID string) *ecdsa.PublicKey {
			if keyID != "status-1" {
				return nil
			}
			return &statusKey.PublicKey
		}}
}

const secondURI = origin + "/status-lists/bhxh/1"

// twoLists are the tokens of two lists by their addresses.
func twoLists(t testing.TB) map[string]string {
	t.Helper()
	second := signOptions()
	second.Subject, second.IssuedAt = secondURI, issued.Add(30*time.Second)
	return map[string]string{listURI: sign(t, newList(t, 1000), signOptions()), secondURI: sign(t, newList(t, 64), second)}
}

func signSnapshot(t testing.TB, lists map[string]string, o statuslist.SnapshotOptions) string {
	t.Helper()
	text, err := statuslist.SignSnapshot(lists, o)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func bundleOf(t testing.TB, snapshot string, lists map[string]string) []byte {
	t.Helper()
	raw, err := statuslist.EncodeBundle(snapshot, lists)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func bundle(t testing.TB) []byte {
	t.Helper()
	lists := twoLists(t)
	return bundleOf(t, signSnapshot(t, lists, snapshotOptions()), lists)
}

func without(lists map[string]string, uri string) map[string]string {
	rest := maps.Clone(lists)
	delete(rest, uri)
	return rest
}

// TestMain runs everything and then asks that every reason of the closed set was
// met: a reason that nothing produces is no reason.
func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	whole := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.fuzz").Value.String() == "" &&
		flag.Lookup("test.skip").Value.String() == "" && flag.Lookup("test.list").Value.String() == ""
	for _, r := range statuslist.Reasons() {
		if _, met := refused.Load(r); whole && !met {
			fmt.Fprintf(os.Stderr, "no test refuses with %q\n", r)
			code = 1
		}
	}
	os.Exit(code)
}
