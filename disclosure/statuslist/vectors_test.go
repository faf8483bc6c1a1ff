package statuslist_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure/statuslist"
)

type draftVectors struct {
	Short []struct {
		Bits  int
		Bytes string `json:"byte_array_hex"`
		List  string `json:"lst"`
	}
	Long []struct {
		Bits, Size int
		Statuses   map[string]statuslist.Status
		JSON       struct {
			Bits int
			List string `json:"lst"`
		}
		CBOR string `json:"cbor_hex"`
	}
	JWT           string                `json:"status_list_jwt"`
	CWT           string                `json:"status_list_cwt_hex"`
	ReferencedCWT string                `json:"referenced_token_cwt_hex"`
	ExampleKey    struct{ X, Y string } `json:"example_key_jwk"`
}

func vectors(t *testing.T) draftVectors {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "draft", "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v draftVectors
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func inflate(t *testing.T, bits int, text string) *statuslist.List {
	t.Helper()
	compressed, err := b64.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	l, err := statuslist.Decompress(bits, compressed)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// The short vectors (section 4), both ways.
func TestDraftShort(t *testing.T) {
	short := vectors(t).Short
	if len(short) != 2 {
		t.Fatalf("%d short vectors, want 2", len(short))
	}
	for _, v := range short {
		raw, err := hex.DecodeString(v.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if got := inflate(t, v.Bits, v.List).Bytes(); !bytes.Equal(got, raw) {
			t.Errorf("%d bits: %x, want %s", v.Bits, got, v.Bytes)
		}
		l, err := statuslist.FromBytes(v.Bits, raw)
		if err != nil {
			t.Fatal(err)
		}
		compressed, err := l.Compress()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := statuslist.Decompress(v.Bits, compressed); err != nil || !bytes.Equal(got.Bytes(), raw) {
			t.Errorf("%d bits: built and read back: %v, %v", v.Bits, got, err)
		}
	}
	// The statuses that the draft spells out for its 1-bit and its 2-bit example.
	want := map[int][]statuslist.Status{
		1: {1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1},
		2: {1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3},
	}
	for _, v := range short {
		l := inflate(t, v.Bits, v.List)
		for index, status := range want[v.Bits] {
			if got, err := l.Get(index); err != nil || got != status {
				t.Errorf("%d bits, index %d: %d, %v, want %d", v.Bits, index, got, err, status)
			}
		}
	}
}

// The long vectors (appendix "Test vectors"): every index of every list, read
// from JSON and from CBOR, and the same list built by us.
func TestDraftLong(t *testing.T) {
	long := vectors(t).Long
	if len(long) != 4 {
		t.Fatalf("%d long vectors, want 4", len(long))
	}
	for _, v := range long {
		t.Run(strconv.Itoa(v.Bits), func(t *testing.T) {
			built, err := statuslist.New(v.Bits, v.Size)
			if err != nil {
				t.Fatal(err)
			}
			statuses := map[int]statuslist.Status{}
			for text, status := range v.Statuses {
				index, err := strconv.Atoi(text)
				if err != nil {
					t.Fatal(err)
				}
				statuses[index] = status
				if err := built.Set(index, status); err != nil {
					t.Fatal(err)
				}
			}
			read := inflate(t, v.JSON.Bits, v.JSON.List)
			if read.Size() != v.Size || read.Bits() != v.Bits {
				t.Errorf("%d entries of %d bits", read.Size(), read.Bits())
			}
			if !bytes.Equal(read.Bytes(), built.Bytes()) {
				t.Error("the list read and the list built differ")
			}
			differ := 0
			for index := range v.Size {
				got, err := read.Get(index)
				if err != nil || got != statuses[index] {
					differ++
				}
			}
			if differ > 0 {
				t.Errorf("%d of %d indices are read wrongly", differ, v.Size)
			}
			// CBOR wraps the same stream, which begins where ZLIB does.
			raw, err := hex.DecodeString(v.CBOR)
			if err != nil {
				t.Fatal(err)
			}
			stream := raw[bytes.Index(raw, []byte{0x78, 0xda}):]
			if l, err := statuslist.Decompress(v.Bits, stream); err != nil || !bytes.Equal(l.Bytes(), built.Bytes()) {
				t.Errorf("the stream inside the CBOR: %v", err)
			}
		})
	}
}

func draftKey(t *testing.T, v draftVectors) *ecdsa.PublicKey {
	t.Helper()
	point := []byte{4}
	for _, text := range []string{v.ExampleKey.X, v.ExampleKey.Y} {
		raw, err := b64.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		point = append(point, raw...)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// The draft's Status List Token, with the key that the draft publishes.
func TestDraftToken(t *testing.T) {
	v := vectors(t)
	o := statuslist.OpenOptions{Key: draftKey(t, v), Subject: "https://example.com/statuslists/1", Now: time.Unix(1686920170+100, 0)}
	token, err := statuslist.Open(v.JWT, o)
	if err != nil {
		t.Fatal(err)
	}
	if token.KeyID != "12" || token.TTL != 43200*time.Second || token.IssuedAt.Unix() != 1686920170 ||
		token.ExpiresAt.Unix() != 2291720170 || token.List.Bits() != 1 || !bytes.Equal(token.List.Bytes(), []byte{0xb9, 0xa3}) {
		t.Errorf("read as %+v", token)
	}
	if token.Stale(o.Now) || !token.Stale(o.Now.Add(12*time.Hour)) {
		t.Error("stale at the wrong moment")
	}
	o.Key = &otherKey.PublicKey
	_, err = statuslist.Open(v.JWT, o)
	wants(t, err, statuslist.ReasonSignature)
}

// Lists of SD-JWT VC are JWTs; the CWT forms are none, but hold the same stream.
func TestDraftCWT(t *testing.T) {
	v := vectors(t)
	for _, text := range []string{v.CWT, v.ReferencedCWT} {
		raw, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		_, err = statuslist.Open(string(raw), openOptions())
		wants(t, err, statuslist.ReasonEncoding)
	}
	raw, err := hex.DecodeString(v.CWT)
	if err != nil {
		t.Fatal(err)
	}
	start := bytes.Index(raw, []byte{0x78, 0xda})
	l, err := statuslist.Decompress(1, raw[start:start+10])
	if err != nil || !bytes.Equal(l.Bytes(), []byte{0xb9, 0xa3}) {
		t.Errorf("%v, %v", l, err)
	}
}
