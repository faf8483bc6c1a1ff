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

// verifyData is what the checker page is told.
type verifyData struct {
	TrustList *string `json:"trust_list"` // compact JWS; null before there is one
	// RootKeys are what to pin: the signer of the list, then the root that
	// follows if the list names one. A verifier.Key has no private half.
	RootKeys []*verifier.Key `json:"root_keys"`
	// ServedAt is never later than the answer, and at most servedEvery earlier.
	ServedAt string `json:"served_at"`
	Origin   string `json:"origin"`
}

// walletData is what the wallet page is told: nothing of any person. That it asks
// for over the interface.
type walletData struct {
	Origin string `json:"origin"`
}

// page is an HTML file with a place for data. The newest form is kept, because
// it is the same for everybody for a while.
type page struct {
	data         func() (any, error)
	before, rest []byte

	mu     sync.Mutex
	text   []byte // of the data in newest
	newest representation.File
}

// place is where the data goes. The element is a data block, which a browser
// does not run (HTML, section 4.12.1).
var place = []byte(`<script type="application/json" id="giayto-data">`)

func newPage(html []byte, data func() (any, error)) (*page, error) {
	before, rest, found := bytes.Cut(html, place)
	if !found || bytes.Contains(rest, place) {
		return nil, errors.New("web: the page has not exactly one place for its data")
	}
	return &page{data: data, before: append(before[:len(before):len(before)], place...), rest: rest}, nil
}

// serve answers with the page and the data of now.
func (p *page) serve(c *fiber.Ctx) error {
	data, err := p.data()
	if err != nil {
		return err
	}
	// Marshal escapes <, >, & and the separators U+2028 and U+2029, so that
	// nothing in the data ends the element.
	text, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("web: %w", err)
	}
	return p.filled(text).Send(c)
}

// verifyData tells the newest list.
func (d Deps) verifyData() (any, error) {
	told := verifyData{RootKeys: []*verifier.Key{}, ServedAt: d.Now().UTC().Truncate(servedEvery).Format(time.RFC3339), Origin: d.Origin}
	if text, list := d.Trust.TrustList(); list != nil {
		signed := string(text)
		told.TrustList, told.RootKeys = &signed, list.Roots()
	} else if root, err := d.Trust.PinnedRoot(); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	} else if root != nil {
		told.RootKeys = append(told.RootKeys, root)
	}
	return told, nil
}

func (d Deps) walletData() (any, error) { return walletData{d.Origin}, nil }

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
