package sdjwt_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

// seeds are tokens good and bad.
func seeds(f *testing.F) (texts []string) {
	files, err := filepath.Glob(filepath.Join("testdata", "rfc9901", "*"))
	if err != nil || len(files) == 0 {
		f.Fatal("no vectors: ", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		texts = append(texts, strings.TrimSpace(string(raw)))
	}
	full := issue(f, addressCredential(f), sdjwt.IssueOptions{Decoys: 1})
	return append(texts, "", "~", "..~", "a.b.c~", "a.b.c~d~e.f.g", full, bind(f, parse(f, full)), full[:len(full)/2])
}

// FuzzParse: nothing makes parsing or reading panic; what was parsed is written
// back unchanged; and a token the holder can read can be cut down to nothing.
func FuzzParse(f *testing.F) {
	for _, text := range seeds(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := sdjwt.ParseJSON(text); err == nil {
			if _, err := sdjwt.Parse(s.String()); err != nil {
				t.Fatalf("the compact form of a JSON form does not parse: %v", err)
			}
		}
		s, err := sdjwt.Parse(text)
		if err != nil {
			if sdjwt.ReasonOf(err) == "" {
				t.Fatalf("an error without a reason: %v", err)
			}
			return
		}
		if s.String() != text {
			t.Fatalf("%q is written back as %q", text, s.String())
		}
		_, _ = s.UnsafeHeader()
		for _, form := range []sdjwt.Form{sdjwt.Flattened, sdjwt.General} {
			written, err := s.JSON(form)
			if err != nil {
				continue
			}
			if again, err := sdjwt.ParseJSON(written); err == nil && again.String() != text {
				t.Fatalf("%q came back as %q", text, again.String())
			}
		}
		if _, err := s.UnsafeClaims(); err != nil {
			return
		}
		bare, err := s.Select()
		if err != nil || bare.Disclosures() != 0 || bare.HasKeyBinding() {
			t.Fatalf("selecting nothing left %v, %v", bare, err)
		}
	})
}

// FuzzVerify signs any payload, so that fuzzing reaches what lies behind the
// signature: nothing panics, what verifies has no digests left in it, and every
// refusal has a reason.
func FuzzVerify(f *testing.F) {
	inner := `["s","province",{"a":[1]}]`
	f.Add(payloadWith(`,"_sd":["`+digest(nameD)+`"]`), nameD, elementD)
	f.Add(payloadWith(`,"a":[{"...":"`+digest(elementD)+`"}]`), elementD, nameD)
	f.Add(payloadWith(`,"_sd":["`+digest(`["s","o",{"_sd":["`+digest(inner)+`"]}]`)+`"]`), `["s","o",{"_sd":["`+digest(inner)+`"]}]`, inner)
	f.Add(`{"_sd":["$1"],"l":[{"...":"$2"}]}`, nameD, elementD)
	f.Add(`{"_sd":["x","x"],"cnf":{"_sd":[]},"exp":1e99}`, `["s","_sd",1]`, `[]`)
	f.Fuzz(func(t *testing.T, payload, first, second string) {
		// Fuzzing cannot find a SHA-256 preimage, so digests are offered by name.
		payload = strings.NewReplacer("$1", digest(first), "$2", digest(second)).Replace(payload)
		if payload == "" {
			return
		}
		text := forgePlain(t, payload)
		for _, d := range []string{first, second} {
			if d != "" {
				text += b64(d) + "~"
			}
		}
		claims, err := sdjwt.Verify(text, plainOptions())
		if (err == nil) != (claims != nil) {
			t.Fatalf("claims %v with error %v", claims, err)
		}
		if err != nil {
			if sdjwt.ReasonOf(err) == "" {
				t.Fatalf("an error without a reason: %v", err)
			}
			return
		}
		noDigests(t, claims)
	})
}

func noDigests(t *testing.T, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if name == "_sd" || name == "..." || name == "_sd_alg" {
				t.Fatalf("%s is left in the claims", name)
			}
			noDigests(t, member)
		}
	case []any:
		for _, item := range v {
			noDigests(t, item)
		}
	}
}
