package bolt

import (
	"bytes"
	"encoding/json"
	"time"
	"unicode/utf8"

	"github.com/giayto/giayto/internal/fault"
)

// recordVersion is written into every record. It is raised when a member
// changes its meaning; new members do not need it, because readers pass over
// members they do not know.
const recordVersion = 1

// header opens every record at rest.
type header struct {
	V int `json:"v"`
}

func (h header) version() int { return h.V }

var current = header{V: recordVersion}

// The records are the store's own and not the domain's structs, so that
// renaming a Go field never loses data. Moments are RFC 3339 in UTC with
// nanoseconds; a zero moment is left out.
type (
	citizenRecord struct {
		header
		ID        string    `json:"id"`
		Number    string    `json:"number"`
		CreatedAt time.Time `json:"created_at,omitzero"`
	}

	deviceRecord struct {
		header
		ID        string    `json:"id"`
		Owner     string    `json:"owner"`
		Name      string    `json:"name,omitempty"`
		Enrolment int       `json:"enrolment,omitempty"`
		CreatedAt time.Time `json:"created_at,omitzero"`
		FrozenAt  time.Time `json:"frozen_at,omitzero"`
		RevokedAt time.Time `json:"revoked_at,omitzero"`
		Passkey   string    `json:"passkey,omitempty"`
		Key       []byte    `json:"key,omitempty"`
		KeyAt     time.Time `json:"key_at,omitzero"`
	}

	holdingRecord struct {
		header
		ID           string         `json:"id"`
		Owner        string         `json:"owner"`
		Document     string         `json:"document"`
		Agency       string         `json:"agency,omitempty"`
		RecordKey    string         `json:"record_key"`
		RecordDigest string         `json:"record_digest,omitempty"`
		Order        string         `json:"order,omitempty"`
		Shared       string         `json:"shared,omitempty"`
		Number       string         `json:"number,omitempty"`
		Values       map[string]any `json:"values"`
		Credential   string         `json:"credential,omitempty"`
		IssuedAt     time.Time      `json:"issued_at,omitzero"`
		ExpiresAt    time.Time      `json:"expires_at,omitzero"`
		SignedUntil  time.Time      `json:"signed_until,omitzero"`
		StatusList   int            `json:"status_list,omitempty"`
		StatusIndex  int            `json:"status_index,omitempty"`
	}

	endingRecord struct {
		header
		State string    `json:"state"`
		At    time.Time `json:"at,omitzero"`
	}

	standingRecord struct {
		header
		Status string    `json:"status"`
		Reason string    `json:"reason,omitempty"`
		Since  time.Time `json:"since,omitzero"`
	}

	lockRecord struct {
		header
		Reason  string    `json:"reason"`
		At      time.Time `json:"at,omitzero"`
		LostToo bool      `json:"lost_too,omitempty"`
	}

	reissuesRecord struct {
		header
		At []time.Time `json:"at"`
	}

	momentRecord struct {
		header
		At time.Time `json:"at,omitzero"`
	}

	statusListRecord struct {
		header
		Size     int       `json:"size"`
		Taken    int       `json:"taken"`
		Marked   int       `json:"marked"`
		Revision int64     `json:"revision"`
		OpenedAt time.Time `json:"opened_at,omitzero"`
	}

	eventRecord struct {
		header
		ID           string    `json:"id"`
		Owner        string    `json:"owner"`
		Kind         string    `json:"kind"`
		Document     string    `json:"document,omitempty"`
		Holding      string    `json:"holding,omitempty"`
		Device       string    `json:"device,omitempty"`
		Passkey      string    `json:"passkey,omitempty"`
		Code         string    `json:"code,omitempty"`
		Presentation string    `json:"presentation,omitempty"`
		At           time.Time `json:"at,omitzero"`
	}

	messageRecord struct {
		header
		ID        uint64    `json:"id"`
		Event     string    `json:"event"`
		Owner     string    `json:"owner"`
		Device    string    `json:"device"`
		Category  string    `json:"category"`
		Urgent    bool      `json:"urgent,omitempty"`
		At        time.Time `json:"at,omitzero"`
		ExpiresAt time.Time `json:"expires_at,omitzero"`
		Attempts  int       `json:"attempts,omitempty"`
		NotBefore time.Time `json:"not_before,omitzero"`
		Failure   string    `json:"failure,omitempty"`
	}

	deadLetterRecord struct {
		messageRecord
		DiedAt time.Time `json:"died_at,omitzero"`
	}

	targetRecord struct {
		header
		Owner   string    `json:"owner"`
		Device  string    `json:"device"`
		Session string    `json:"session"`
		Service string    `json:"service"`
		Token   string    `json:"token"`
		At      time.Time `json:"at,omitzero"`
	}

	entryRecord struct {
		header
		ID        string                `json:"id,omitempty"`
		Owner     string                `json:"owner"`
		Device    string                `json:"device,omitempty"`
		At        time.Time             `json:"at,omitzero"`
		ExpiresAt time.Time             `json:"expires_at,omitzero"`
		Outcome   string                `json:"outcome"`
		Code      string                `json:"code,omitempty"`
		Purpose   string                `json:"purpose,omitempty"`
		Audience  string                `json:"audience,omitempty"`
		Challenge bool                  `json:"challenge,omitempty"`
		Level     int                   `json:"level,omitempty"`
		Event     string                `json:"event,omitempty"`
		Documents []entryDocumentRecord `json:"documents,omitempty"`
	}

	// reportRecord keeps where the entry is, and the entry is read there.
	reportRecord struct {
		header
		Owner string    `json:"owner"`
		Entry string    `json:"entry"`
		Place []byte    `json:"place"` // key of the entry in bucketHistory
		Kind  string    `json:"kind"`
		Note  string    `json:"note,omitempty"`
		At    time.Time `json:"at,omitzero"`
	}

	entryDocumentRecord struct {
		Document string   `json:"document"`
		Holding  string   `json:"holding,omitempty"`
		Preset   string   `json:"preset,omitempty"`
		Claims   []string `json:"claims,omitempty"`
	}

	activationRecord struct {
		header
		Locator   string    `json:"locator"`
		Hash      []byte    `json:"hash"`
		Salt      []byte    `json:"salt"`
		Owner     string    `json:"owner"`
		Agency    string    `json:"agency,omitempty"`
		CreatedAt time.Time `json:"created_at,omitzero"`
		ExpiresAt time.Time `json:"expires_at,omitzero"`
		Tries     int       `json:"tries,omitempty"`
		UsedAt    time.Time `json:"used_at,omitzero"`

		InPersonAt time.Time `json:"in_person_at,omitzero"`
		InPersonBy string    `json:"in_person_by,omitempty"`
	}

	sessionRecord struct {
		header
		ID        string    `json:"id"`
		Hash      []byte    `json:"hash"`
		Owner     string    `json:"owner"`
		Device    string    `json:"device"`
		Mode      string    `json:"mode,omitempty"`
		Method    string    `json:"method,omitempty"`
		Passkey   string    `json:"passkey,omitempty"`
		Level     int       `json:"level,omitempty"`
		Enrolment int       `json:"enrolment,omitempty"`
		CreatedAt time.Time `json:"created_at,omitzero"`
		AuthAt    time.Time `json:"auth_at,omitzero"`
		UsedAt    time.Time `json:"used_at,omitzero"`
		ExpiresAt time.Time `json:"expires_at,omitzero"`
		RevokedAt time.Time `json:"revoked_at,omitzero"`
		RefusedAt time.Time `json:"refused_at,omitzero"`
		Former    []byte    `json:"former,omitempty"`
		RotatedAt time.Time `json:"rotated_at,omitzero"`
		Replaced  [][]byte  `json:"replaced,omitempty"`
	}

	passkeyRecord struct {
		header
		ID          string    `json:"id"`
		Owner       string    `json:"owner"`
		Device      string    `json:"device"`
		Name        string    `json:"name,omitempty"`
		Enrolment   int       `json:"enrolment,omitempty"`
		Credential  []byte    `json:"credential"`
		PublicKey   []byte    `json:"public_key"`
		Algorithm   int       `json:"algorithm"`
		Counter     uint32    `json:"counter,omitempty"`
		Synced      bool      `json:"synced,omitempty"`
		Transports  []string  `json:"transports,omitempty"`
		AAGUID      []byte    `json:"aaguid,omitempty"`
		Format      string    `json:"format,omitempty"`
		Attestation string    `json:"attestation,omitempty"`
		Object      []byte    `json:"object,omitempty"`
		CreatedAt   time.Time `json:"created_at,omitzero"`
		UsedAt      time.Time `json:"used_at,omitzero"`
		ClonedAt    time.Time `json:"cloned_at,omitzero"`
		FrozenAt    time.Time `json:"frozen_at,omitzero"`
	}

	ceremonyRecord struct {
		header
		Purpose   string    `json:"purpose"`
		Owner     string    `json:"owner,omitempty"`
		Session   string    `json:"session,omitempty"`
		ExpiresAt time.Time `json:"expires_at,omitzero"`
	}

	recoveryRecord struct {
		header
		Locator   string    `json:"locator"`
		Hash      []byte    `json:"hash"`
		Salt      []byte    `json:"salt"`
		Owner     string    `json:"owner"`
		Enrolment int       `json:"enrolment,omitempty"`
		CreatedAt time.Time `json:"created_at,omitzero"`
		UsedAt    time.Time `json:"used_at,omitzero"`
	}

	agencyTokenRecord struct {
		header
		ID        string    `json:"id"`
		Hash      []byte    `json:"hash"`
		Agency    string    `json:"agency"`
		CreatedAt time.Time `json:"created_at,omitzero"`
		RevokedAt time.Time `json:"revoked_at,omitzero"`
	}
)

// encode writes a record. What JSON cannot hold (a moment beyond the year
// 9999) is a fault, told without the value.
func encode(kind string, record any) ([]byte, error) {
	b, err := json.Marshal(record)
	if err != nil {
		return nil, fault.Newf(fault.CodeInternal, "a %s cannot be stored: a value is out of range", kind)
	}
	return b, nil
}

// decode reads a record; b is not kept. The cause of an error is dropped on
// purpose: the decoder quotes what it stumbled over.
func decode[T interface{ version() int }](kind string, b []byte) (T, error) {
	var r, none T
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&r); err != nil || r.version() < 1 {
		return none, damaged(kind)
	}
	if r.version() > recordVersion {
		return none, fault.Newf(fault.CodeInternal, "a stored %s was written by a newer giayto: update giayto", kind)
	}
	return r, nil
}

// checkText refuses text that JSON would silently change.
func checkText(kind string, texts ...string) error {
	for _, t := range texts {
		if !utf8.ValidString(t) {
			return fault.Newf(fault.CodeInternal, "a %s cannot be stored: it holds text that is not UTF-8", kind)
		}
	}
	return nil
}
