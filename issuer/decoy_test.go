package issuer_test

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/giayto/giayto/catalog"
)

// digests counts the digests of the payload, then of the disclosed group.
func digests(t *testing.T, credential, group string) (top, inside int) {
	t.Helper()
	decode := func(text string, into any) {
		b, err := base64.RawURLEncoding.DecodeString(text)
		if err == nil {
			err = json.Unmarshal(b, into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	parts := strings.Split(credential, "~")
	var payload struct {
		Digests []string `json:"_sd"`
	}
	decode(strings.Split(parts[0], ".")[1], &payload)
	for _, part := range parts[1 : len(parts)-1] {
		var disclosed []json.RawMessage
		decode(part, &disclosed)
		if slices.Equal(disclosed[1], []byte(`"`+group+`"`)) {
			var object struct {
				Digests []string `json:"_sd"`
			}
			if err := json.Unmarshal(disclosed[2], &object); err != nil {
				t.Fatal(err)
			}
			inside = len(object.Digests)
		}
	}
	return len(payload.Digests), inside
}

// TestDecoys: how many digests there are does not tell which of the claims
// whose absence would tell something are there (RFC 9901 section 4.2.5).
func TestDecoys(t *testing.T) {
	records := map[string]claims{"can_cuoc": anh.card(), "gplx": anh.licence(licence),
		"dang_ky_xe": anh.vehicle(frame, certificate), "bhyt": anh.insurance(insured)}
	for _, document := range catalog.Default().Documents() {
		d := newDesk(t)
		d.issue("c06", binh.cardLine(), anh.cardLine())
		count := func(record claims, group string) (int, int) {
			d.lines(document.Agency.ID, line(document.ID, record))
			return digests(t, d.one(d.citizen(anh.number).ID, document.ID).Credential, group)
		}
		bare, whole := records[document.ID], records[document.ID]
		want, _ := count(bare, "")
		decoys := 0
		for _, claim := range document.Claims {
			if !claim.Decoy {
				continue
			}
			decoys++
			whole = whole.with(claim.ID, claim.Example)
			if got, _ := count(bare.with(claim.ID, claim.Example), ""); got != want {
				t.Errorf("%s: %d digests with %s, %d without", document.ID, got, claim.ID, want)
			}
		}
		if got, _ := count(whole, ""); got != want || decoys == 0 {
			t.Errorf("%s: %d digests with all %d claims, %d without", document.ID, got, decoys, want)
		}
		if document.ID == "dang_ky_xe" {
			_, some := count(bare.with("lien.holder", "NGÂN HÀNG VÍ DỤ"), "lien")
			if _, both := count(whole, "lien"); some != both || both != twice {
				t.Errorf("%d digests in lien with one member, %d with both", some, both)
			}
		}
	}
}
