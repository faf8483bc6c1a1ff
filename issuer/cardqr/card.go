package cardqr

import (
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Bounds of what is looked at. The longest honest text has some 400 bytes.
const (
	MaxText   = 4096 // bytes
	maxFields = 32
)

const (
	bar = "|"
	// healthCard is how the QR of a health insurance card ends.
	healthCard = "$"
)

// ErrNotACard: the text is not that of a printed căn cước.
var ErrNotACard = errors.New("cardqr: not the QR of a căn cước")

// Names of fields, as Card.Doubtful gives them.
const (
	FieldFormerNumber = "former_number"
	FieldName         = "name"
	FieldBirthdate    = "birthdate"
	FieldSex          = "sex"
	FieldAddress      = "address"
	FieldIssuedOn     = "issued_on"
)

// Card is what the QR of a card says. Nothing of it is proved.
type Card struct {
	Number       string // 12 digits
	FormerNumber string // 9 digits (CMND) or 12 (a cancelled number); "" for none
	Name         string // NFC, in the letters of the card
	Birthdate    string // YYYY-MM-DD; YYYY-MM or YYYY where the card has no more
	Sex          int    // ISO 5218: 1 Nam, 2 Nữ; 0 when it could not be read
	Address      string
	IssuedOn     string // YYYY-MM-DD
	// Extra are further fields of the 2024 card as they stand there; which is
	// which is not published.
	Extra []string
	// Doubtful names the fields that stood there and could not be read. They are
	// empty.
	Doubtful []string
	// RepairedFrom is the encoding that a scanner had taken the text for, and out
	// of which it was read back; "" for none.
	RepairedFrom string
}

var (
	personal = regexp.MustCompile(`^[0-9]{12}$`)
	former   = regexp.MustCompile(`^(?:[0-9]{9}|[0-9]{12})$`)
	day      = regexp.MustCompile(`^[0-9]{8}$`)
)

// Parse reads the text of a scanned code: number, former number, name, date of
// birth, sex, address, date of issue, with bars between. The former number may
// be empty or, with some readers, missing; more fields may follow. The number
// must be readable, everything else may be doubtful.
func Parse(text string) (Card, error) {
	if len(text) > MaxText || !utf8.ValidString(text) {
		return Card{}, ErrNotACard
	}
	fields, from := repair(strings.Trim(text, "\ufeff \t\r\n\x00"))
	if len(fields) > maxFields || fields[len(fields)-1] == healthCard {
		return Card{}, ErrNotACard
	}
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	c := Card{Number: digits(fields[0]), RepairedFrom: from}
	if !personal.MatchString(c.Number) {
		return Card{}, ErrNotACard
	}
	// The date of birth is the first field of eight digits; the name stands
	// before it, and before that the former number, unless a reader dropped it.
	birth := 0
	for i := 2; i < min(len(fields), 4) && birth == 0; i++ {
		if day.MatchString(fields[i]) {
			birth = i
		}
	}
	if birth == 0 || len(fields) < birth+3 {
		return Card{}, ErrNotACard
	}
	if birth == 3 && fields[1] != "" {
		if c.FormerNumber = digits(fields[1]); !former.MatchString(c.FormerNumber) {
			c.FormerNumber = ""
			c.doubt(FieldFormerNumber)
		}
	}
	c.Name = c.words(FieldName, fields[birth-1])
	c.Birthdate = c.date(FieldBirthdate, fields[birth], true)
	c.Sex = c.sex(fields[birth+1])
	rest := fields[birth+3:]
	if day.MatchString(fields[birth+2]) { // the bar between sex and address is lost
		c.doubt(FieldAddress)
		rest = fields[birth+2:]
	} else {
		c.Address = c.words(FieldAddress, fields[birth+2])
	}
	if len(rest) > 0 {
		if rest[0] != "" {
			c.IssuedOn = c.date(FieldIssuedOn, rest[0], false)
		}
		c.Extra = rest[1:]
	}
	return c, nil
}

func (c *Card) doubt(field string) { c.Doubtful = append(c.Doubtful, field) }

// digits drops what people and scanners put between the digits of a number.
func digits(s string) string { return strings.NewReplacer(" ", "", ".", "", "-", "").Replace(s) }

// words is a text that a form can take, or doubtful.
func (c *Card) words(field, s string) string {
	s = strings.Join(strings.Fields(norm.NFC.String(lookalikes.Replace(s))), " ")
	if s == "" || !readable(s) {
		c.doubt(field)
		return ""
	}
	return s
}

// date reads ddmmyyyy. Where only year or month of a birth are known, the others
// are zero.
func (c *Card) date(field, s string, partial bool) string {
	if !day.MatchString(s) {
		c.doubt(field)
		return ""
	}
	dd, mm, yyyy := s[:2], s[2:4], s[4:]
	form, written := time.DateOnly, yyyy+"-"+mm+"-"+dd
	switch {
	case partial && dd == "00" && mm == "00":
		form, written = "2006", yyyy
	case partial && dd == "00":
		form, written = "2006-01", yyyy+"-"+mm
	}
	if t, err := time.Parse(form, written); err != nil || t.Year() < 1850 || t.Year() > 2200 {
		c.doubt(field)
		return ""
	}
	return written
}

func (c *Card) sex(s string) int {
	switch strings.ToLower(norm.NFC.String(s)) {
	case "nam":
		return 1
	case "nữ":
		return 2
	}
	c.doubt(FieldSex)
	return 0
}
