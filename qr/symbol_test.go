package qr_test

import (
	"strings"
	"testing"

	"github.com/giayto/giayto/qr"
)

// Characters that versions 1, 9, 10 and 13 hold (ISO/IEC 18004, table 7).
func TestCapacity(t *testing.T) {
	for _, c := range []struct {
		version    int
		l, m, q, h int
	}{
		{1, 25, 20, 16, 10},
		{2, 47, 38, 29, 20},
		{3, 77, 61, 47, 35},
		{4, 114, 90, 67, 50},
		{5, 154, 122, 87, 64},
		{6, 195, 154, 108, 84},
		{7, 224, 178, 125, 93},
		{8, 279, 221, 157, 122},
		{9, 335, 262, 189, 143},
		{10, 395, 311, 221, 174},
		{11, 468, 366, 259, 200},
		{12, 535, 419, 296, 227},
		{13, 619, 483, 352, 259},
		{0, 0, 0, 0, 0},
		{-1, 0, 0, 0, 0},
		{14, 0, 0, 0, 0},
	} {
		for i, want := range []int{c.l, c.m, c.q, c.h} {
			if got := qr.Capacity(c.version, qr.Level(i)); got != want {
				t.Errorf("%d-%s holds %d, want %d", c.version, qr.Level(i), got, want)
			}
		}
	}
	if got := qr.Capacity(5, qr.Level(4)); got != 0 {
		t.Errorf("a level beyond H holds %d", got)
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		chars, version int
		level          string
	}{
		{1, 1, "H"},
		{10, 1, "H"},
		{11, 1, "Q"},
		{16, 1, "Q"},
		{17, 1, "M"},
		{20, 1, "M"},
		{21, 2, "Q"}, // L would be version 1, but M comes first
		{154, 6, "M"},
		{155, 7, "M"},
		{225, 9, "M"},
		{222, 9, "M"},
		{366, 11, "M"}, // the last text that gets M because it is preferred
		{367, 10, "L"}, // M would be version 12
		{395, 10, "L"},
		{396, 11, "L"},
		{468, 11, "L"},
		{469, 12, "L"},
		{535, 12, "L"},
		{536, 13, "L"},
		{619, 13, "L"},
	} {
		got, err := qr.Fit(strings.Repeat("A", c.chars))
		if err != nil || got.Version != c.version || got.Level.String() != c.level || got.Modules != 17+4*c.version {
			t.Errorf("%d characters: %+v (%s), %v, want %d-%s", c.chars, got, got.Level, err, c.version, c.level)
		}
	}
}

// The policy restated for every length: the level is the strongest that the
// version holds, and no smaller version would have done.
func TestFitPolicy(t *testing.T) {
	for n := 1; n <= qr.Capacity(qr.MaxVersion, qr.L); n++ {
		s, err := qr.Fit(strings.Repeat("0", n))
		if err != nil {
			t.Fatal(err)
		}
		if qr.Capacity(s.Version, s.Level) < n {
			t.Errorf("%d characters do not fit %d-%s", n, s.Version, s.Level)
		}
		if s.Level < qr.H && qr.Capacity(s.Version, s.Level+1) >= n {
			t.Errorf("%d characters: %d-%s could be stronger", n, s.Version, s.Level)
		}
		at := qr.M
		if s.Level == qr.L {
			at = qr.L
			if qr.Capacity(11, qr.M) >= n {
				t.Errorf("%d characters fit 11-M and got level L", n)
			}
		}
		if qr.Capacity(s.Version-1, at) >= n {
			t.Errorf("%d characters: version %d is larger than needed at %s", n, s.Version, at)
		}
	}
}

func TestFitRefuses(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       qr.Code
	}{
		{"empty", "", qr.CodeMalformed},
		{"lower case", "VN1:a", qr.CodeMalformed},
		{"line feed", "VN1:A\n", qr.CodeMalformed},
		{"Vietnamese", "Hà Nội", qr.CodeMalformed},
		{"one above 13-L", strings.Repeat("A", 620), qr.CodeTooDense},
		{"far above", strings.Repeat("A", 1<<16), qr.CodeTooDense},
	} {
		if got, err := qr.Fit(c.text); codeOf(err) != c.want || got != (qr.Symbol{}) {
			t.Errorf("%s: %+v, %v, want %s", c.name, got, err, c.want)
		}
	}
}

func TestLevelString(t *testing.T) {
	if got := qr.L.String() + qr.M.String() + qr.Q.String() + qr.H.String() + qr.Level(9).String(); got != "LMQH?" {
		t.Errorf("levels are %q", got)
	}
}

// Every set of every document fits a symbol that ordinary phones read, also
// for names that the dictionary has never seen.
func TestPresentationsFit(t *testing.T) {
	for _, v := range []vocabulary{register, heldOut} {
		people := newCorpus(v)
		for range 200 {
			p := people.person()
			for _, s := range []set{over18, five, twelve, licence, vehicle, health} {
				text, err := qr.Encode(p.message(s))
				if err != nil {
					t.Fatal(err)
				}
				if got, err := qr.Fit(text); err != nil || got.Version > 11 {
					t.Errorf("%s: version %d, %v", s, got.Version, err)
				}
			}
		}
	}
}

// The promised sizes in bytes (COSE or deflated COSE, whichever is sent).
func TestMedianSizes(t *testing.T) {
	for _, c := range []struct {
		name   string
		v      vocabulary
		limits map[set]int
	}{
		{"register", register, map[set]int{over18: 110, five: 190, twelve: 260}},
		{"held out", heldOut, map[set]int{over18: 110, five: 197, twelve: 285}},
	} {
		for s, limit := range c.limits {
			if got := sizes(t, c.v, s); got.median > limit {
				t.Errorf("%s %s: median %d bytes, limit %d", c.name, s, got.median, limit)
			}
		}
	}
}
