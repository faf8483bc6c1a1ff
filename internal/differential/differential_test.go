package differential_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	random "math/rand/v2"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/qr"
	"github.com/giayto/giayto/verifier"
)

// mutations is how many broken texts an ordinary run tries; make fuzz sets
// MUTATIONS and draws others each time, SEED repeats a run.
const mutations = 4000

func setting(t *testing.T, name string, otherwise int) int {
	t.Helper()
	s := os.Getenv(name)
	if s == "" {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(name, err)
	}
	return n
}

// testKey derives a TEST key: anybody can, which is the point.
func testKey(t *testing.T, label string) *ecdsa.PrivateKey {
	t.Helper()
	sum := sha256.Sum256([]byte("giayto TEST key, never trust: differential " + label))
	return ok(ecdsa.ParseRawPrivateKey(elliptic.P256(), sum[:]))(t)
}

// repeatable signs by RFC 6979, so that the same input gives the same bytes.
type repeatable struct{ *ecdsa.PrivateKey }

func (r repeatable) Sign(_ io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	return r.PrivateKey.Sign(nil, digest, crypto.SHA256)
}

// ok unwraps what must not fail.
func ok[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func requirements(names []string) (out []verifier.Requirement) {
	for _, name := range names {
		document, claim, _ := strings.Cut(name, "/")
		out = append(out, verifier.Requirement{Document: document, Claim: claim})
	}
	return out
}

// readTexts returns the texts of the vectors.
func readTexts(t *testing.T) (texts []string) {
	t.Helper()
	var file struct{ Vectors []struct{ Text string } }
	if err := json.Unmarshal(ok(os.ReadFile("../../testdata/vectors/presentations.json"))(t), &file); err != nil {
		t.Fatal(err)
	}
	for _, v := range file.Vectors {
		texts = append(texts, v.Text)
	}
	return texts
}

// bench is both checkers with the same list, and the mutator that feeds them.
func bench(t *testing.T, seed uint64) (*node, *verifier.Verifier, *mutator) {
	t.Helper()
	root, key := testKey(t, "root"), testKey(t, "disclosure")
	named := ok(verifier.NewKey(&key.PublicKey))(t)
	now := time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)
	list := string(ok(verifier.SignTrustList(verifier.TrustList{Version: 7, Issuer: "https://giayto.example", IssuedAt: now.Add(-time.Hour),
		NextUpdate: now.Add(24 * time.Hour), Rules: verifier.DefaultRules(), Keys: []verifier.TrustedKey{{Purpose: verifier.PurposeDisclosure,
			Algorithm: "ES256", NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), JWK: ok(json.Marshal(named))(t)}}}, repeatable{root}))(t))
	rootKey := ok(verifier.NewKey(&root.PublicKey))(t)
	n := startNode(t)
	var used struct{ Stamp bool }
	if n.ask(t, request{Op: "use", Root: ok(json.Marshal(rootKey))(t), List: list}, &used); !used.Stamp {
		t.Fatal("node does not open the list")
	}
	v := verifier.New(ok(verifier.OpenTrustList([]byte(list), rootKey))(t), verifier.Options{Replay: verifier.UnsafeAcceptReplays{}})
	m := &mutator{t: t, r: random.New(random.NewPCG(seed, 1)), key: key, id: named.ID[:], now: now, texts: readTexts(t)}
	for _, text := range readTexts(t) {
		message, err := qr.Decode(text)
		if err != nil || len(message) < 100 || message[0] != 0xd2 {
			continue
		}
		m.messages = append(m.messages, message)
		payload := message[payloadAt+1 : len(message)-66]
		if message[payloadAt] == 0x58 {
			payload = payload[1:]
		} else if message[payloadAt] == 0x59 {
			payload = payload[2:]
		}
		if _, result := v.Verify(m.sign(payload), verifier.Check{Now: now}); !isReason(result, verifier.ReasonMalformed) {
			m.payloads = append(m.payloads, payload)
			// Signed by the key of the list, so that breaking it is what a checker finds.
			text := m.sign(payload)
			m.texts, m.messages = append(m.texts, text), append(m.messages, ok(qr.Decode(text))(t))
		}
	}
	for _, message := range m.messages {
		m.texts = append(m.texts, m.frame("VN1:", message))
	}
	return n, v, m
}

func isReason(err error, reason verifier.Reason) bool {
	var refusal *verifier.Refusal
	return errors.As(err, &refusal) && refusal.Reason == reason
}

// draw makes the next request, mostly at a moment when the code is good.
func (m *mutator) draw() request {
	layer := pick(m.r, layers)
	r := request{how: layer.name, Text: layer.text(m), Now: m.now.UnixMilli()}
	if m.r.IntN(8) == 0 {
		r.Now += pick(m.r, []int64{-3600_000, -3630_001, -3630_000, 30_000, 90_000, 90_001, 3600_000, 3630_001, 691230_000, 691230_001, int64(m.r.IntN(400_000)) - 200_000})
	}
	if m.r.IntN(12) == 0 {
		r.Audience = pick(m.r, []string{"khách-sạn-42", "kha\u0301ch-sa\u0323n-42", "bank.example", "hotel.example"})
	}
	if m.r.IntN(12) == 0 {
		r.Nonce = pick(m.r, []string{"0102030405060708", "ffffffffffffffff"})
	}
	if m.r.IntN(12) == 0 {
		r.Require = []string{pick(m.r, []string{"can_cuoc/name", "gplx/name", "can_cuoc/nothing"})}
		r.RequireTrue = []string{pick(m.r, []string{"can_cuoc/age_equal_or_over.18", "dang_ky_xe/registration_valid"})}
	}
	if m.r.IntN(12) == 0 {
		r.MaxAge = pick(m.r, []int64{3599, 3600, 7200})
	}
	return r
}

// TestGoAndNodeAgree gives both checkers the same broken texts and compares
// their reports whole: verdict, reason, values, sentences, moments.
func TestGoAndNodeAgree(t *testing.T) {
	total := setting(t, "MUTATIONS", mutations)
	seed := setting(t, "SEED", 1)
	if seed == 0 {
		seed = int(time.Now().UnixNano())
	}
	n, v, m := bench(t, uint64(seed))
	asked := make(chan request, 256)
	go func() {
		defer close(asked)
		for range total {
			r := m.draw()
			if err := n.in.Encode(r); err != nil {
				t.Error(err)
				return
			}
			asked <- r
		}
	}()
	reasons, layered, differences := map[string]int{}, map[string]int{}, 0
	for r := range asked {
		var theirs map[string]any
		n.answer(t, &theirs)
		result, err := v.Verify(r.Text, r.check(t))
		raw := ok(verifier.NewReport(result, err).JSON())(t)
		var ours map[string]any
		if err := json.Unmarshal(raw, &ours); err != nil {
			t.Fatal(err)
		}
		reason, _ := ours["reason"].(string)
		reasons[reason]++
		if layered[r.how]++; !reflect.DeepEqual(ours, theirs) {
			if differences++; differences <= 5 {
				t.Errorf("seed %d, %s: %+v\nGo   %s\nNode %s", seed, r.how, r, raw, ok(json.Marshal(theirs))(t))
			}
		}
	}
	t.Logf("seed %d: %d texts, %d differences; reasons %v; layers %v", seed, total, differences, reasons, layered)
	if reasons[""] < total/50 || reasons["claim_invalid"] < total/100 || reasons["catalog_outdated"] < total/200 {
		t.Errorf("the deep steps are hardly reached: %v", reasons)
	}
}
