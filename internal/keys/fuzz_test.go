package keys_test

import (
	"bytes"
	"testing"

	"github.com/giayto/giayto/internal/keys"
)

// FuzzParseRequest: what comes to the machine of the root is read whole or not
// at all, and every key that asks for a certificate has proved itself.
func FuzzParseRequest(f *testing.F) {
	raw, err := newPair(f).publisher.Request(start)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add(raw[:len(raw)/2])
	f.Add(bytes.Replace(raw, []byte("disclosure"), []byte("trust-list"), 1))
	f.Fuzz(func(t *testing.T, raw []byte) {
		q, err := keys.ParseRequest(raw)
		if err != nil && (q.Origin != "" || q.Keys != nil) {
			t.Error("a request and an error")
		}
		for _, k := range q.Keys {
			if k.JWK == nil || k.Purpose == "trust-list" || k.Purpose == keys.PurposeCertificate {
				t.Errorf("key %s %s", k.Purpose, k.JWK)
			}
		}
	})
}

// FuzzInstall: of all packages only the one that the root has signed is taken,
// whatever else is written around it.
func FuzzInstall(f *testing.F) {
	p := begun(f)
	signed := p.sign(p.order(start))
	f.Add(signed)
	f.Add(signed[:len(signed)/2])
	f.Add(append(append([]byte{}, signed...), '{'))
	f.Add(bytes.Replace(signed, []byte(`"certificates"`), []byte(`"Certificates"`), 1))
	text, _ := p.publisher.TrustList()
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, err := p.publisher.Install(raw, nil, start)
		now, newest := p.publisher.TrustList()
		switch {
		case err == nil && (list.Version < 1 || list.Version > 2 || list != newest):
			t.Errorf("list %d", list.Version)
		case err != nil && (list != nil || newest.Version == 1 && !bytes.Equal(now, text)):
			t.Error("a refused package was taken")
		}
	})
}
