package cardqr_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/unicode/norm"

	"github.com/giayto/giayto/issuer/cardqr"
)

// full is the QR of a fictional card of 2021.
const full = "079305000123|123456789|Nguyễn Thị Minh Ánh|28022005|Nữ|Số 12 đường Hoa Sữa, phường Hải Châu, TP Đà Nẵng|20082025"

var anh = cardqr.Card{Number: "079305000123", FormerNumber: "123456789", Name: "Nguyễn Thị Minh Ánh", Birthdate: "2005-02-28", Sex: 2,
	Address: "Số 12 đường Hoa Sữa, phường Hải Châu, TP Đà Nẵng", IssuedOn: "2025-08-20"}

// with changes a card.
func with(change func(*cardqr.Card)) cardqr.Card {
	c := anh
	change(&c)
	return c
}

func TestParse(t *testing.T) {
	none := with(func(c *cardqr.Card) { c.FormerNumber = "" })
	for name, c := range map[string]struct {
		text string
		want cardqr.Card
	}{
		"2021":                   {full, anh},
		"no CMND":                {strings.Replace(full, "123456789", "", 1), none},
		"a reader that drops it": {strings.Replace(full, "|123456789", "", 1), none},
		"a cancelled number":     {strings.Replace(full, "123456789", "079305000999", 1), with(func(c *cardqr.Card) { c.FormerNumber = "079305000999" })},
		"line end":               {"\ufeff" + full + "\r\n", anh},
		"spaces around the bars": {strings.ReplaceAll(full, "|", " | "), anh},
		"digits in groups":       {strings.Replace(full, "079305000123", "079 305 000 123", 1), anh},
		"capitals":               {strings.Replace(full, "Nguyễn Thị Minh Ánh", "NGUYỄN THỊ MINH ÁNH", 1), with(func(c *cardqr.Card) { c.Name = "NGUYỄN THỊ MINH ÁNH" })},
		"decomposed":             {norm.NFD.String(full), anh},
		"the Icelandic letter":   {strings.NewReplacer("Đà", "\u00d0à", "đường", "\u00f0ường").Replace(full), anh},
		"Nam":                    {strings.Replace(full, "Nữ", "NAM", 1), with(func(c *cardqr.Card) { c.Sex = 1 })},
		"born in a year":         {strings.Replace(full, "28022005", "00002005", 1), with(func(c *cardqr.Card) { c.Birthdate = "2005" })},
		"born in a month":        {strings.Replace(full, "28022005", "00022005", 1), with(func(c *cardqr.Card) { c.Birthdate = "2005-02" })},
		"no date of issue":       {strings.TrimSuffix(full, "|20082025"), with(func(c *cardqr.Card) { c.IssuedOn = "" })},
		"an empty date of issue": {strings.TrimSuffix(full, "20082025"), with(func(c *cardqr.Card) { c.IssuedOn = ""; c.Extra = []string{} })},
		"2024, with more":        {full + "||Nguyễn Văn Cha|Trần Thị Mẹ|", with(func(c *cardqr.Card) { c.Extra = []string{"", "Nguyễn Văn Cha", "Trần Thị Mẹ", ""} })},
		"an Êđê name":            {strings.Replace(full, "Nguyễn Thị Minh Ánh", "H’Hen Niê Ƀuôn Kbŏ", 1), with(func(c *cardqr.Card) { c.Name = "H’Hen Niê Ƀuôn Kbŏ" })},
		"a straight apostrophe":  {strings.Replace(full, "Nguyễn Thị Minh Ánh", "H'Hen Niê", 1), with(func(c *cardqr.Card) { c.Name = "H'Hen Niê" })},
		"one word":               {strings.Replace(full, "Nguyễn Thị Minh Ánh", "Ú", 1), with(func(c *cardqr.Card) { c.Name = "Ú" })},
		"leap day":               {strings.Replace(full, "28022005", "29022004", 1), with(func(c *cardqr.Card) { c.Birthdate = "2004-02-29" })},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := cardqr.Parse(c.text)
			if len(c.want.Extra) == 0 {
				got.Extra, c.want.Extra = nil, nil
			}
			if d := cmp.Diff(c.want, got); err != nil || d != "" {
				t.Errorf("%v (-want +got):\n%s", err, d)
			}
		})
	}
}

// TestDoubtful: what cannot be read is empty and named, and the rest is there.
func TestDoubtful(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string
		field    string
	}{
		"a former number of ten":  {"123456789", "1234567890", cardqr.FieldFormerNumber},
		"no name":                 {"Nguyễn Thị Minh Ánh", "", cardqr.FieldName},
		"a name that was lost":    {"Nguyễn Thị Minh Ánh", "Nguy\ufffdn Th\ufffd Minh \ufffdnh", cardqr.FieldName},
		"a name that turns round": {"Nguyễn", "Nguy\u202eễn", cardqr.FieldName},
		"a name with nothing":     {"Nguyễn", "Nguy\u200bễn", cardqr.FieldName},
		"a picture":               {"Minh", "🙂", cardqr.FieldName},
		"the 30th of February":    {"28022005", "30022005", cardqr.FieldBirthdate},
		"the year 0":              {"28022005", "28020000", cardqr.FieldBirthdate},
		"another sex":             {"|Nữ|", "|X|", cardqr.FieldSex},
		"a garbled sex":           {"|Nữ|", "|N\ufffd\ufffd|", cardqr.FieldSex},
		"an address of Han":       {"Số 12 đường Hoa Sữa", "漢字", cardqr.FieldAddress},
		"issued never":            {"20082025", "99999999", cardqr.FieldIssuedOn},
		"issued in words":         {"20082025", "hôm nay", cardqr.FieldIssuedOn},
		"issued in a month":       {"20082025", "00082025", cardqr.FieldIssuedOn},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := cardqr.Parse(strings.Replace(full, c.old, c.new, 1))
			if err != nil || len(got.Doubtful) != 1 || got.Doubtful[0] != c.field {
				t.Fatalf("%+v, %v", got, err)
			}
			want := anh
			want.Doubtful = got.Doubtful
			switch c.field {
			case cardqr.FieldFormerNumber:
				want.FormerNumber = ""
			case cardqr.FieldName:
				want.Name = ""
			case cardqr.FieldBirthdate:
				want.Birthdate = ""
			case cardqr.FieldSex:
				want.Sex = 0
			case cardqr.FieldAddress:
				want.Address = ""
			case cardqr.FieldIssuedOn:
				want.IssuedOn = ""
			}
			want.Extra, got.Extra = nil, nil
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestNotACard(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": "", "bars": "||||||", "a number": "079305000123", "eleven digits": full[1:], "thirteen digits": "0" + full,
		"letters": strings.Replace(full, "079305000123", "07930500012A", 1), "other digits": strings.Replace(full, "079", "٠٧٩", 1),
		"too few fields": "079305000123||Nguyễn|28022005|Nữ", "no date": strings.Replace(full, "28022005", "2005", 1),
		"a date too late": "079305000123|a|b|c|28022005|Nữ|x", "a presentation": "VN1:ABC", "an address": "https://example.com/|||||||",
		"a health insurance card": "GD4790000000001|4e677579e1bb856e|28/02/2005|2|...|79 - 001|01/01/2026|31/12/2026|...|...|-|4|01/01/2030|abc|$",
		"a căn cước like one":     full + "|$",
		"too long":                full + strings.Repeat("x", cardqr.MaxText), "too many fields": full + strings.Repeat("|", 40), "not UTF-8": full + "\xff",
	} {
		if got, err := cardqr.Parse(text); !errors.Is(err, cardqr.ErrNotACard) || got.Number != "" || strings.Contains(err.Error(), "0793") {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// names are fictional.
var names = []string{"Nguyễn Thị Minh Ánh", "Trần Đình Quốc Bình", "Lê Thị Thu Mai", "Phạm Văn Đức", "Hồ Thị Thủy", "Vũ Ngọc Ký", "Bùi Tuấn Anh",
	"Đỗ Mỹ Linh", "Mai Thị Ví Dụ", "Ngô Bảo", "Lý Sơn", "Hà Vân", "Võ Tấn", "Trương Mỹ", "Hoàng Yến"}

// TestGarbled: where a decoder takes the card's UTF-8 for another encoding,
// names come back whole or not at all. Some encodings have no character for some
// bytes; what they have lost stays lost.
func TestGarbled(t *testing.T) {
	for name, c := range map[string]struct {
		encoding.Encoding
		read int // how many of the names come back
	}{
		"iso-8859-1": {charmap.ISO8859_1, 15}, "windows-1252": {charmap.Windows1252, 10}, "windows-1258": {charmap.Windows1258, 10},
		"shift_jis": {japanese.ShiftJIS, 8}, "big5": {traditionalchinese.Big5, 6}, "gb18030": {simplifiedchinese.GB18030, 5}, "euc-kr": {korean.EUCKR, 9},
	} {
		read := 0
		for _, who := range names {
			garbled, err := c.NewDecoder().String(strings.Replace(full, anh.Name, who, 1))
			if err != nil {
				t.Fatal(err)
			}
			got, err := cardqr.Parse(garbled)
			if err != nil {
				continue // a bar was lost with half of a letter
			}
			if got.Number != anh.Number || got.FormerNumber != anh.FormerNumber || got.Birthdate != anh.Birthdate {
				t.Errorf("%s: what is plain is lost: %+v", name, got)
			}
			for _, pair := range [][2]string{{got.Name, who}, {got.Address, anh.Address}, {got.IssuedOn, anh.IssuedOn}} {
				if pair[0] != "" && pair[0] != pair[1] {
					t.Errorf("%s: %q is read as %q", name, pair[1], pair[0])
				}
			}
			if got.Sex == 1 || got.Name != "" && got.RepairedFrom == "" {
				t.Errorf("%s: %+v", name, got)
			}
			if got.Name == who {
				read++
			}
		}
		if read < c.read {
			t.Errorf("%s: %d of %d names come back, want %d", name, read, len(names), c.read)
		}
	}
}

// TestALostBar: where a bar went with half of a letter, what follows is not
// taken for something else.
func TestALostBar(t *testing.T) {
	got, err := cardqr.Parse("079305000123||Nguyễn|28022005|N\ufffdSố 12|20082025")
	if err != nil || got.Address != "" || got.IssuedOn != "2025-08-20" || got.Sex != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// FuzzParse: any text gives a card that keeps its promises, or ErrNotACard.
func FuzzParse(f *testing.F) {
	f.Add(full)
	f.Add(strings.Replace(full, "|123456789", "", 1))
	f.Add(full + "||Nguyễn Văn Cha|")
	for _, e := range []encoding.Encoding{charmap.Windows1252, japanese.ShiftJIS, traditionalchinese.Big5} {
		if garbled, err := e.NewDecoder().String(full); err == nil {
			f.Add(garbled)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := cardqr.Parse(text)
		if err != nil {
			if !errors.Is(err, cardqr.ErrNotACard) {
				t.Errorf("%v", err)
			}
			return
		}
		for _, s := range []string{c.Name, c.Address, c.Birthdate, c.IssuedOn} {
			if !utf8.ValidString(s) || !norm.NFC.IsNormalString(s) || strings.ContainsAny(s, "|\n\x00\ufffd\u202e\u200b") {
				t.Errorf("%q of %q", s, text)
			}
		}
		if len(c.Number) != 12 || c.Sex < 0 || c.Sex > 2 || (len(c.FormerNumber) != 0 && len(c.FormerNumber) != 9 && len(c.FormerNumber) != 12) {
			t.Errorf("%+v of %q", c, text)
		}
	})
}
