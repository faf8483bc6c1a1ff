package wallet

import "time"

// Enrolment is how well it was checked who somebody is when a device became
// theirs: the level of an electronic identification account (NĐ 69/2024).
type Enrolment int

// The enrolments. The zero value is none.
const (
	Remote   Enrolment = 1 // level 1: an activation code that came by itself
	InPerson Enrolment = 2 // level 2: an agency has seen the person with their card
)

// Device is an installation of the wallet on a phone, or a browser.
type Device struct {
	ID        string
	Owner     string // Citizen.ID
	Name      string // as the citizen named it
	Enrolment Enrolment
	CreatedAt time.Time
	FrozenAt  time.Time // zero unless nothing may be done from it for now
	RevokedAt time.Time // zero while in use
	// Passkey is the id of the one that signed the device in; empty for a device
	// that an activation code did. A copy of it may lie on the device.
	Passkey string

	// Key is the device's own P-256 key as an uncompressed point, of which it has
	// proved at KeyAt that it has the private half; nil before.
	Key   []byte
	KeyAt time.Time
}
