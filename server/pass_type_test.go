package server_test

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure/sdjwt"
	"github.com/giayto/giayto/internal/keys"
)

// typePass follows a credential of the wallet to its issuer and its type, as
// other people's software does.
func typePass(t *testing.T, w *world, token string) {
	var list struct {
		Credentials []struct{ ID, Document string }
	}
	w.do(call{method: "GET", path: "/v1/citizen/credentials", token: token}).want(200).into(&list)
	for _, held := range list.Credentials {
		text := w.do(call{method: "GET", path: "/v1/citizen/credentials/" + held.ID, token: token}).want(200).get("credential").(string)
		agency := catalog.Default().Document(held.Document).Agency.ID
		key, err := w.ring.Current(keys.CredentialPurpose(agency), w.now())
		if err != nil {
			t.Fatal(err)
		}
		claims, err := sdjwt.Verify(text, sdjwt.VerifyOptions{Key: key.Key.Public, Now: w.now()})
		if err != nil {
			t.Fatal(held.Document, err)
		}
		issuer, err := url.Parse(claims["iss"].(string))
		if err != nil {
			t.Fatal(err)
		}
		metadata := w.do(call{method: "GET", path: "/.well-known/jwt-vc-issuer" + issuer.Path}).want(200)
		if metadata.get("issuer") != claims["iss"] || !bytes.Contains(metadata.body, []byte(`"`+key.Key.Thumbprint+`"`)) {
			t.Errorf("%s: %s is no metadata of %s with the key %s", held.Document, metadata.body, issuer, key.Key.Thumbprint)
		}
		path, ok := strings.CutPrefix(claims["vct"].(string), origin)
		if !ok {
			t.Fatal(claims["vct"])
		}
		kind := w.do(call{method: "GET", path: path}).want(200)
		if kind.get("vct") != claims["vct"] || kind.header.Get("Cache-Control") != "public, max-age=604800, immutable" || kind.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %v, headers %v", held.Document, kind.get("vct"), kind.header)
		}
		if err := sdjwt.CheckIntegrity(claims["vct#integrity"].(string), kind.body); err != nil {
			t.Errorf("%s: the type is not the one that the credential stands for: %v", held.Document, err)
		}
		if err := sdjwt.CheckIntegrity(claims["vct#integrity"].(string), append(kind.body, '\n')); err == nil {
			t.Errorf("%s: another document passes", held.Document)
		}
	}
	if len(list.Credentials) < 3 {
		t.Errorf("only %d credentials looked at", len(list.Credentials))
	}
	for _, path := range []string{"gplx/2", "gplx/0", "gplx/01", "gplx/+1", "gplx/-1", "gplx/1.0", "gplx/x", "GPLX/1", "ho_chieu/1", "gplx/1%20", "gplx%2F1/1"} {
		w.do(call{method: "GET", path: "/vct/" + path}).refused(404, "catalog.type_unknown")
	}
	w.do(call{method: "GET", path: "/vct/gplx", wrong: true}).refused(404, "request.no_such_route")
	w.do(call{method: "GET", path: "/vct/gplx/1/", wrong: true}).refused(404, "request.no_such_route")
	for _, agency := range []string{"nobody", "CSGT", "csgt%20", "trust-list", "..%2Fdisclosure", "x%00"} {
		w.do(call{method: "GET", path: "/.well-known/jwt-vc-issuer/agencies/" + agency}).refused(404, "issuer.agency_unknown")
	}
	w.do(call{method: "GET", path: "/.well-known/jwt-vc-issuer", wrong: true}).refused(404, "request.no_such_route")
}
