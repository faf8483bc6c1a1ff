package session

import (
	"io"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/server/session/passkey"
)

// Config is what a Service needs. All members are required.
type Config struct {
	Catalog *catalog.Catalog // tells which agencies there are and what they keep
	Store   Store
	// Party says what is demanded of passkeys.
	Party *passkey.Party
	Now   func() time.Time
	// Random is where secrets are drawn from: crypto/rand.Reader.
	Random io.Reader
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
	telling *Limiter[string] // by owner: events about refusals
}

// decoy is a hash that no secret of a code matches. An unknown locator is
// compared with it, so that it costs as much as a wrong secret.
type decoy struct{ salt, hash []byte }

// New returns a service.
func New(c Config) *Service {
	s := &Service{catalog: c.Catalog, store: c.Store, party: c.Party, now: c.Now, random: c.Random, hashing: newHashing(),
		telling: NewLimiter[string](c.Now, tellBurst, tellInterval)}
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
