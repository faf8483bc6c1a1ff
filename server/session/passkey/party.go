package passkey

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
)

// Limits of a ceremony.
const (
	// Timeout is how long a ceremony may take, told to the client and kept by
	// the server.
	Timeout = 5 * time.Minute
	// ChallengeSize is the least size of a challenge in bytes. WebAuthn asks for
	// 16 (section 13.4.3).
	ChallengeSize = 32
)

// algorithms that are offered, best first: ECDSA on P-256, which nearly every
// phone makes, EdDSA, and RSA with SHA-256, which Windows makes. COSE numbers.
var algorithms = []webauthncose.COSEAlgorithmIdentifier{webauthncose.AlgES256, webauthncose.AlgEdDSA, webauthncose.AlgRS256}

// Config is what a Party needs. All members are required.
type Config struct {
	// ID is the domain to which passkeys are bound for good, such as
	// giayto.example: another ID makes every passkey useless.
	ID string
	// Name is what the authenticator shows.
	Name string
	// Origins are those of pages and apps that may use a passkey, letter by
	// letter as a client writes them: https://giayto.example, or
	// android:apk-key-hash:… for an app.
	Origins []string
}

// Party checks what authenticators answer. It is safe for concurrent use.
type Party struct {
	id, name string
	origins  []string
}

// New returns a relying party.
func New(c Config) *Party {
	return &Party{id: c.ID, name: c.Name, origins: slices.Clone(c.Origins)}
}

// ID is the domain to which passkeys are bound.
func (p *Party) ID() string { return p.id }

// User is the account for which a passkey is made.
type User struct {
	// Handle names the account and comes back with every use: opaque, at most 64
	// bytes.
	Handle []byte
	// Name is what the authenticator shows when it asks which passkey to use.
	Name string
}

// Descriptor names a passkey to a client.
type Descriptor struct {
	Credential []byte
	Transports []string
}

// CreationOptions are those of navigator.credentials.create, in the form of
// PublicKeyCredentialCreationOptionsJSON. An authenticator that has one of the
// excluded makes none.
func (p *Party) CreationOptions(challenge []byte, u User, exclude []Descriptor) (json.RawMessage, error) {
	o := protocol.PublicKeyCredentialCreationOptions{
		RelyingParty:          protocol.RelyingPartyEntity{CredentialEntity: protocol.CredentialEntity{Name: p.name}, ID: p.id},
		User:                  protocol.UserEntity{CredentialEntity: protocol.CredentialEntity{Name: u.Name}, DisplayName: u.Name, ID: protocol.URLEncodedBase64(u.Handle)},
		Challenge:             challenge,
		Timeout:               int(Timeout / time.Millisecond),
		CredentialExcludeList: descriptors(exclude),
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			// Discoverable, so that nobody has to type who they are.
			RequireResidentKey: protocol.ResidentKeyRequired(),
			ResidentKey:        protocol.ResidentKeyRequirementRequired,
			UserVerification:   protocol.VerificationRequired,
		},
		// What kind of authenticator holds the key of an identity is worth
		// knowing when a kind turns out to be broken.
		Attestation: protocol.PreferDirectAttestation,
	}
	for _, a := range algorithms {
		o.Parameters = append(o.Parameters, protocol.CredentialParameter{Type: protocol.PublicKeyCredentialType, Algorithm: a})
	}
	return json.Marshal(o)
}

// RequestOptions are those of navigator.credentials.get, in the form of
// PublicKeyCredentialRequestOptionsJSON. Without any allowed, the authenticator
// offers those it has.
func (p *Party) RequestOptions(challenge []byte, allow []Descriptor) (json.RawMessage, error) {
	return json.Marshal(protocol.PublicKeyCredentialRequestOptions{
		Challenge:          challenge,
		Timeout:            int(Timeout / time.Millisecond),
		RelyingPartyID:     p.id,
		AllowedCredentials: descriptors(allow),
		UserVerification:   protocol.VerificationRequired,
	})
}

func descriptors(list []Descriptor) []protocol.CredentialDescriptor {
	var out []protocol.CredentialDescriptor
	for _, d := range list {
		one := protocol.CredentialDescriptor{Type: protocol.PublicKeyCredentialType, CredentialID: d.Credential}
		for _, t := range d.Transports {
			one.Transport = append(one.Transport, protocol.AuthenticatorTransport(t))
		}
		out = append(out, one)
	}
	return out
}
