package journey_test

import (
	"bytes"
	"errors"
	stdimage "image"
	_ "image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/disclosure/sdjwt"
	"github.com/giayto/giayto/internal/demo"
	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/qr/image"
	"github.com/giayto/giayto/verifier"
	"github.com/giayto/giayto/wallet"
)

// fifth is the fixture's document: the social insurance book.
const fifth = "so_bhxh"

// book is a record of the star of the demonstrations.
const book = `{"document":"so_bhxh","claims":{"social_insurance_number":"7900000001","name":"Mai Thị Ví Dụ",` +
	`"birthdate":"2005","sex":2,"participation_months":27,"participation_status":"participating",` +
	`"date_of_issuance":"2024-03-15","issuing_authority":"Bảo hiểm xã hội Thành phố Hồ Chí Minh",` +
	`"personal_administrative_number":"079305000001"}}`

// withFifth is the catalogue with the fifth document as a further layer.
func withFifth(t *testing.T) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(catalog.Files(), os.DirFS("../../catalog/testdata/fifth"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fifthStage is a deployment whose star holds the four documents and the fifth.
func fifthStage(t *testing.T) *stage {
	t.Helper()
	s := newStage(t, withFifth(t))
	for _, r := range demo.Registers(noon) {
		s.issue(r.Agency, bytes.SplitAfter(r.NDJSON, []byte("\n"))[0]) // the star comes first
	}
	s.issue("bhxh", []byte(book))
	return s
}

// TestFifthDocument takes a document that is one JSON file through issuing, the
// wallet, sharing, the picture of the QR, and an offline check.
func TestFifthDocument(t *testing.T) {
	s := fifthStage(t)
	owner := s.owner(demo.Star())
	s.credential(owner)
	papers, err := s.papers.List(t.Context(), owner)
	if err != nil || len(papers) != 5 || !slices.ContainsFunc(papers, func(p wallet.Paper) bool {
		return p.Document == fifth && p.Labels.VI == "Sổ bảo hiểm xã hội" && p.ValidFrom == "2024-03-15" && p.ValidUntil == "" && !p.NoEnd
	}) {
		t.Fatalf("%+v %v", papers, err)
	}
	// Register claims and derived ones; no preset asks for this document.
	claims := []string{"name", "participation_months", "participation_status", "participating", "birth_year", "social_insurance_number_masked"}
	text := s.share(owner, disclosure.Selection{Document: fifth, Claims: claims})
	seen := scan(t, text)
	result, err := s.checker(s.catalog).Verify(seen, verifier.Check{Now: noon})
	if err != nil || len(result.Documents) != 1 {
		t.Fatal(result, err)
	}
	d := result.Documents[0]
	if d.ID != fifth || d.Label.EN != "Social insurance book" || d.Agency.VI != "Bảo hiểm xã hội Việt Nam" || len(d.Claims) != len(claims) {
		t.Errorf("%+v", d)
	}
	for id, want := range map[string]struct {
		value              any
		label, text, texts string
	}{
		"name":                           {"Mai Thị Ví Dụ", "Họ và tên", "Mai Thị Ví Dụ", "Mai Thị Ví Dụ"},
		"participation_months":           {int64(27), "Số tháng đã đóng", "27", "27"},
		"participation_status":           {"participating", "Tình trạng tham gia", "Đang đóng", "Paying in"},
		"participating":                  {true, "Đang tham gia bảo hiểm xã hội", "Có", "Yes"},
		"birth_year":                     {int64(2005), "Năm sinh", "2005", "2005"},
		"social_insurance_number_masked": {"001", "3 số cuối của mã số bảo hiểm xã hội", "•••001", "•••001"},
	} {
		c, ok := result.Claim(fifth, id)
		if !ok || c.Value != want.value || c.Label.VI != want.label || c.Text() != (catalog.Text{VI: want.text, EN: want.texts}) {
			t.Errorf("%s is %v, %+v, shown as %+v, want %+v", id, c.Value, c.Label, c.Text(), want)
		}
	}
}

// credential opens the issued SD-JWT under the agency's published key.
func (s *stage) credential(owner string) {
	s.t.Helper()
	active, err := s.store.Active(s.t.Context(), owner)
	if err != nil {
		s.t.Fatal(err)
	}
	i := slices.IndexFunc(active, func(h wallet.Holding) bool { return h.Document == fifth })
	if i < 0 {
		s.t.Fatal("the wallet has no " + fifth)
	}
	key, err := s.ring.Current(keys.CredentialPurpose("bhxh"), noon)
	if err != nil {
		s.t.Fatal(err)
	}
	values, err := sdjwt.Verify(active[i].Credential, sdjwt.VerifyOptions{Key: key.Key.Public, Now: noon})
	if err != nil {
		s.t.Fatal(err)
	}
	if values["vct"] != origin+"/vct/so_bhxh/1" || values["name"] != "Mai Thị Ví Dụ" || values["personal_administrative_number"] != nil {
		s.t.Errorf("the credential says %v", values)
	}
}

// TestFifthDocumentUnknown: a checker with the older catalogue says so, and
// shows nothing: neither of the fifth document nor of one beside it.
func TestFifthDocumentUnknown(t *testing.T) {
	s := fifthStage(t)
	owner := s.owner(demo.Star())
	old := s.checker(catalog.Default())
	for name, selections := range map[string][]disclosure.Selection{
		"alone":          {{Document: fifth, Claims: []string{"participating"}}},
		"beside another": {{Document: "can_cuoc", Claims: []string{"name"}}, {Document: fifth, Claims: []string{"participating"}}},
	} {
		text := s.share(owner, selections...)
		result, err := old.Verify(text, verifier.Check{Now: noon})
		var refusal *verifier.Refusal
		if result != nil || !errors.As(err, &refusal) || refusal.Reason != verifier.ReasonCatalogOutdated || refusal.Verdict() != verifier.Unknown {
			t.Errorf("%s: %+v %v", name, result, err)
		}
		if _, err := s.checker(s.catalog).Verify(text, verifier.Check{Now: noon}); err != nil {
			t.Errorf("%s with the newer catalogue: %v", name, err)
		}
	}
	// What the older catalogue knows it still reads.
	if _, err := old.Verify(s.share(owner, disclosure.Selection{Document: "can_cuoc", Claims: []string{"name"}}), verifier.Check{Now: noon}); err != nil {
		t.Error(err)
	}
}

// TestFifthDocumentRefusals: the rules of the catalogue hold for it too.
func TestFifthDocumentRefusals(t *testing.T) {
	s := fifthStage(t)
	for claim, code := range map[string]fault.Code{
		"personal_administrative_number": fault.CodeClaimNotShareable, // disclose: never
		"workplace":                      fault.CodeClaimAbsent,
		"salary":                         fault.CodeClaimUnknown,
	} {
		_, err := s.shareConfirmed(disclosure.Request{Owner: s.owner(demo.Star()),
			Documents: []disclosure.Selection{{Document: fifth, Claims: []string{claim}}}})
		if !fault.Is(err, code) {
			t.Errorf("%s: %v, want %s", claim, err, code)
		}
	}
	bad := strings.Replace(book, "Mai Thị Ví Dụ", "Mai Thị Ví Du", 1)
	sum, err := s.issuer.Import(t.Context(), "bhxh", strings.NewReader(bad), issuer.ImportOptions{})
	if err != nil || sum.Rejected != 1 {
		t.Errorf("another person's name: %v %v", sum, err)
	}
}

// TestFifthDocumentIsDataAlone: no source of the product names it.
func TestFifthDocumentIsDataAlone(t *testing.T) {
	read := 0
	err := filepath.WalkDir("../..", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && (e.Name() == "node_modules" || e.Name() == ".git" || e.Name() == "testdata") {
			return filepath.SkipDir
		}
		if ext := filepath.Ext(path); e.IsDir() || ext != ".go" && ext != ".ts" && ext != ".js" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte(fifth)) {
			t.Errorf("%s names the fifth document", path)
		}
		read++
		return err
	})
	if err != nil || read < 100 {
		t.Errorf("%d sources read, %v", read, err)
	}
}

// share mints a presentation and returns the text of its QR.
func (s *stage) share(owner string, selections ...disclosure.Selection) string {
	s.t.Helper()
	p, err := s.shareConfirmed(disclosure.Request{Owner: owner, Documents: selections})
	if err != nil {
		s.t.Fatal(err)
	}
	return p.Text
}

// scan draws the QR of a text and reads the picture again.
func scan(t *testing.T, text string) string {
	t.Helper()
	drawn, err := image.Render(text)
	if err != nil {
		t.Fatal(err)
	}
	var png bytes.Buffer
	if err := drawn.PNG(&png, 4); err != nil {
		t.Fatal(err)
	}
	picture, _, err := stdimage.Decode(&png)
	if err != nil {
		t.Fatal(err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	found, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
	if err != nil {
		t.Fatal(err)
	}
	return found.GetText()
}
