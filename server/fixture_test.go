package server_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/server/session"
)

// person is a fictional citizen with the papers of the catalogue's examples.
type person struct{ number, name, birthdate, serial string }

var (
	anh  = person{"079305000123", "NGUYỄN THỊ MINH ÁNH", "2005-02-28", "0000123"}
	binh = person{"079205000456", "TRẦN ĐÌNH QUỐC BÌNH", "2005-06-15", "0000456"}
)

// record makes the line of a register export for a document.
func (p person) record(t *testing.T, document string, change map[string]any) []byte {
	t.Helper()
	d := catalog.Default().Document(document)
	values := catalog.Values{}
	for _, claim := range d.Claims {
		values[claim.ID] = claim.Example
	}
	for id, value := range map[string]any{
		"personal_administrative_number": p.number, "name": p.name, "birthdate": p.birthdate,
		"registered_owner.name": p.name, "registered_owner.identifier": p.number,
		"holder_name": p.name, "holder_birthdate": p.birthdate,
		"vehicle_identification_number": "RL4B29F3XR" + p.serial, "registration_number": "51K" + p.serial[2:],
		"social_insurance_number": "791" + p.serial, "former_numbers": []any{},
	} {
		if _, there := values[id]; there {
			values[id] = value
		}
	}
	if document == "gplx" {
		values["document_number"] = "79225" + p.serial
	}
	if p.number == binh.number {
		values["sex"] = 1
		delete(values, "health_insurance_code")
	}
	for id, value := range change {
		values[id] = value
	}
	line, err := json.Marshal(map[string]any{"document": document, "claims": d.Nest(values)})
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// agencyOf a document.
func agencyOf(document string) string { return catalog.Default().Document(document).Agency.ID }

// all documents, root first.
var documents = []string{"can_cuoc", "gplx", "dang_ky_xe", "bhyt"}

// give imports the documents for a person without going through HTTP.
func (w *world) give(p person, documents ...string) {
	w.t.Helper()
	for _, document := range documents {
		_, err := w.issuing.Import(w.t.Context(), agencyOf(document), bytes.NewReader(p.record(w.t, document, nil)),
			issuer.ImportOptions{Each: func(o issuer.Outcome) {
				if o.Status == issuer.Rejected {
					w.t.Fatalf("%s: %+v", document, o)
				}
			}})
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// activate issues a code and confirms a check in person without going through
// HTTP.
func (w *world) activate(p person) string {
	w.t.Helper()
	code, _, err := w.sessions.IssueActivation(w.t.Context(), "c06", p.number)
	if err == nil {
		err = w.sessions.ConfirmInPerson(w.t.Context(), "c06", p.number, session.Reference(code))
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return code
}

// signIn gives a citizen's token without going through HTTP.
func (w *world) signIn(p person) string {
	w.t.Helper()
	token, _, err := w.sessions.SignIn(w.t.Context(), w.activate(p), session.Opening{DeviceName: "Điện thoại"})
	if err != nil {
		w.t.Fatal(err)
	}
	return token
}

func (w *world) agencyToken(agency string) string {
	w.t.Helper()
	token, err := w.sessions.NewAgencyToken(w.t.Context(), agency)
	if err != nil {
		w.t.Fatal(err)
	}
	return token
}
