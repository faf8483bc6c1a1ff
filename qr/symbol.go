package qr

import "strconv"

// MaxVersion is the largest QR version that is ever shown. In simulated
// camera frames ordinary readers read version 13 and became unreliable from
// version 16 on.
const MaxVersion = 13

// preferMUpTo is the last version at which the stronger level M is worth its
// extra modules; beyond it resolution, not damage, decides whether a phone reads.
const preferMUpTo = 11

// Level is a QR error correction level (ISO/IEC 18004, 6.5.1), weakest first.
type Level uint8

// The four levels, which recover about 7, 15, 25 and 30 percent of codewords.
const (
	L Level = iota
	M
	Q
	H
)

// String returns the letter of the level, or "?" outside L to H.
func (l Level) String() string {
	if l > H {
		return "?"
	}
	return "LMQH"[l : l+1]
}

// Symbol says which QR code a text becomes, without drawing it.
type Symbol struct {
	Version int   // 1 to MaxVersion
	Level   Level // error correction
	Modules int   // side length in modules without the quiet zone: 17 + 4*Version
}

// dataCodewords holds the data codewords of versions 1 to 13 at L, M, Q and H
// (ISO/IEC 18004, table 7).
var dataCodewords = [MaxVersion][H + 1]int{
	{19, 16, 13, 9},
	{34, 28, 22, 16},
	{55, 44, 34, 26},
	{80, 64, 48, 36},
	{108, 86, 62, 46},
	{136, 108, 76, 60},
	{156, 124, 88, 66},
	{194, 154, 110, 86},
	{232, 182, 132, 100},
	{274, 216, 154, 122},
	{324, 254, 180, 140},
	{370, 290, 206, 158},
	{428, 334, 244, 180},
}

// Capacity returns how many alphanumeric characters a version holds at a
// level, or 0 for a version or level that is never used.
func Capacity(version int, level Level) int {
	if version < 1 || version > MaxVersion || level > H {
		return 0
	}
	// ISO/IEC 18004, 7.4.1 and 7.4.4: a 4-bit mode, a character count of 9 or
	// 11 bits, then 11 bits for two characters and 6 for a last single one.
	header := 4 + 9
	if version > 9 {
		header = 4 + 11
	}
	bits := dataCodewords[version-1][level]*8 - header
	chars := bits / 11 * 2
	if bits%11 >= 6 {
		chars++
	}
	return chars
}

// Fit chooses the symbol for a text in one alphanumeric segment: level M if
// that needs no more than version 11, else level L; then the strongest level
// that the same version still holds. It refuses a text that needs more than
// [MaxVersion] with [CodeTooDense], and with [CodeMalformed] an empty text or
// one with a character that the alphanumeric mode lacks.
func Fit(text string) (Symbol, error) {
	if text == "" {
		return Symbol{}, refuse(CodeMalformed, "empty text")
	}
	for i := range len(text) {
		if values[text[i]] == notInAlphabet {
			return Symbol{}, refuse(CodeMalformed, "no alphanumeric form for the character at "+strconv.Itoa(i))
		}
	}
	version, level := smallest(len(text), M), M
	if version == 0 || version > preferMUpTo {
		version, level = smallest(len(text), L), L
	}
	if version == 0 {
		return Symbol{}, refuse(CodeTooDense, strconv.Itoa(len(text))+" characters, version "+
			strconv.Itoa(MaxVersion)+" holds "+strconv.Itoa(Capacity(MaxVersion, L)))
	}
	for level < H && Capacity(version, level+1) >= len(text) {
		level++
	}
	return Symbol{Version: version, Level: level, Modules: 17 + 4*version}, nil
}

// smallest returns the first version that holds n characters, 0 if none does.
func smallest(n int, level Level) int {
	for version := 1; version <= MaxVersion; version++ {
		if Capacity(version, level) >= n {
			return version
		}
	}
	return 0
}
