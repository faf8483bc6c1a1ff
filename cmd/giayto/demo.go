package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/internal/demo"
	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/qr"
	"github.com/giayto/giayto/qr/image"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/verifier"
	"github.com/giayto/giayto/wallet"
)

// demoScale is the size of a module in the PNG files, in pixels.
const demoScale = 8

// demoClaims is how many claims a document's own example shows.
const demoClaims = 5

// demoScene plays the whole scene in one process on temporary data: registers
// become credentials, the demo citizen shares, files are written, and a checker
// that knows nothing but the trust list accepts them.
func demoScene(ctx context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	c := config{dev: true}
	var out string
	f := c.flags("demo", stderr)
	f.StringVar(&out, "out", "", "`DIR` for the files")
	if err := f.Parse(args); err != nil {
		return exitFailed, err
	}
	if out == "" || f.NArg() > 0 {
		return exitFailed, errors.New("give --out DIR")
	}
	if err := c.finish(); err != nil {
		return exitFailed, err
	}
	data, err := os.MkdirTemp("", "giayto-demo-")
	if err != nil {
		return exitFailed, err
	}
	defer os.RemoveAll(data)
	c.data = data
	a, err := open(c)
	if err != nil {
		return exitFailed, err
	}
	s := scene{app: a, out: out, stdout: stdout, holds: map[string]bool{}}
	if err := errors.Join(s.play(ctx), a.close()); err != nil {
		return exitFailed, err
	}
	return exitOK, nil
}

// seed imports the demo registers.
func (a *app) seed(ctx context.Context) (issuer.Summary, error) {
	var total issuer.Summary
	for _, register := range demo.Registers(a.now()) {
		sum, err := a.issuer.Import(ctx, register.Agency, bytes.NewReader(register.NDJSON), issuer.ImportOptions{})
		if err != nil {
			return total, fmt.Errorf("register %s: %w", register.Name, err)
		}
		total.Add(sum)
	}
	return total, nil
}

// scene is one play of the demo.
type scene struct {
	app    *app
	out    string
	stdout io.Writer
	owner  wallet.Citizen
	holds  map[string]bool
	first  string // text shown on the terminal
}

func (s *scene) play(ctx context.Context) error {
	sum, err := s.app.seed(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "registers: %s\n", sum)
	if s.owner, err = s.app.store.CitizenByNumber(ctx, demo.Star()); err != nil {
		return err
	}
	if err := os.MkdirAll(s.out, 0o755); err != nil {
		return err
	}
	if err := s.trust(); err != nil {
		return err
	}
	for _, d := range s.app.catalog.Documents() {
		selection, held, err := s.whole(ctx, d)
		if err != nil {
			return err
		}
		if !held {
			fmt.Fprintf(s.stdout, "%-26s the demo citizen holds none\n", d.ID)
			continue
		}
		s.holds[d.ID] = true
		if err := s.share(ctx, d.ID, d.Labels.VI, []disclosure.Selection{selection}); err != nil {
			return err
		}
	}
	for _, p := range s.app.catalog.Presets() {
		var selections []disclosure.Selection
		for _, part := range p.Documents {
			if !s.holds[part.Document] {
				continue
			}
			selections = append(selections, disclosure.Selection{Document: part.Document, Preset: p.ID})
		}
		if len(selections) < len(p.Documents) {
			continue // asks for a document that the demo citizen does not hold
		}
		if err := s.share(ctx, "preset-"+p.ID, p.Labels.VI, selections); err != nil {
			return err
		}
	}
	drawn, err := image.Render(s.first)
	if err != nil {
		return err
	}
	if err := drawn.Terminal(s.stdout); err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "\ngiayto-verify --trust-list %s --root %s --image %s\n",
		s.path(keys.TrustListFile), s.path(keys.RootFile), s.path("can_cuoc.png"))
	return nil
}

func (s *scene) path(name string) string { return filepath.Join(s.out, name) }

// trust writes what a checker needs.
func (s *scene) trust() error {
	text, _ := s.app.publisher.TrustList()
	if err := os.WriteFile(s.path(keys.TrustListFile), text, 0o644); err != nil {
		return err
	}
	root, err := s.app.publisher.Root()
	if err != nil {
		return err
	}
	return os.WriteFile(s.path(keys.RootFile), root, 0o644)
}

// whole chooses the first claims of a document by wire key, which is the order
// in which people share them; held says whether the demo citizen has it.
func (s *scene) whole(ctx context.Context, d *catalog.Document) (selection disclosure.Selection, held bool, err error) {
	active, err := s.app.store.Active(ctx, s.owner.ID)
	if err != nil {
		return selection, false, err
	}
	for _, h := range active {
		if h.Document != d.ID || selection.Credential != "" {
			continue
		}
		selection.Credential = h.ID
		claims := make([]*catalog.Claim, 0, len(d.Claims))
		for _, claim := range d.Claims {
			if _, has := h.Values[claim.ID]; has && claim.Key > 0 {
				claims = append(claims, claim)
			}
		}
		sort.Slice(claims, func(i, j int) bool { return claims[i].Key < claims[j].Key })
		for _, claim := range claims[:min(len(claims), demoClaims)] {
			selection.Claims = append(selection.Claims, claim.ID)
		}
	}
	return selection, selection.Credential != "", nil
}

// share mints a presentation, writes its files, and checks what it wrote.
func (s *scene) share(ctx context.Context, name, title string, selections []disclosure.Selection) error {
	r := disclosure.Request{Owner: s.owner.ID, Documents: selections, Lifetime: disclosure.MaxLifetime,
		Auth: disclosure.Authentication{Session: session.TwoFactors, Ceiling: session.Ceiling(wallet.InPerson)}}
	// The play has no phone: what the citizen would confirm with a passkey is
	// taken as confirmed.
	need, err := s.app.disclosure.Need(ctx, r)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	r.Auth.Confirmed = &disclosure.Confirmation{Fingerprint: need.Fingerprint, Level: need.Level}
	p, err := s.app.disclosure.Share(ctx, r)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if s.first == "" {
		s.first = p.Text
	}
	drawn, err := image.Render(p.Text)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	var png, svg bytes.Buffer
	if err := errors.Join(drawn.PNG(&png, demoScale), drawn.SVG(&svg, image.SVGOptions{Title: title, Lang: "vi"})); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	err = errors.Join(os.WriteFile(s.path(name+".txt"), []byte(p.Text+"\n"), 0o644),
		os.WriteFile(s.path(name+".png"), png.Bytes(), 0o644), os.WriteFile(s.path(name+".svg"), svg.Bytes(), 0o644))
	if err != nil {
		return err
	}
	_, list := s.app.publisher.TrustList()
	if _, err := verifier.New(list, verifier.Options{}).Verify(p.Text, verifier.Check{}); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	size, err := messageSize(p.Text)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "%-26s %3d bytes  QR version %2d-%s  %s\n", name, size, p.Symbol.Version, p.Symbol.Level, title)
	return nil
}

// messageSize is how many bytes the QR carries: two for three characters.
func messageSize(text string) (int, error) {
	if _, err := qr.Decode(text); err != nil {
		return 0, err
	}
	return (len(text) - len("VN1:")) * 2 / 3, nil
}
