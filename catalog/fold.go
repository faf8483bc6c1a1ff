package catalog

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// FoldName folds a personal name for the same-person check and for search:
// NFC, look-alikes of Đ, lower case, single spaces, and one placement of the
// tone mark ("Hoà" and "Hòa" are the same name in two spellings). All other
// diacritics stay, because they tell names apart. A legal name is never
// replaced by its folded form.
func FoldName(s string) string {
	s = strings.TrimSpace(foldSpaces(foldEth.Replace(norm.NFC.String(s))))
	return foldTones(strings.ToLower(s))
}

// foldTones moves each tone mark to the end of the run of vowels it stands in.
// Two spellings of a syllable differ in nothing else, and two different
// syllables never differ in the place of the tone alone.
func foldTones(s string) string {
	decomposed := []rune(norm.NFD.String(s))
	out := make([]rune, 0, len(decomposed))
	var tones []rune
	vowel := false
	flush := func() {
		out = append(out, tones...)
		tones = tones[:0]
	}
	for _, r := range decomposed {
		switch {
		case vowel && isTone(r):
			tones = append(tones, r)
			continue
		case strings.ContainsRune("aeiouy", r):
			vowel = true
		case unicode.Is(unicode.Mn, r):
			// Circumflex, breve and horn belong to the letter.
		default:
			flush()
			vowel = false
		}
		out = append(out, r)
	}
	flush()
	return norm.NFC.String(string(out))
}

// isTone: grave, acute, tilde, hook above, dot below.
func isTone(r rune) bool {
	return r == 0x300 || r == 0x301 || r == 0x303 || r == 0x309 || r == 0x323
}

// withoutTones removes tone marks and keeps the letters of the Vietnamese
// alphabet (Ă, Â, Đ, Ê, Ô, Ơ, Ư).
func withoutTones(s string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if isTone(r) {
			return -1
		}
		return r
	}, norm.NFD.String(s)))
}
