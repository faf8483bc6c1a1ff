package passkey

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"

	"github.com/giayto/giayto/internal/fault"
)

// Sizes of what a client may hand in.
const (
	// MaxCredentialID is the longest id of a credential in bytes (WebAuthn
	// section 4).
	MaxCredentialID = 1023
	maxTransports   = 8
)

// Registration is what a client answers to CreationOptions, read and not
// checked.
type Registration struct {
	parsed *protocol.ParsedCredentialCreationData
}

// ParseRegistration reads a RegistrationResponseJSON. Fault: request.malformed.
func ParseRegistration(body []byte) (*Registration, error) {
	parsed, err := protocol.ParseCredentialCreationResponseBytes(body)
	if err != nil || len(parsed.RawID) > MaxCredentialID {
		return nil, malformed("expected a RegistrationResponseJSON of WebAuthn")
	}
	return &Registration{parsed}, nil
}

func malformed(why string) error {
	return fault.New(fault.CodeRequestMalformed, why).At("credential")
}

// Challenge is what the client claims to have answered; nil if it is not one.
func (r *Registration) Challenge() []byte { return challengeOf(r.parsed.Response.CollectedClientData) }

func challengeOf(c protocol.CollectedClientData) []byte {
	b, err := base64.RawURLEncoding.Strict().DecodeString(c.Challenge)
	if err != nil {
		return nil
	}
	return b
}

// Key is a passkey as its authenticator has registered it.
type Key struct {
	Credential []byte // its id
	PublicKey  []byte // COSE_Key
	Algorithm  int    // COSE number
	Counter    uint32
	// Synced: the key can leave the device, such as by the
	// synchronisation of its maker.
	Synced     bool
	Transports []string

	// AAGUID names the kind of authenticator, Format and Attestation say who
	// vouches for that: the statement has been checked, its certificates have not
	// been followed to a root. Object is all of it, for a later look.
	AAGUID      []byte
	Format      string
	Attestation string
	Object      []byte
}

// Register checks an answer to the options with this challenge. Faults:
// passkey.challenge_unknown, passkey.origin_wrong, passkey.rp_id_wrong,
// passkey.user_not_verified, passkey.algorithm_not_offered,
// passkey.attestation_invalid, request.malformed.
func (p *Party) Register(r *Registration, challenge []byte) (Key, error) {
	client, object := r.parsed.Response.CollectedClientData, &r.parsed.Response.AttestationObject
	if err := p.client(client, protocol.CreateCeremony, challenge); err != nil {
		return Key{}, err
	}
	if err := p.authenticator(object.AuthData); err != nil {
		return Key{}, err
	}
	var public webauthncose.PublicKeyData
	if err := webauthncbor.Unmarshal(object.AuthData.AttData.CredentialPublicKey, &public); err != nil {
		return Key{}, malformed("the public key is not a COSE_Key")
	}
	if !slices.Contains(algorithms, webauthncose.COSEAlgorithmIdentifier(public.Algorithm)) {
		return Key{}, fault.New(fault.CodePasskeyAlgorithm, "the key is of an algorithm that was not offered").At("credential")
	}
	var offered []protocol.CredentialParameter
	for _, a := range algorithms {
		offered = append(offered, protocol.CredentialParameter{Type: protocol.PublicKeyCredentialType, Algorithm: a})
	}
	// The whole procedure of WebAuthn section 7.1, the steps above once more.
	_, err := r.parsed.Verify(client.Challenge, p.id, p.origins, p.origins, nil, protocol.TopOriginExplicitVerificationMode, false,
		true, true, nil, offered, protocol.AttestationPolicy{}, protocol.SignaturePolicy{})
	if err != nil {
		return Key{}, fault.Wrap(err, fault.CodePasskeyAttestation, "the authenticator's statement about the key is not right").At("credential")
	}
	return Key{
		Credential: slices.Clone(object.AuthData.AttData.CredentialID), PublicKey: slices.Clone(object.AuthData.AttData.CredentialPublicKey),
		Algorithm: int(public.Algorithm), Counter: object.AuthData.Counter, Synced: object.AuthData.Flags.HasBackupEligible(),
		Transports: transports(r.parsed.Response.Transports), AAGUID: slices.Clone(object.AuthData.AttData.AAGUID),
		Format: object.Format, Attestation: object.Type, Object: slices.Clone(r.parsed.Raw.AttestationResponse.AttestationObject),
	}, nil
}

// transports keeps those that WebAuthn names: they go back to clients.
func transports(list []protocol.AuthenticatorTransport) []string {
	known := []protocol.AuthenticatorTransport{protocol.USB, protocol.NFC, protocol.BLE, protocol.SmartCard, protocol.Hybrid, protocol.Internal}
	var kept []string
	for _, t := range list {
		if slices.Contains(known, t) && !slices.Contains(kept, string(t)) {
			kept = append(kept, string(t))
		}
	}
	return kept
}

// client checks what the browser or the system of the phone says of a ceremony.
func (p *Party) client(c protocol.CollectedClientData, ceremony protocol.CeremonyType, challenge []byte) error {
	switch {
	case c.Type != ceremony:
		return malformed("the answer is of another ceremony")
	case len(challenge) < ChallengeSize || c.Challenge != base64.RawURLEncoding.EncodeToString(challenge):
		return fault.New(fault.CodePasskeyChallenge, "the answer is to another challenge").At("credential")
	case !slices.Contains(p.origins, c.Origin), c.CrossOrigin, c.TopOrigin != "":
		return fault.New(fault.CodePasskeyOrigin, "the answer comes from a page or app that may not use passkeys of this wallet").At("credential")
	}
	return nil
}

// authenticator checks what every answer of an authenticator must say.
func (p *Party) authenticator(a protocol.AuthenticatorData) error {
	if id := sha256.Sum256([]byte(p.id)); !slices.Equal(a.RPIDHash, id[:]) {
		return fault.New(fault.CodePasskeyRPID, "the passkey is bound to another domain").At("credential")
	}
	if !a.Flags.HasUserPresent() || !a.Flags.HasUserVerified() {
		return fault.New(fault.CodePasskeyUser, "the authenticator did not verify its user").At("credential")
	}
	return nil
}
