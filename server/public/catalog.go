package public

import (
	"encoding/json"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/server/representation"
)

// catalogAnswer is the catalogue as apps need it: what there is, what it is
// called, what may be shared and how it is shown. Rules and patterns of the
// issuing side stay out.
type catalogAnswer struct {
	Digest    string            `json:"digest"`
	Documents []documentAnswer  `json:"documents"`
	Presets   []*catalog.Preset `json:"presets"`
}

type documentAnswer struct {
	ID           string         `json:"id"`
	Code         int            `json:"code"`
	Labels       catalog.Text   `json:"labels"`
	Hue          string         `json:"hue"`
	Agency       catalog.Agency `json:"agency"`
	Version      int            `json:"version"`
	Legal        []string       `json:"legal"`
	Anchor       string         `json:"anchor,omitempty"`
	LifetimeDays int            `json:"lifetime_days"`
	Claims       []claimAnswer  `json:"claims"`
}

type claimAnswer struct {
	ID          string              `json:"id"`
	Key         int                 `json:"key"`
	Type        catalog.Type        `json:"type"`
	Labels      catalog.Text        `json:"labels"`
	Disclose    catalog.Disclosure  `json:"disclose,omitempty"`
	Sensitivity catalog.Sensitivity `json:"sensitivity,omitempty"`
	MinAuth     int                 `json:"min_auth,omitempty"`
	Volatility  catalog.Volatility  `json:"volatility,omitempty"`
	Mask        string              `json:"mask,omitempty"`
	Prefix      string              `json:"prefix,omitempty"`
	Shareable   bool                `json:"shareable"`
	Derived     bool                `json:"derived"`
	NullText    *catalog.Text       `json:"null_text,omitempty"`
	Length      int                 `json:"length,omitempty"`
	Enum        []catalog.EnumValue `json:"enum,omitempty"`
	Item        *claimAnswer        `json:"item,omitempty"`
	Members     []claimAnswer       `json:"members,omitempty"`
	Example     any                 `json:"example,omitempty"`
}

// newCatalogFile writes the catalogue once. Its tag is the catalogue's digest,
// then a part of this form's own hash: a release may write the same catalogue
// in another form.
func newCatalogFile(c *catalog.Catalog) (representation.File, error) {
	answer := catalogAnswer{Digest: c.Digest(), Presets: c.Presets()}
	for _, d := range c.Documents() {
		claims := make([]claimAnswer, 0, len(d.All()))
		for _, claim := range d.All() {
			claims = append(claims, newClaimAnswer(claim))
		}
		answer.Documents = append(answer.Documents, documentAnswer{ID: d.ID, Code: d.Code, Labels: d.Labels, Hue: d.Hue,
			Agency: d.Agency, Version: d.Version, Legal: d.Legal, Anchor: d.Anchor, LifetimeDays: d.LifetimeDays, Claims: claims})
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return representation.File{}, fmt.Errorf("public: the catalogue cannot be written: %w", err)
	}
	f := newFile(fiber.MIMEApplicationJSON, body)
	f.ETag = representation.NamedTag(c.Digest(), body)
	return f, nil
}

func newClaimAnswer(c *catalog.Claim) claimAnswer {
	answer := claimAnswer{ID: c.ID, Key: c.Key, Type: c.Type, Labels: c.Labels, Disclose: c.Disclose,
		Sensitivity: c.Sensitivity, MinAuth: c.MinAuth, Volatility: c.Volatility, Mask: c.Mask, Prefix: c.Prefix,
		Shareable: c.Key != 0 && c.Disclose != catalog.Never, Derived: c.Rule != nil, NullText: c.NullText,
		Length: c.Length, Enum: c.Enum, Example: c.Example}
	if c.Item != nil {
		item := newClaimAnswer(c.Item)
		answer.Item = &item
	}
	for _, member := range c.Members {
		answer.Members = append(answer.Members, newClaimAnswer(member))
	}
	return answer
}
