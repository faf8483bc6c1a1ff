package server_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/session"
)

var ndjson = map[string]string{"Content-Type": "application/x-ndjson"}

// agencyPass walks what an agency can do: import records and have citizens
// activate.
func agencyPass(t *testing.T, w *world) {
	c06 := w.agencyToken("c06")
	export := bytes.Join([][]byte{anh.record(t, "can_cuoc", nil), []byte("not json"), binh.record(t, "can_cuoc", nil)}, []byte("\n"))
	import_ := call{method: "POST", path: "/v1/agency/records", token: c06, body: export, header: ndjson}
	packed := gzipped(t, export)

	importPass(t, w, import_, packed)
	csgt := w.agencyToken("csgt")
	registersPass(t, w, import_, csgt)
	importRefusalsPass(t, w, import_, packed)
	activationPass(t, w, c06, csgt)
	confirmPass(t, w, c06, csgt)
	cardPass(t, w, csgt)
}

// imported is the answer to an import.
type imported struct {
	DryRun  bool `json:"dry_run"`
	Summary struct{ Lines, Issued, Unchanged, Rejected int }
	Results []struct {
		Line                               int
		Status, Document, Code, Credential string
	}
}

// importPass imports an export dry, in earnest, and again, compressed.
func importPass(t *testing.T, w *world, import_ call, packed []byte) {
	dry := import_
	dry.path += "?dry_run=true"
	var got imported
	w.do(dry).want(200).into(&got)
	if !got.DryRun || got.Summary.Issued != 2 || got.Results[0].Credential != "" {
		t.Errorf("dry run: %+v", got)
	}
	w.do(import_).want(200).into(&got)
	if got.DryRun || got.Summary.Lines != 3 || got.Summary.Issued != 2 || got.Summary.Rejected != 1 || len(got.Results) != 3 {
		t.Fatalf("import: %+v", got)
	}
	if bad := got.Results[1]; bad.Line != 2 || bad.Status != "rejected" || bad.Code != string(fault.CodeLineMalformed) {
		t.Errorf("bad line: %+v", bad)
	}
	again := import_
	again.body, again.header = packed, map[string]string{"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}
	w.do(again).want(200).into(&got)
	if got.Summary.Unchanged != 2 || got.Summary.Issued != 0 {
		t.Errorf("second import: %+v", got)
	}
	again.header = map[string]string{"Content-Type": "application/gzip"}
	w.do(again).want(200)
}

// registersPass imports the other documents, and one by an agency whose it is not.
func registersPass(t *testing.T, w *world, import_ call, csgt string) {
	var got imported
	for _, document := range documents[1:] {
		w.do(call{method: "POST", path: "/v1/agency/records", token: w.agencyToken(agencyOf(document)), header: ndjson,
			body: anh.record(t, document, nil)}).want(200).into(&got)
		if got.Summary.Rejected != 0 || got.Summary.Issued != 1 {
			t.Fatalf("%s: %+v", document, got)
		}
	}
	other := import_
	other.token = csgt
	w.do(other).want(200).into(&got)
	if got.Results[0].Code != "issuer.agency_not_allowed" {
		t.Errorf("another agency's register: %+v", got.Results[0])
	}
}

// importRefusal changes a good import, and says how it is refused.
type importRefusal struct {
	change func(*call)
	status int
	code   string // empty where the announced size alone must be refused, see tooLarge
}

func importRefusals(t *testing.T, packed []byte) map[string]importRefusal {
	return map[string]importRefusal{
		"no token":            {func(c *call) { c.token = "" }, 401, "session.missing"},
		"unknown token":       {func(c *call) { c.token = unknownToken }, 401, "session.agency_invalid"},
		"agency that is gone": {func(c *call) { c.token = goneToken }, 404, "issuer.agency_unknown"},
		"media type":          {func(c *call) { c.header = map[string]string{"Content-Type": "text/csv"} }, 415, "request.unsupported_media_type"},
		"encoding": {func(c *call) {
			c.header = map[string]string{"Content-Type": "application/x-ndjson", "Content-Encoding": "br"}
		}, 415, "request.unsupported_media_type"},
		"not gzip": {func(c *call) {
			c.header = map[string]string{"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}
		}, 400, "request.malformed"},
		"cut off":         {func(c *call) { c.body = packed[:len(packed)-9] }, 400, "request.malformed"},
		"dry_run=yes":     {func(c *call) { c.path += "?dry_run=yes" }, 400, "request.malformed"},
		"dryrun":          {func(c *call) { c.path += "?dryrun=true" }, 400, "request.malformed"},
		"dry_run twice":   {func(c *call) { c.path += "?dry_run=true&dry_run=false" }, 400, "request.malformed"},
		"too many lines":  {func(c *call) { c.body = strings.Repeat("\n", 10_002) }, 413, "request.too_large"},
		"a bomb":          {func(c *call) { c.body = bomb(t) }, 413, "request.too_large"},
		"more than 8 MiB": {func(c *call) { c.body = bytes.Repeat([]byte("x"), 8<<20+1) }, 413, ""},
	}
}

func importRefusalsPass(t *testing.T, w *world, import_ call, packed []byte) {
	gone := sha256.Sum256([]byte(goneToken))
	if err := w.store.PutAgencyToken(t.Context(), session.AgencyToken{ID: "gone", Hash: gone, Agency: "gone", CreatedAt: w.now()}); err != nil {
		t.Fatal(err)
	}
	for name, c := range importRefusals(t, packed) {
		t.Run("records: "+name, func(t *testing.T) {
			bad := import_
			bad.wrong = true
			c.change(&bad)
			if c.code == "" {
				tooLarge(t, w, bad)
				return
			}
			w.do(bad).refused(c.status, c.code)
		})
	}
}

// activationPass has a citizen activated, after everything that must not do it.
func activationPass(t *testing.T, w *world, c06, csgt string) {
	w.do(call{method: "POST", path: "/v1/agency/activations", token: csgt, body: activation(anh)}).refused(403, "issuer.agency_not_allowed")
	w.do(call{method: "POST", path: "/v1/agency/activations", token: c06, body: activation(person{number: "079305999999"})}).refused(404, "wallet.citizen_unknown")
	w.do(call{method: "POST", path: "/v1/agency/activations", body: activation(anh)}).refused(401, "session.missing")
	w.do(call{method: "POST", path: "/v1/agency/activations", token: c06, body: `{"personal_administrative_number":79305000123}`, wrong: true}).refused(400, "request.malformed")
	w.do(call{method: "POST", path: "/v1/agency/activations", token: c06, body: activation(anh), header: ndjson, wrong: true}).refused(415, "request.unsupported_media_type")
	tooLarge(t, w, call{method: "POST", path: "/v1/agency/activations", token: c06, body: strings.Repeat(" ", 20<<10), wrong: true})
	w.do(call{method: "POST", path: "/v1/agency/activations", token: c06, body: activation(anh)}).want(201)
}

func gzipped(t *testing.T, b []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func activation(p person) map[string]string {
	return map[string]string{"personal_administrative_number": p.number}
}

// bomb is 33 MiB of spaces in a small gzip.
func bomb(t *testing.T) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	space := bytes.Repeat([]byte(" "), 1<<20)
	for range 33 {
		if _, err := z.Write(space); err != nil {
			t.Fatal(err)
		}
	}
	_ = z.Close()
	return b.Bytes()
}
