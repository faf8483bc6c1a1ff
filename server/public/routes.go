package public

import (
	"context"
	"crypto"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/verifier"
)

// Trust publishes what checkers need.
type Trust interface {
	// TrustList returns the newest signed list and its content; nil before
	// there is one.
	TrustList() ([]byte, *verifier.TrustList)
	// JWKS returns the public keys as a JWK Set (RFC 7517).
	JWKS() ([]byte, error)
	// CertificateAuthorities returns the anchors of the deployment's certificates
	// as PEM (RFC 7468); nil before there are any.
	CertificateAuthorities() []byte
}

// SigningKey tells whether presentations can be signed at a moment.
type SigningKey interface {
	Disclosure(now time.Time) (crypto.Signer, verifier.KeyID, error)
}

// Deadlines tells for each thing that ends by itself when that is. The names
// are paths such as "trust-list" or "key/disclosure/pXbmp1Wo".
type Deadlines func(now time.Time) map[string]time.Time

// Deps is what the operations need. All members are required but Apps.
type Deps struct {
	Catalog     *catalog.Catalog
	Trust       Trust
	Issuers     Issuers
	StatusLists StatusLists
	SigningKey  SigningKey
	Deadlines   Deadlines
	// StoreReadable reads something small from the store.
	StoreReadable func(ctx context.Context) error
	OpenAPI       []byte // the YAML that /openapi.yaml gives
	Origin        string // public origin, without a slash at the end
	Now           func() time.Time
	Apps          Apps
}

// Routes adds the operations to a router. The error is about a catalogue that
// cannot be written as JSON.
func Routes(r fiber.Router, d Deps) error {
	catalog, err := newCatalogFile(d.Catalog)
	if err != nil {
		return err
	}
	android, err := d.Apps.assetLinks()
	if err != nil {
		return err
	}
	apple, err := d.Apps.apple()
	if err != nil {
		return err
	}
	h := handlers{d}
	r.Get("/v1/public/catalog", crossOrigin, catalog.Send)
	r.Get("/v1/public/trust-list", crossOrigin, h.trustList)
	r.Get("/v1/public/certificate-authority.pem", crossOrigin, h.authorities)
	r.Get("/v1/public/status-lists", crossOrigin, h.statusLists)
	r.Get("/v1/public/status-lists/:agency/:number", crossOrigin, h.statusList)
	r.Get("/v1/public/status-snapshot", crossOrigin, h.statusSnapshot)
	r.Get("/.well-known/jwks.json", crossOrigin, h.jwks)
	r.Get("/.well-known/jwt-vc-issuer/agencies/:agency", crossOrigin, h.issuer)
	r.Get("/.well-known/assetlinks.json", crossOrigin, optional(android))
	r.Get("/.well-known/apple-app-site-association", crossOrigin, optional(apple))
	r.Get("/vct/:document/:version", crossOrigin, newTypes(d.Catalog, d.Origin).serve)
	r.Get("/openapi.yaml", crossOrigin, newFile("application/yaml", d.OpenAPI).Send)
	r.Get("/healthz", alive)
	r.Get("/readyz", h.ready)
	r.Get("/", home)
	return nil
}

type handlers struct{ Deps }

// crossOrigin lets pages of every origin read an answer, which holds nothing
// that depends on who asks. A plain GET needs no preflight.
func crossOrigin(c *fiber.Ctx) error {
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	c.Set(fiber.HeaderAccessControlExposeHeaders, "ETag")
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	return c.Next()
}
