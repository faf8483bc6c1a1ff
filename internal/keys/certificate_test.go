package keys_test

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/verifier"
)

// chainFiles writes authority and leaf of a key as PEM for another program.
func chainFiles(t *testing.T, authority []byte, leaf []byte) (ca, file string) {
	t.Helper()
	dir := t.TempDir()
	ca, file = filepath.Join(dir, "ca.pem"), filepath.Join(dir, "leaf.pem")
	write(t, ca, authority)
	write(t, file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf}))
	return ca, file
}

// openssl runs the program; what it prints and whether it agreed.
func openssl(t *testing.T, args ...string) (string, bool) {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("openssl is missing")
		}
		t.Skip("openssl is not installed")
	}
	out, err := exec.Command("openssl", args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), err == nil
}

// A program that has never heard of us accepts the chains, of a root in the ring
// and of one elsewhere, within their windows alone.
func TestOpenSSLAccepts(t *testing.T) {
	dir := t.TempDir()
	local, p := publisher(t, dir, here)
	ensure(t, local, keys.PurposeCertificate, start, keys.RootLifetime)
	ensure(t, local, keys.CredentialPurpose("c06"), start, keys.CredentialLifetime)
	ensure(t, local, verifier.PurposeStatus, start, keys.StatusLifetime)
	refresh(t, p, start)
	carried := begun(t)
	for where, d := range map[string]*keys.Publisher{"local": p, "carried": carried.publisher} {
		agency, err := d.Credential("c06", start)
		if err != nil {
			t.Fatal(where, err)
		}
		status, err := d.Status(start)
		if err != nil {
			t.Fatal(where, err)
		}
		for name, chain := range map[string][][]byte{"agency": agency.Certificates, "status": status.Certificates} {
			if len(chain) != 1 {
				t.Fatalf("%s, %s: a chain of %d", where, name, len(chain))
			}
			ca, leaf := chainFiles(t, d.CertificateAuthorities(), chain[0])
			check := func(at time.Time, more ...string) (string, bool) {
				args := append([]string{"verify", "-x509_strict", "-check_ss_sig", "-attime", fmt.Sprint(at.Unix()), "-CAfile", ca}, more...)
				return openssl(t, append(args, leaf)...)
			}
			if out, ok := check(start); !ok || !strings.HasSuffix(strings.TrimSpace(out), ": OK") {
				t.Errorf("%s, %s: %s", where, name, out)
			}
			for _, at := range []time.Time{start.Add(-day), start.Add(4 * 365 * day)} {
				if out, ok := check(at); ok {
					t.Errorf("%s, %s at %v: %s", where, name, at, out)
				}
			}
			if out, ok := check(start, "-purpose", "sslserver", "-verify_hostname", "giayto.example"); ok {
				t.Errorf("%s, %s passes for a web server: %s", where, name, out)
			}
		}
		ca, _ := chainFiles(t, d.CertificateAuthorities(), agency.Certificates[0])
		if out, ok := openssl(t, "x509", "-in", ca, "-noout", "-text"); !ok || !strings.Contains(out, "CA:TRUE, pathlen:0") || !strings.Contains(out, "Certificate Sign, CRL Sign") {
			t.Errorf("%s: %s", where, out)
		}
	}
	// The chain of one deployment is nothing under the anchor of another.
	agency, err := p.Credential("c06", start)
	if err != nil {
		t.Fatal(err)
	}
	ca, leaf := chainFiles(t, carried.publisher.CertificateAuthorities(), agency.Certificates[0])
	if out, ok := openssl(t, "verify", "-attime", fmt.Sprint(start.Unix()), "-CAfile", ca, leaf); ok {
		t.Error(out)
	}
}

// What a leaf says.
func TestLeaf(t *testing.T) {
	p := begun(t)
	for purpose, subject := range map[verifier.Purpose]string{keys.CredentialPurpose("c06"): here + "/agencies/c06", verifier.PurposeStatus: here} {
		e, err := p.ring.Current(purpose, start)
		if err != nil || len(e.Certificates) != 1 {
			t.Fatalf("%s: %d certificates, %v", purpose, len(e.Certificates), err)
		}
		leaf, err := x509.ParseCertificate(e.Certificates[0])
		if err != nil {
			t.Fatal(err)
		}
		if keys.SubjectURI(here, purpose) != subject || len(leaf.URIs) != 1 || leaf.URIs[0].String() != subject {
			t.Errorf("%s: about %v, want %s", purpose, leaf.URIs, subject)
		}
		if leaf.IsCA || leaf.KeyUsage != x509.KeyUsageDigitalSignature || !e.Key.Public.Equal(leaf.PublicKey) || leaf.SignatureAlgorithm != x509.ECDSAWithSHA256 {
			t.Errorf("%s: CA %v, usage %v, %v", purpose, leaf.IsCA, leaf.KeyUsage, leaf.SignatureAlgorithm)
		}
		if leaf.NotBefore.Before(e.NotBefore) || leaf.NotAfter.After(e.NotAfter) {
			t.Errorf("%s: from %v to %v, the key from %v to %v", purpose, leaf.NotBefore, leaf.NotAfter, e.NotBefore, e.NotAfter)
		}
	}
	if e, err := p.ring.Current(verifier.PurposeDisclosure, start); err != nil || len(e.Certificates) != 0 {
		t.Errorf("a key for presentations has %d certificates (%v)", len(e.Certificates), err)
	}
}

// A certificate ends with its authority, and so does what is signed under it.
func TestLeafEndsWithItsAuthority(t *testing.T) {
	dir := t.TempDir()
	ring, p := publisher(t, dir, here)
	ensure(t, ring, keys.PurposeCertificate, start, 100*day)
	ensure(t, ring, keys.CredentialPurpose("c06"), start, keys.CredentialLifetime)
	ensure(t, ring, verifier.PurposeStatus, start, keys.StatusLifetime)
	refresh(t, p, start)
	key, err := p.Credential("c06", start)
	if err != nil || !key.NotAfter.Equal(start.Add(100*day)) {
		t.Errorf("until %v, want %v (%v)", key.NotAfter, start.Add(100*day), err)
	}
	late := start.Add(100 * day)
	refresh(t, p, late)
	if _, err := p.Credential("c06", late); !errors.Is(err, keys.ErrNoKey) || !strings.Contains(err.Error(), "the certificate of the key") {
		t.Error("signs under a certificate that has ended:", err)
	}
}

// The origin is in the certificate: where it moves, certificates are made anew.
func TestCertificateFollowsTheOrigin(t *testing.T) {
	dir := t.TempDir()
	ring, p := publisher(t, dir, here)
	ensure(t, ring, keys.PurposeCertificate, start, keys.RootLifetime)
	ensure(t, ring, verifier.PurposeStatus, start, keys.StatusLifetime)
	refresh(t, p, start)
	first, err := p.Status(start)
	if err != nil {
		t.Fatal(err)
	}
	refresh(t, p, start.Add(day))
	if again, err := p.Status(start); err != nil || string(again.Certificates[0]) != string(first.Certificates[0]) {
		t.Error("a new certificate without need", err)
	}
	ring, moved := publisher(t, dir, "https://moved.example")
	ensure(t, ring, verifier.PurposeStatus, start, keys.StatusLifetime)
	refresh(t, moved, start.Add(day))
	second, err := moved.Status(start)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(second.Certificates[0])
	if err != nil || leaf.URIs[0].String() != "https://moved.example" {
		t.Errorf("%v %v", leaf.URIs, err)
	}
}
