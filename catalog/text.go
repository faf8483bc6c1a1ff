package catalog

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxMarks is how many combining marks may follow each other. Composed
// Vietnamese needs none and minority spellings one or two; a pile of marks
// only hides its neighbours on a screen.
const maxMarks = 4

// forbiddenText reports whether a text holds a character that no register
// writes: controls, zero-width and bidirectional marks, emoji, private-use and
// unassigned code points, the replacement character, and the bar that
// separates the fields of printed QR codes.
func forbiddenText(s string) bool {
	marks := 0
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c < ' ' || c == 0x7f || c == '|' {
				return true
			}
			i++
			marks = 0
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if vietnamese(r) {
			marks = 0
			continue
		}
		if !allowedRune(r) {
			return true
		}
		if !unicode.Is(unicode.M, r) {
			marks = 0
		} else if marks++; marks > maxMarks {
			return true
		}
	}
	return false
}

// vietnamese is a quick answer for the letters that nearly all names use:
// Latin-1, Latin Extended-A and B, and the Vietnamese block.
func vietnamese(r rune) bool {
	return r >= 0xC0 && r <= 0x24F && r != 0xD7 && r != 0xF7 || r >= 0x1EA0 && r <= 0x1EF9
}

func allowedRune(r rune) bool {
	switch {
	case r == utf8.RuneError, unicode.Is(unicode.Variation_Selector, r),
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
		return false
	case unicode.In(r, unicode.L, unicode.Nd, unicode.Mn, unicode.Mc, unicode.P, unicode.Sc, unicode.Sm):
		return true
	}
	// Degree and superscripts stand in addresses and technical data.
	return r == '°' || r == 'º' || r == '²' || r == '³' || r == '№'
}

// composed reports whether a text is valid UTF-8 in form NFC. Letters below
// U+0300 and of Latin Extended Additional, which is all of written Vietnamese,
// never compose or reorder (UAX #15), so a text of nothing else needs no tables.
func composed(s string) bool {
	for _, r := range s {
		if (r < 0x0300 || r >= 0x1E00 && r <= 0x1EFF) && r != utf8.RuneError {
			continue
		}
		return utf8.ValidString(s) && norm.NFC.IsNormalString(s)
	}
	return true
}

// foldEth maps the two letters that look exactly like Đ onto it. Input methods
// and old code tables produce all three.
var foldEth = strings.NewReplacer("\u00D0", "\u0110", "\u0189", "\u0110", "\u00F0", "\u0111", "\u0256", "\u0111")

// steps are the normalisation steps a claim may name.
var steps = map[string]func(string) string{
	"nfc":      norm.NFC.String,
	"trim":     strings.TrimSpace,
	"spaces":   foldSpaces,
	"upper":    strings.ToUpper,
	"viet_d":   foldEth.Replace,
	"plate":    compactPlate,
	"digits":   func(s string) string { return without(s, isDigitSeparator) },
	"no_space": func(s string) string { return without(s, unicode.IsSpace) },
}

// foldSpaces turns every run of white space into one space.
func foldSpaces(s string) string {
	if !strings.Contains(s, "  ") && strings.IndexFunc(s, func(r rune) bool { return r != ' ' && unicode.IsSpace(r) }) < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		if !unicode.IsSpace(r) {
			b.WriteRune(r)
			space = false
			continue
		}
		if !space {
			b.WriteByte(' ')
		}
		space = true
	}
	return b.String()
}

// compactPlate keeps what is stamped into a plate: A-Z, 0-9 and Đ, which
// electric vehicles carry (29-MĐ1 013.53). Anything other than the usual
// separators stays, so that a wrong character is refused and not swallowed.
func compactPlate(s string) string {
	s = foldEth.Replace(strings.ToUpper(s))
	return without(s, func(r rune) bool { return isDigitSeparator(r) || r == '_' || r == '/' })
}

func isDigitSeparator(r rune) bool {
	return unicode.IsSpace(r) || r == '.' || r == '-' || r == '\u2010' || r == '\u2011' || r == '\u2013'
}

func without(s string, drop func(rune) bool) string {
	if strings.IndexFunc(s, drop) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if drop(r) {
			return -1
		}
		return r
	}, s)
}
