package disclosure

import (
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/verifier"
)

// Limits of a request to share.
const (
	// MinLifetime and MaxLifetime bound how long a bearer presentation lives;
	// DefaultLifetime is what a request without a lifetime gets.
	MinLifetime     = time.Second
	MaxLifetime     = 120 * time.Second
	DefaultLifetime = 60 * time.Second
	// MaxPurpose is the longest purpose in characters.
	MaxPurpose = 120
)

// Request is what a citizen asks to share.
type Request struct {
	Owner     string // Citizen.ID, from the session
	Device    string // Device.ID, from the session
	Session   string // Session.ID, which must be open and may fetch the text again; empty where none asks
	Auth      Authentication
	Documents []Selection
	Purpose   string // free text; empty: the preset's purpose, if one is used
	Audience  string // who it is for; empty: whoever checks
	Challenge string // what the checker showed: 16 hexadecimal digits, or empty
	Lifetime  time.Duration
}

// Selection is the choice from one document. Credential or Document says which
// paper; Claims, Preset or both say which claims. With a preset, Claims must
// lie within what the preset may ask for, and contain what it requires, and the
// other selections of the request have the same preset.
type Selection struct {
	Document   string
	Credential string // Holding.ID
	Preset     string
	Claims     []string
}

// checked is a request whose form is right.
type checked struct {
	Request
	nonce []byte
}

// check judges the form of a request and fills in what was left out.
func (r Request) check() (checked, error) {
	c := checked{Request: r}
	if len(r.Documents) == 0 {
		return c, fault.New(fault.CodeSelectionEmpty, "no document chosen").At("documents")
	}
	if len(r.Documents) > verifier.MaxDocuments {
		return c, fault.Newf(fault.CodeSelectionTooLarge, "at most %d documents", verifier.MaxDocuments).At("documents")
	}
	c.Purpose = norm.NFC.String(r.Purpose)
	if !verifier.Readable(c.Purpose) || utf8.RuneCountInString(c.Purpose) > MaxPurpose {
		return c, fault.Newf(fault.CodePurposeInvalid, "at most %d printable characters", MaxPurpose).At("purpose")
	}
	c.Audience = norm.NFC.String(r.Audience)
	if c.Audience != "" && !verifier.ValidAudience(c.Audience) {
		return c, fault.Newf(fault.CodeAudienceInvalid, "1 to %d bytes of printable text", verifier.MaxAudience).At("audience")
	}
	if r.Challenge != "" {
		nonce, err := verifier.ParseChallenge(r.Challenge)
		if err != nil {
			return c, fault.Newf(fault.CodeChallengeInvalid, "%d hexadecimal digits", 2*verifier.NonceSize).At("challenge")
		}
		c.nonce = nonce
	}
	if r.Lifetime == 0 {
		c.Lifetime = DefaultLifetime
	}
	if c.Lifetime < MinLifetime || c.Lifetime > MaxLifetime {
		return c, fault.Newf(fault.CodeLifetimeInvalid, "%d to %d seconds",
			MinLifetime/time.Second, MaxLifetime/time.Second).At("ttl_seconds")
	}
	return c, nil
}
