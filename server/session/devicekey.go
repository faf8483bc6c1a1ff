package session

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"math/big"
	"slices"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// Sizes of a device's key and of its proof.
const (
	// PointSize is an uncompressed point of P-256 (SEC 1 section 2.3.3).
	PointSize = 65
	// ProofSize is a signature by ES256: r and s, 32 bytes each (RFC 7518 section
	// 3.4).
	ProofSize = 64
)

// deviceKeyContext keeps a proof from being taken for another signature of the
// same key.
const deviceKeyContext = "giayto device key 1\x00"

// BeginDeviceKey gives the challenge over which the device of a fresh session
// proves that it has a key. Fault: session.reauthentication_required.
func (s *Service) BeginDeviceKey(ctx context.Context, open Session) (challenge []byte, err error) {
	if err := s.fresh(open); err != nil {
		return nil, err
	}
	c, err := s.begin(ctx, Ceremony{Purpose: ToBindKey, Owner: open.Owner, Session: open.ID})
	return c.Challenge, err
}

// DeviceKeyMessage is what the device signs with the key: that it has this key,
// in answer to this challenge.
func DeviceKeyMessage(challenge, point []byte) []byte {
	return slices.Concat([]byte(deviceKeyContext), challenge, point)
}

// BindDeviceKey gives the device of the session its key, in place of one that it
// may have: a P-256 key that never leaves it. The signature is by ES256 over
// DeviceKeyMessage. Faults: session.reauthentication_required,
// passkey.challenge_unknown, device.key_invalid, device.proof_invalid.
func (s *Service) BindDeviceKey(ctx context.Context, open Session, challenge, point, signature []byte) (wallet.Device, error) {
	if err := s.fresh(open); err != nil {
		return wallet.Device{}, err
	}
	told := wallet.Event{Owner: open.Owner, Device: open.Device}
	c, err := s.take(ctx, challenge, Ceremony{Purpose: ToBindKey, Owner: open.Owner, Session: open.ID})
	if err != nil {
		return wallet.Device{}, s.refused(ctx, told, err)
	}
	if err := checkProof(c.Challenge, point, signature); err != nil {
		return wallet.Device{}, s.refused(ctx, told, err)
	}
	var d wallet.Device
	err = s.store.Change(ctx, func(tx Tx) error {
		now := s.now()
		if err := stillOpen(tx, open, now); err != nil {
			return err
		}
		if d, err = used(tx, open.Owner, open.Device); err != nil {
			return err
		}
		d.Key, d.KeyAt = slices.Clone(point), now
		if err := tx.PutDevice(d); err != nil {
			return err
		}
		return tellDevice(tx, d, wallet.DeviceKeyBound, now)
	})
	if err != nil {
		return wallet.Device{}, err
	}
	return d, nil
}

// checkProof checks that whoever signed has the key.
func checkProof(challenge, point, signature []byte) error {
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return fault.New(fault.CodeDeviceKey, "the key is not a point of P-256").At("public_key")
	}
	digest := sha256.Sum256(DeviceKeyMessage(challenge, point))
	if len(signature) != ProofSize ||
		!ecdsa.Verify(key, digest[:], new(big.Int).SetBytes(signature[:ProofSize/2]), new(big.Int).SetBytes(signature[ProofSize/2:])) {
		return fault.New(fault.CodeDeviceProof, "the signature does not show that the device has the key").At("signature")
	}
	return nil
}
