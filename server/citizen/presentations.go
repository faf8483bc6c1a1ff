package citizen

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/qr/image"
	"github.com/giayto/giayto/server/request"
	"github.com/giayto/giayto/server/session"
)

// pngScale is the pixels a module: the largest code becomes 616 pixels wide,
// which every screen and reader takes.
const pngScale = 8

// imageTitle is what a screen reader says of the picture. It tells nothing of
// what the code carries.
const imageTitle = "Mã chia sẻ giấy tờ"

// requestBody is what the citizen asks to share.
type requestBody struct {
	Documents  []selectionBody `json:"documents"`
	Purpose    string          `json:"purpose"`
	Audience   string          `json:"audience"`
	Challenge  string          `json:"challenge"`
	TTLSeconds *int64          `json:"ttl_seconds"`
}

// shareBody is a requestBody with the citizen's confirmation of that very
// request: an assertion by a passkey.
type shareBody struct {
	Documents    []selectionBody `json:"documents"`
	Purpose      string          `json:"purpose"`
	Audience     string          `json:"audience"`
	Challenge    string          `json:"challenge"`
	TTLSeconds   *int64          `json:"ttl_seconds"`
	Confirmation json.RawMessage `json:"confirmation"`
}

func (b shareBody) plain() requestBody {
	return requestBody{b.Documents, b.Purpose, b.Audience, b.Challenge, b.TTLSeconds}
}

type selectionBody struct {
	Document   string   `json:"document"`
	Credential string   `json:"credential"`
	Preset     string   `json:"preset"`
	Claims     []string `json:"claims"`
}

type shareAnswer struct {
	ID        string   `json:"id"`
	Text      string   `json:"text"`
	ExpiresAt string   `json:"expires_at"`
	QR        qrAnswer `json:"qr"`
	SVG       string   `json:"svg_url"`
	PNG       string   `json:"png_url"`
}

type qrAnswer struct {
	Version         int    `json:"version"`
	ErrorCorrection string `json:"error_correction"`
	Modules         int    `json:"modules"`
}

func (h handlers) share(c *fiber.Ctx) error {
	var body shareBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	s := session.Citizen(c)
	r := body.plain().request(s)
	if body.Confirmation != nil {
		subject, level, err := h.Passkeys.Confirm(c.UserContext(), s, body.Confirmation)
		if err != nil {
			return err
		}
		r.Auth.Confirmed = &disclosure.Confirmation{Fingerprint: subject, Level: level}
	}
	p, err := h.Sharing.Share(c.UserContext(), r)
	if err != nil {
		return err
	}
	at := "/v1/citizen/presentations/" + p.ID
	return c.Status(fiber.StatusCreated).JSON(shareAnswer{ID: p.ID, Text: p.Text, ExpiresAt: moment(p.ExpiresAt),
		QR:  qrAnswer{p.Symbol.Version, p.Symbol.Level.String(), p.Symbol.Modules},
		SVG: at + ".svg", PNG: at + ".png"})
}

// confirmable gives what the citizen confirms with a passkey before sharing.
func (h handlers) confirmable(c *fiber.Ctx) error {
	var body requestBody
	if err := request.JSON(c, &body); err != nil {
		return err
	}
	s := session.Citizen(c)
	need, err := h.Sharing.Need(c.UserContext(), body.request(s))
	if err != nil {
		return err
	}
	options, err := h.Passkeys.BeginConfirmation(c.UserContext(), s, need.Fingerprint)
	if err != nil {
		return err
	}
	return c.Status(fiber.StatusCreated).JSON(struct {
		optionsAnswer
		Level int `json:"level"`
	}{optionsAnswer{options}, need.Level})
}

func (b requestBody) request(s session.Session) disclosure.Request {
	r := disclosure.Request{Owner: s.Owner, Device: s.Device, Session: s.ID,
		Auth:    disclosure.Authentication{Session: s.Level, Ceiling: session.Ceiling(s.Enrolment)},
		Purpose: b.Purpose, Audience: b.Audience,
		Challenge: b.Challenge, Documents: make([]disclosure.Selection, len(b.Documents))}
	for i, d := range b.Documents {
		r.Documents[i] = disclosure.Selection{Document: d.Document, Credential: d.Credential, Preset: d.Preset, Claims: d.Claims}
	}
	if b.TTLSeconds != nil {
		r.Lifetime = seconds(*b.TTLSeconds)
	}
	return r
}

// seconds keeps what is too long or too short so, where a plain product could
// overflow into the allowed range or mean "not given".
func seconds(n int64) time.Duration {
	if n < 1 {
		return -time.Second
	}
	return time.Duration(min(n, int64(24*time.Hour/time.Second))) * time.Second
}

// svg and png draw a code when its picture is fetched and not before: drawing
// costs 20 to 60 times the signature, and the phone draws its own.
func (h handlers) svg(c *fiber.Ctx) error {
	return h.image(c, "image/svg+xml", func(m *image.Image, out *bytes.Buffer) error {
		return m.SVG(out, image.SVGOptions{Title: imageTitle, Lang: "vi"})
	})
}

func (h handlers) png(c *fiber.Ctx) error {
	return h.image(c, "image/png", func(m *image.Image, out *bytes.Buffer) error { return m.PNG(out, pngScale) })
}

func (h handlers) image(c *fiber.Ctx, mediaType string, draw func(*image.Image, *bytes.Buffer) error) error {
	s := session.Citizen(c)
	text, err := h.Sharing.Text(s.Owner, s.ID, c.Params("id"))
	if err != nil {
		return err
	}
	m, err := image.Render(text)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := draw(m, &out); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, mediaType)
	return c.Send(out.Bytes())
}
