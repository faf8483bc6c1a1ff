package disclosure

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// Authentication levels of NĐ 69/2024 art. 20, against which the catalogue's
// minimum of a claim is held.
const (
	// BoundFrom is the level from which on a session does not suffice, however it
	// was opened: the citizen confirms the very request, so that a session that
	// was stolen shares nothing of it.
	BoundFrom = 3
	// MostConfirmed is the highest level that confirming a request gives: a key
	// that the citizen holds, unlocked with a biometric or a PIN.
	MostConfirmed = 3
)

// Authentication is how well it was proved who asks. The zero value is not at
// all, and shares nothing.
type Authentication struct {
	Session int // level at which the session was opened
	// Ceiling is the highest level that the citizen can prove, because their
	// identity was checked no better when they enrolled.
	Ceiling int
	// Confirmed is the request that the citizen has just confirmed; nil for none.
	Confirmed *Confirmation
}

// Fingerprint names one request: which claims of which credentials, for what,
// for whom and for how long.
type Fingerprint [sha256.Size]byte

// Confirmation is a proof that the citizen has confirmed a request.
type Confirmation struct {
	Fingerprint Fingerprint
	Level       int
}

// Need is what sharing a request takes.
type Need struct {
	Fingerprint Fingerprint
	Level       int
}

// Need tells what sharing a request takes, and refuses what Share would refuse
// before anybody is asked to confirm it. Faults are those of Share, but for
// disclosure.step_up_required and disclosure.step_up_mismatch.
func (s *Service) Need(ctx context.Context, r Request) (Need, error) {
	req, picks, entry, err := s.consider(ctx, r)
	if err != nil {
		return Need{}, err
	}
	level, place := required(picks)
	if err := reachable(req.Auth.Ceiling, level, place); err != nil {
		return Need{}, s.refuse(ctx, entry, err)
	}
	return Need{Fingerprint: fingerprint(req, picks, entry), Level: level}, nil
}

// authenticated refuses a request that asks for more than was proved, and gives
// the level at which it is shared.
func authenticated(req checked, picks []chosen, entry Entry) (level int, err error) {
	need, place := required(picks)
	confirmed := req.Auth.Confirmed
	if confirmed != nil && confirmed.Fingerprint != fingerprint(req, picks, entry) {
		return 0, fault.New(fault.CodeStepUpMismatch, "what the citizen confirmed is another request").At("confirmation")
	}
	if need < BoundFrom && need <= req.Auth.Session {
		return req.Auth.Session, nil
	}
	if err := reachable(req.Auth.Ceiling, need, place); err != nil {
		return 0, err
	}
	switch {
	case confirmed == nil:
		return 0, fault.Newf(fault.CodeStepUpRequired, "sharing this claim needs authentication level %d: have the citizen confirm the request with a passkey", need).At(place)
	case confirmed.Level < need:
		return 0, inPerson(place)
	}
	return confirmed.Level, nil
}

// required is the level that the most demanding claim asks for, and its place.
func required(picks []chosen) (level int, place string) {
	for i, c := range picks {
		for j, claim := range c.claims {
			if claim.MinAuth > level {
				level, place = claim.MinAuth, fmt.Sprintf("documents[%d].claims[%d]", i, j)
			}
		}
	}
	return level, place
}

// reachable refuses what no confirmation can make good.
func reachable(ceiling, need int, place string) error {
	switch {
	case need > MostConfirmed:
		return fault.Newf(fault.CodeLevelUnavailable, "sharing this claim needs authentication level %d, which there is no way to reach", need).At(place)
	case need > ceiling:
		return inPerson(place)
	}
	return nil
}

func inPerson(place string) error {
	return fault.New(fault.CodeInPersonRequired, "sharing this claim needs an enrolment at level 2, after a check in person").At(place)
}

// fingerprint hashes what the citizen confirms, after names were resolved and
// texts normalised: what will be minted, and nothing else.
func fingerprint(req checked, picks []chosen, entry Entry) Fingerprint {
	type document struct {
		Credential string   `json:"credential"`
		Preset     string   `json:"preset"`
		Claims     []string `json:"claims"`
	}
	request := struct {
		Kind      string     `json:"kind"`
		Owner     string     `json:"owner"`
		Documents []document `json:"documents"`
		Purpose   string     `json:"purpose"`
		Audience  string     `json:"audience"`
		Challenge string     `json:"challenge"`
		Seconds   float64    `json:"seconds"`
	}{"giayto share 1", req.Owner, nil, entry.Purpose, req.Audience, hex.EncodeToString(req.nonce), req.Lifetime.Seconds()}
	for _, c := range picks {
		request.Documents = append(request.Documents, document{c.holding.ID, c.preset, c.names()})
	}
	text, err := json.Marshal(request)
	if err != nil {
		// Texts and a number can always be written.
		panic("disclosure: a request cannot be written: " + err.Error())
	}
	return sha256.Sum256(text)
}

// consider checks the form of a request and applies selection and policy. What
// policy refuses is recorded.
func (s *Service) consider(ctx context.Context, r Request) (checked, []chosen, Entry, error) {
	req, err := r.check()
	if err != nil {
		return checked{}, nil, Entry{}, err
	}
	active, err := s.store.Active(ctx, req.Owner)
	if err != nil {
		return checked{}, nil, Entry{}, err
	}
	now := s.now()
	entry := Entry{ID: wallet.NewID(), Owner: req.Owner, Device: req.Device, Session: req.Session, At: now,
		Purpose: req.Purpose, Audience: req.Audience, Challenge: req.nonce != nil}
	picks, err := s.pick(req.Documents, active, now, &entry)
	if err != nil {
		return checked{}, nil, Entry{}, s.refuse(ctx, entry, err)
	}
	return req, picks, entry, nil
}
