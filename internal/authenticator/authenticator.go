package authenticator

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"

	"github.com/fxamacker/cbor/v2"
)

// Flags of authenticator data (WebAuthn section 6.1).
const (
	UserPresent    byte = 1 << 0
	UserVerified   byte = 1 << 2
	BackupEligible byte = 1 << 3
	attested       byte = 1 << 6
)

// COSE algorithm numbers.
const (
	ES256 = -7
	EdDSA = -8
	ES384 = -35
)

// Authenticator makes passkeys and signs with them. The zero value with an
// Origin behaves well. It is not safe for concurrent use.
type Authenticator struct {
	Origin string // of the page or app that asks
	// Algorithm of new keys; ES256 if 0.
	Algorithm int
	// Synced: keys may leave the device.
	Synced bool
	Keys   []*Key

	// Misbehave, if there is one, changes an answer before it is signed.
	Misbehave func(*Answer) `json:"-"`
}

// Key is a passkey.
type Key struct {
	ID        []byte
	RPID      string
	User      []byte
	Algorithm int
	Counter   uint32 // of the last use; counts up by one
	private   crypto.Signer
}

// Answer is what is about to be said and signed.
type Answer struct {
	Type        string
	Challenge   []byte
	Origin      string
	CrossOrigin bool
	RPID        string
	Flags       byte
	Counter     uint32
	Credential  []byte
	User        []byte // userHandle
	// Forge: the signature is over something else.
	Forge bool
}

type entity struct {
	ID string `json:"id"`
}

// creationOptions is what is looked at of PublicKeyCredentialCreationOptionsJSON.
type creationOptions struct {
	RP                 entity   `json:"rp"`
	User               entity   `json:"user"`
	Challenge          string   `json:"challenge"`
	ExcludeCredentials []entity `json:"excludeCredentials"`
}

type requestOptions struct {
	RPID             string   `json:"rpId"`
	Challenge        string   `json:"challenge"`
	AllowCredentials []entity `json:"allowCredentials"`
}

// ErrExcluded: the authenticator has one of the excluded passkeys (what a
// browser calls InvalidStateError).
var ErrExcluded = errors.New("authenticator: it has a passkey for this account already")

// ErrNone: the authenticator has no passkey that fits.
var ErrNone = errors.New("authenticator: no passkey fits")

// Create makes a passkey and answers as navigator.credentials.create does, in
// the form of RegistrationResponseJSON.
func (a *Authenticator) Create(options []byte) ([]byte, error) {
	var o creationOptions
	if err := json.Unmarshal(options, &o); err != nil {
		return nil, err
	}
	challenge, err1 := decode(o.Challenge)
	user, err2 := decode(o.User.ID)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	for _, e := range o.ExcludeCredentials {
		if a.find(e.ID, o.RP.ID) != nil {
			return nil, ErrExcluded
		}
	}
	key, err := newKey(o.RP.ID, user, a.Algorithm)
	if err != nil {
		return nil, err
	}
	a.Keys = append(a.Keys, key)
	answer := a.answer("webauthn.create", challenge, key)
	answer.Flags |= attested
	if a.Misbehave != nil {
		a.Misbehave(&answer)
	}
	public, err := key.cose()
	if err != nil {
		return nil, err
	}
	data := answer.data()
	data = append(data, aaguid...)
	data = binary.BigEndian.AppendUint16(data, uint16(len(answer.Credential)))
	data = append(append(data, answer.Credential...), public...)
	client := answer.client()
	signature, err := answer.sign(key, data, client)
	if err != nil {
		return nil, err
	}
	object, err := encoding.Marshal(map[string]any{"fmt": "packed", "authData": data,
		"attStmt": map[string]any{"alg": key.Algorithm, "sig": signature}})
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{
		"id": encode(answer.Credential), "rawId": encode(answer.Credential), "type": "public-key",
		"authenticatorAttachment": "platform", "clientExtensionResults": map[string]any{"credProps": map[string]any{"rk": true}},
		"response": map[string]any{"clientDataJSON": encode(client), "attestationObject": encode(object), "transports": []string{"internal", "hybrid"}},
	})
}

// Get signs with a passkey and answers as navigator.credentials.get does, in
// the form of AuthenticationResponseJSON. Without allowed ones in the options
// it takes the newest for the domain.
func (a *Authenticator) Get(options []byte) ([]byte, error) {
	var o requestOptions
	if err := json.Unmarshal(options, &o); err != nil {
		return nil, err
	}
	challenge, err := decode(o.Challenge)
	if err != nil {
		return nil, err
	}
	key := a.choose(o)
	if key == nil {
		return nil, ErrNone
	}
	key.Counter++
	answer := a.answer("webauthn.get", challenge, key)
	if a.Misbehave != nil {
		a.Misbehave(&answer)
	}
	data, client := answer.data(), answer.client()
	signature, err := answer.sign(key, data, client)
	if err != nil {
		return nil, err
	}
	response := map[string]any{"clientDataJSON": encode(client), "authenticatorData": encode(data), "signature": encode(signature)}
	if len(answer.User) > 0 {
		response["userHandle"] = encode(answer.User)
	}
	return json.Marshal(map[string]any{
		"id": encode(answer.Credential), "rawId": encode(answer.Credential), "type": "public-key",
		"authenticatorAttachment": "platform", "clientExtensionResults": map[string]any{}, "response": response,
	})
}

func (a *Authenticator) choose(o requestOptions) *Key {
	for _, e := range o.AllowCredentials {
		if key := a.find(e.ID, o.RPID); key != nil {
			return key
		}
	}
	if len(o.AllowCredentials) > 0 {
		return nil
	}
	for _, key := range slices.Backward(a.Keys) {
		if key.RPID == o.RPID {
			return key
		}
	}
	return nil
}

func (a *Authenticator) find(id, rpID string) *Key {
	for _, key := range a.Keys {
		if encode(key.ID) == id && key.RPID == rpID {
			return key
		}
	}
	return nil
}

func (a *Authenticator) answer(ceremony string, challenge []byte, key *Key) Answer {
	answer := Answer{Type: ceremony, Challenge: challenge, Origin: a.Origin, RPID: key.RPID, Flags: UserPresent | UserVerified,
		Counter: key.Counter, Credential: key.ID, User: key.User}
	if a.Synced {
		answer.Flags |= BackupEligible
	}
	return answer
}

// aaguid of this authenticator.
var aaguid = []byte("giayto software\x01")

// data is authenticator data without an attested credential.
func (a Answer) data() []byte {
	id := sha256.Sum256([]byte(a.RPID))
	return binary.BigEndian.AppendUint32(append(bytes.Clone(id[:]), a.Flags), a.Counter)
}

func (a Answer) client() []byte {
	client, err := json.Marshal(map[string]any{"type": a.Type, "challenge": encode(a.Challenge), "origin": a.Origin, "crossOrigin": a.CrossOrigin})
	if err != nil {
		panic("authenticator: texts cannot be written: " + err.Error())
	}
	return client
}

func (a Answer) sign(key *Key, data, client []byte) ([]byte, error) {
	hash := sha256.Sum256(client)
	message := slices.Concat(data, hash[:])
	if a.Forge {
		message = append(message, 0)
	}
	return key.sign(message)
}

func newKey(rpID string, user []byte, algorithm int) (*Key, error) {
	key := &Key{ID: make([]byte, 32), RPID: rpID, User: user, Algorithm: algorithm}
	if _, err := rand.Read(key.ID); err != nil {
		return nil, err
	}
	var err error
	switch algorithm {
	case 0, ES256:
		key.Algorithm = ES256
		key.private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case ES384:
		key.private, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case EdDSA:
		_, key.private, err = ed25519.GenerateKey(rand.Reader)
	default:
		err = errors.New("authenticator: it has no such algorithm")
	}
	return key, err
}

func (k *Key) sign(message []byte) ([]byte, error) {
	var hash crypto.Hash
	switch k.Algorithm {
	case EdDSA:
		return k.private.Sign(rand.Reader, message, crypto.Hash(0))
	case ES384:
		hash = crypto.SHA384
	default:
		hash = crypto.SHA256
	}
	h := hash.New()
	h.Write(message)
	return k.private.Sign(rand.Reader, h.Sum(nil), hash)
}

// cose is the public key as COSE_Key (RFC 9053 section 7).
func (k *Key) cose() ([]byte, error) {
	if public, ok := k.private.Public().(ed25519.PublicKey); ok {
		return encoding.Marshal(map[int]any{1: 1, 3: k.Algorithm, -1: 6, -2: []byte(public)})
	}
	public, ok := k.private.Public().(*ecdsa.PublicKey)
	if !ok {
		return nil, errors.New("authenticator: a key of an unknown kind")
	}
	point, err := public.Bytes()
	if err != nil {
		return nil, err
	}
	curve := 1
	if k.Algorithm == ES384 {
		curve = 2
	}
	half := len(point) / 2
	return encoding.Marshal(map[int]any{1: 2, 3: k.Algorithm, -1: curve, -2: point[1 : 1+half], -3: point[1+half:]})
}

// encoding is CBOR as authenticators write it.
var encoding = func() cbor.EncMode {
	mode, err := cbor.CTAP2EncOptions().EncMode()
	if err != nil {
		panic("authenticator: the options of CTAP2 are wrong: " + err.Error())
	}
	return mode
}()

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func decode(s string) ([]byte, error) { return base64.RawURLEncoding.DecodeString(s) }
