package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/server/representation"
	"github.com/giayto/giayto/verifier"
)

// Trust gives what a checker works from.
type Trust interface {
	// TrustList returns the newest signed list and its content; nil before
	// there is one.
	TrustList() ([]byte, *verifier.TrustList)
	// PinnedRoot returns the public root key before there is a list; nil before
	// there is a root.
	PinnedRoot() (*verifier.Key, error)
}

// servedEvery is how exactly a page says when it was answered. Within it the same
// list gives the same bytes, and so the same tag; it is what a cache may keep the
// list itself for.
const servedEvery = 5 * time.Minute

// data is what the page is told.
type data struct {
	TrustList *string `json:"trust_list"` // compact JWS; null before there is one
	// RootKeys are what to pin: the signer of the list, then the root that
	// follows if the list names one. A verifier.Key has no private half.
	RootKeys []*verifier.Key `json:"root_keys"`
	// ServedAt is never later than the answer, and at most servedEvery earlier.
	ServedAt string `json:"served_at"`
	Origin   string `json:"origin"`
}

// page is an HTML file with a place for data. The newest form is kept, because
// it is the same for everybody for a while.
type page struct {
	trust        Trust
	origin       string
	now          func() time.Time
	before, rest []byte

	mu     sync.Mutex
	text   []byte // of the data in newest
	newest representation.File
}

// place is where the data goes. The element is a data block, which a browser
// does not run (HTML, section 4.12.1).
var place = []byte(`<script type="application/json" id="giayto-data">`)

func newPage(html []byte, d Deps) (*page, error) {
	before, rest, found := bytes.Cut(html, place)
	if !found || bytes.Contains(rest, place) {
		return nil, errors.New("web: the page has not exactly one place for its data")
	}
	return &page{trust: d.Trust, origin: d.Origin, now: d.Now, before: append(before[:len(before):len(before)], place...), rest: rest}, nil
}

// serve answers with the page and the newest list.
func (p *page) serve(c *fiber.Ctx) error {
	text, err := p.data()
	if err != nil {
		return err
	}
	return p.filled(text).Send(c)
}

func (p *page) data() ([]byte, error) {
	d := data{RootKeys: []*verifier.Key{}, ServedAt: p.now().UTC().Truncate(servedEvery).Format(time.RFC3339), Origin: p.origin}
	if text, list := p.trust.TrustList(); list != nil {
		signed := string(text)
		d.TrustList, d.RootKeys = &signed, list.Roots()
	} else if root, err := p.trust.PinnedRoot(); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	} else if root != nil {
		d.RootKeys = append(d.RootKeys, root)
	}
	// Marshal escapes <, >, & and the separators U+2028 and U+2029, so that
	// nothing in the data ends the element.
	text, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	return text, nil
}

// filled is the page with these data.
func (p *page) filled(text []byte) representation.File {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !bytes.Equal(p.text, text) {
		html := bytes.Join([][]byte{p.before, text, p.rest}, nil)
		p.text, p.newest = text, representation.New(mediaTypes[".html"].name, askAgain, html).Compressed()
	}
	return p.newest
}
