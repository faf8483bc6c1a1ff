package verifier_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/qr"
	"github.com/giayto/giayto/verifier"
)

// fuzzLabel names TEST keys that belong to this very set of vectors: what a
// fuzzer remembers of earlier sets, rightly signed at the time, was signed by
// other keys.
func fuzzLabel(f *testing.F) string {
	sum := sha256.Sum256(ok(os.ReadFile("../testdata/vectors/presentations.json"))(f))
	return "fuzz " + hex.EncodeToString(sum[:])
}

// fuzzed is a checker with a key of its own, and the messages that the key has
// signed: the accepted vectors, signed anew.
func fuzzed(f *testing.F) (check func(t *testing.T, text string) *verifier.Result, genuine map[string]bool) {
	vectors, label := readVectors(f).Vectors, fuzzLabel(f)
	now := vectors[0].Now
	l := draft(f, 1)
	l.IssuedAt, l.NextUpdate, l.Keys = now.Add(-time.Hour), now.Add(time.Hour), []verifier.TrustedKey{entry(f, label)}
	v := verifier.New(open(f, l), verifier.Options{Replay: verifier.UnsafeAcceptReplays{}})
	genuine = map[string]bool{}
	for _, vector := range vectors {
		if vector.Want.Verdict == verifier.Established {
			genuine[signedPart(signAnew(f, ok(qr.Decode(vector.Text))(f), label))] = true
		}
	}
	first := signAnew(f, ok(qr.Decode(vectors[0].Text))(f), label)
	if _, err := v.Verify(ok(qr.Encode(first))(f), verifier.Check{Now: now}); err != nil {
		f.Fatal("a vector signed anew is not established: ", err)
	}
	return func(t *testing.T, text string) *verifier.Result {
		result, err := v.Verify(text, verifier.Check{Now: now})
		reason := reasonOf(t, result, err)
		if raw, jsonErr := verifier.NewReport(result, err).JSON(); jsonErr != nil || strings.Contains(string(raw), `"documents"`) != (reason == "") {
			t.Fatalf("report %s, %v", raw, jsonErr)
		}
		return result
	}, genuine
}

// Places in a message: 8 bytes of head, the key id, an empty header, the
// payload as a byte string, two bytes of head, the signature.
const (
	kidAt       = 8
	payloadAt   = kidAt + verifier.KeyIDSize + 1
	signatureAt = -64
)

// signAnew puts another key's id and signature on a message.
func signAnew(f *testing.F, message []byte, label string) []byte {
	key := testKey(f, label)
	id := named(f, key).ID
	out := bytes.Clone(message)
	copy(out[kidAt:], id[:])
	signed := append([]byte("\x84\x6aSignature1"), out[2:payloadAt-1]...)
	signed = append(signed, "\x55giayto/presentation/1"...)
	signed = append(signed, out[payloadAt:len(out)+signatureAt-2]...)
	digest := sha256.Sum256(signed)
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(ok(repeatable{key}.Sign(nil, digest[:], nil))(f), &rs); err != nil {
		f.Fatal(err)
	}
	rs.R.FillBytes(out[len(out)+signatureAt : len(out)-32])
	rs.S.FillBytes(out[len(out)-32:])
	return out
}

// signedPart is a message without its signature, which has a twin.
func signedPart(message []byte) string { return string(message[:max(len(message)-64, 0)]) }

// FuzzVerify gives any text to a checker: it answers with a result or one
// reason, and establishes only what a TEST key signed.
func FuzzVerify(f *testing.F) {
	check, genuine := fuzzed(f)
	label := fuzzLabel(f)
	for _, v := range readVectors(f).Vectors {
		f.Add(v.Text)
		if v.Want.Verdict == verifier.Established {
			f.Add(ok(qr.Encode(signAnew(f, ok(qr.Decode(v.Text))(f), label)))(f))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if check(t, text) == nil {
			return
		}
		if message, err := qr.Decode(text); err != nil || !genuine[signedPart(message)] {
			t.Fatalf("established what nobody signed: %q", text)
		}
	})
}

// FuzzMessage gives any bytes to a checker as a message.
func FuzzMessage(f *testing.F) {
	check, genuine := fuzzed(f)
	label := fuzzLabel(f)
	for _, v := range readVectors(f).Vectors {
		if message, err := qr.Decode(v.Text); err == nil {
			f.Add(message)
			if v.Want.Verdict == verifier.Established {
				f.Add(signAnew(f, message, label))
			}
		}
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		text, err := qr.EncodePlain(message)
		if err != nil {
			return
		}
		if check(t, text) != nil && !genuine[signedPart(message)] {
			t.Fatalf("established what nobody signed: %x", message)
		}
	})
}

// FuzzPayload gives any payload, rightly signed, to a checker: what it accepts
// is what the writer of tokens can have written.
func FuzzPayload(f *testing.F) {
	for _, v := range readVectors(f).Vectors {
		if message, err := qr.Decode(v.Text); err == nil && len(message) > 82 {
			f.Add(message[15 : len(message)-66])
		}
	}
	key := testKey(f, "disclosure")
	v := verifier.New(open(f, draft(f, 1)), verifier.Options{Replay: verifier.UnsafeAcceptReplays{}})
	f.Fuzz(func(t *testing.T, payload []byte) {
		text, err := qr.Encode(signByHand(t, key, payload))
		if err != nil {
			return
		}
		result, err := v.Verify(text, verifier.Check{Now: noon})
		if reason := reasonOf(t, result, err); reason == verifier.ReasonBadSignature || reason == verifier.ReasonUnknownKey {
			t.Fatalf("%s for a payload that was rightly signed", reason)
		}
		if result != nil && len(result.Documents) == 0 {
			t.Fatal("established nothing at all")
		}
	})
}

// FuzzOpenTrustList gives any text to the reader of trust lists: it opens only
// what the root signed.
func FuzzOpenTrustList(f *testing.F) {
	signer := testKey(f, fuzzLabel(f)+" root")
	root := named(f, signer)
	known := map[verifier.Stamp]bool{}
	for version := range int64(3) {
		text := ok(verifier.SignTrustList(draft(f, version+1), repeatable{signer}))(f)
		f.Add(text)
		known[ok(verifier.OpenTrustList(text, root))(f).Stamp()] = true
	}
	for _, v := range readVectors(f).Vectors {
		f.Add([]byte(v.TrustList))
		f.Add([]byte(v.Policy.PreviousList))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := verifier.OpenTrustList(text, root)
		if err != nil {
			wantReason(t, err, verifier.ReasonTrustListInvalid)
		}
		if (list == nil) == (err == nil) || list != nil && !known[list.Stamp()] {
			t.Fatalf("%v, %v", list, err)
		}
	})
}

// FuzzSuccession: of all next roots that the old root could name, only those
// count that have agreed.
func FuzzSuccession(f *testing.F) {
	root, next := testKey(f, "root"), testKey(f, "next root")
	good := ok(verifier.NewSuccession("https://giayto.example", named(f, root), next))(f)
	f.Add([]byte(good.JWK), good.Proof)
	f.Add([]byte(good.JWK), good.Proof[:40])
	f.Add(ok(json.Marshal(named(f, root)))(f), good.Proof)
	f.Add([]byte(`{"kty":"EC"}`), "")
	list := draft(f, 1)
	f.Fuzz(func(t *testing.T, jwk []byte, proof string) {
		if !json.Valid(jwk) {
			return
		}
		l := list
		l.NextRoot = &verifier.NextRoot{JWK: jwk, Proof: proof}
		payload := ok(json.Marshal(l))(t)
		opened, err := verifier.OpenTrustList([]byte(compact(t, "giayto-trust-list+jwt", string(payload), root)), named(t, root))
		if err != nil {
			wantReason(t, err, verifier.ReasonTrustListInvalid)
		} else if opened.NextRoot != nil && opened.NextRoot.Key().Thumbprint != named(t, next).Thumbprint {
			t.Errorf("%s follows without its word", opened.NextRoot.Key().Thumbprint)
		}
	})
}

// FuzzParseKey gives any bytes to the reader of keys: what it reads it can write
// and read again.
func FuzzParseKey(f *testing.F) {
	f.Add([]byte(readVectors(f).Vectors[0].Root))
	f.Add([]byte(`{"kty":"EC","crv":"P-256","x":"","y":""}`))
	f.Add([]byte(`{"kty":"RSA","n":"AQAB","e":"AQAB"}`))
	f.Add([]byte(`{"keys":[]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		key, err := verifier.ParseKey(raw)
		if err != nil {
			return
		}
		written := ok(key.MarshalJSON())(t)
		if again := ok(verifier.ParseKey(written))(t); again.Thumbprint != key.Thumbprint {
			t.Fatalf("%s became %s", raw, written)
		}
	})
}
