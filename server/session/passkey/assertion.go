package passkey

import (
	"crypto/elliptic"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"

	"github.com/giayto/giayto/internal/fault"
)

// Assertion is what a client answers to RequestOptions, read and not checked.
type Assertion struct {
	parsed *protocol.ParsedCredentialAssertionData
}

// ParseAssertion reads an AuthenticationResponseJSON. Fault: request.malformed.
func ParseAssertion(body []byte) (*Assertion, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(body)
	if err != nil || len(parsed.RawID) > MaxCredentialID {
		return nil, malformed("expected an AuthenticationResponseJSON of WebAuthn")
	}
	return &Assertion{parsed}, nil
}

// Challenge is what the client claims to have answered; nil if it is not one.
func (a *Assertion) Challenge() []byte { return challengeOf(a.parsed.Response.CollectedClientData) }

// Credential is the id of the passkey that the client claims to have used.
func (a *Assertion) Credential() []byte { return slices.Clone(a.parsed.RawID) }

// UserHandle is the account for which the authenticator says it made the
// passkey; empty if it does not say.
func (a *Assertion) UserHandle() []byte { return slices.Clone(a.parsed.Response.UserHandle) }

// Use is what an authenticator said when a passkey was used.
type Use struct {
	Counter uint32
	Synced  bool
}

// Check checks an answer to the options with this challenge against the public
// key of the passkey. A nil key stands for a passkey that nobody has: then the
// answer is refused after the same work, with the same fault as for a wrong
// signature, so that nobody learns which passkeys there are. Faults:
// passkey.challenge_unknown, passkey.origin_wrong, passkey.rp_id_wrong,
// passkey.user_not_verified, passkey.unknown.
func (p *Party) Check(a *Assertion, challenge, publicKey []byte) (Use, error) {
	client, data := a.parsed.Response.CollectedClientData, a.parsed.Response.AuthenticatorData
	if err := p.client(client, protocol.AssertCeremony, challenge); err != nil {
		return Use{}, err
	}
	if err := p.authenticator(data); err != nil {
		return Use{}, err
	}
	known := publicKey != nil
	if !known {
		publicKey = nobody
	}
	// The whole procedure of WebAuthn section 7.2, the steps above once more.
	err := a.parsed.Verify(client.Challenge, p.id, "", p.origins, p.origins, nil, protocol.TopOriginExplicitVerificationMode, false,
		true, true, publicKey, protocol.SignaturePolicy{})
	if err != nil || !known {
		return Use{}, Unknown()
	}
	return Use{Counter: data.Counter, Synced: data.Flags.HasBackupEligible()}, nil
}

// Unknown is the fault for a passkey that nobody has, or whose signature is not
// right: not told apart.
func Unknown() error {
	return fault.New(fault.CodePasskeyUnknown, "no such passkey").At("credential")
}

// nobody is a public key that stands for a passkey that does not exist: the
// generator of P-256. Whether a signature by it is right is looked at for the
// time that takes, and never counts.
var nobody = func() []byte {
	g := elliptic.P256().Params()
	cose, err := webauthncbor.Marshal(webauthncose.EC2PublicKeyData{
		PublicKeyData: webauthncose.PublicKeyData{KeyType: int64(webauthncose.EllipticKey), Algorithm: int64(webauthncose.AlgES256)},
		Curve:         int64(webauthncose.P256), XCoord: g.Gx.Bytes(), YCoord: g.Gy.Bytes(),
	})
	if err != nil {
		panic("passkey: a constant cannot be written: " + err.Error())
	}
	return cose
}()
