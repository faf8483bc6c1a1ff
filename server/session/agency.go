package session

import (
	"context"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/wallet"
)

// NewAgencyToken makes a token with which an agency's machine speaks for the
// agency. It is shown once and only its hash is kept. Fault:
// issuer.agency_unknown.
func (s *Service) NewAgencyToken(ctx context.Context, agency string) (token string, err error) {
	if _, ok := s.catalog.Agency(agency); !ok {
		return "", fault.New(fault.CodeAgencyUnknown, "no such agency in the catalogue")
	}
	token, hash := s.newToken()
	kept := AgencyToken{ID: wallet.NewID(), Hash: hash, Agency: agency, CreatedAt: s.now()}
	if err := s.store.PutAgencyToken(ctx, kept); err != nil {
		return "", err
	}
	return token, nil
}

// AuthenticateAgency finds the agency of a token, by catalogue id. Fault:
// session.agency_invalid, whether the token is unknown or revoked.
func (s *Service) AuthenticateAgency(ctx context.Context, token string) (agency string, err error) {
	invalid := fault.New(fault.CodeAgencyInvalid, "the agency token is unknown or was revoked")
	hash, ok := hashToken(token)
	if !ok {
		return "", invalid
	}
	found, err := s.store.AgencyTokenByHash(ctx, hash)
	switch {
	case fault.Is(err, fault.CodeAgencyInvalid):
		return "", invalid
	case err != nil:
		return "", err
	case !found.RevokedAt.IsZero():
		return "", invalid
	}
	return found.Agency, nil
}
