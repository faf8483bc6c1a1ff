package session

import (
	"io"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/server/session/passkey"
)

// Config is what a Service needs. All members are required but DeviceEnded.
type Config struct {
	Catalog *catalog.Catalog // tells which agencies there are and what they keep
	Store   Store
	// Party says what is demanded of passkeys.
	Party *passkey.Party
	// Wallets locks and reissues credentials around a lost phone.
	Wallets Wallets
	Now     func() time.Time
	// Random is where secrets are drawn from: crypto/rand.Reader.
	Random io.Reader
	// DeviceEnded is told after a device of the owner was removed or lost, "" for
	// all of them; whoever keeps something in memory for it forgets that.
	DeviceEnded func(owner, device string)
}

// Service opens and checks sessions. It is safe for concurrent use.
type Service struct {
	catalog *catalog.Catalog
	store   Store
	party   *passkey.Party
	now     func() time.Time
	random  io.Reader
	hashing *hashing
	decoy   decoy
	wallets Wallets
	telling *Limiter[string]   // by owner: events about refusals
	guesses *Backoff[[32]byte] // by hash of the id of a credential

	deviceEnded func(owner, device string)
}

// decoy is a hash that no secret of a code matches. An unknown locator is
// compared with it, so that it costs as much as a wrong secret.
type decoy struct{ salt, hash []byte }

// New returns a service.
func New(c Config) *Service {
	s := &Service{catalog: c.Catalog, store: c.Store, party: c.Party, now: c.Now, random: c.Random, hashing: newHashing(),
		wallets: c.Wallets, deviceEnded: c.DeviceEnded, telling: NewLimiter[string](c.Now, tellBurst, tellInterval),
		guesses: NewBackoff[[32]byte](c.Now, freePasskeyFailures)}
	s.decoy = decoy{salt: s.draw(saltBytes), hash: make([]byte, hashBytes)}
	return s
}

// draw gives n random bytes. crypto/rand never fails; a source that does must
// not lead to a secret that somebody could guess.
func (s *Service) draw(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(s.random, b); err != nil {
		panic("session: no randomness: " + err.Error())
	}
	return b
}
