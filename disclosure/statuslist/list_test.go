package statuslist_test

import (
	"bytes"
	"compress/zlib"
	"math"
	"testing"

	"github.com/giayto/giayto/disclosure/statuslist"
)

func TestSetAndGet(t *testing.T) {
	for _, bits := range []int{1, 2, 4, 8} {
		l, err := statuslist.New(bits, 1001)
		if err != nil {
			t.Fatal(err)
		}
		if perByte := 8 / bits; l.Bits() != bits || l.Size() != (1001+perByte-1)/perByte*perByte {
			t.Errorf("%d bits: %d entries of %d bits", bits, l.Size(), l.Bits())
		}
		largest := 1<<bits - 1
		for index := range l.Size() {
			if err := l.Set(index, statuslist.Status(largest)); err != nil {
				t.Fatal(err)
			}
			if err := l.Set(index, statuslist.Status(index*7&largest)); err != nil {
				t.Fatal(err)
			}
		}
		for index := range l.Size() {
			if got, err := l.Get(index); err != nil || int(got) != index*7&largest {
				t.Fatalf("%d bits, index %d: %d, %v", bits, index, got, err)
			}
		}
		for _, index := range []int{-1, l.Size(), l.Size() + 1, math.MaxInt, math.MinInt} {
			_, err := l.Get(index)
			wants(t, err, statuslist.ReasonIndex)
			wants(t, l.Set(index, 0), statuslist.ReasonIndex)
		}
		if bits < 8 {
			wants(t, l.Set(0, statuslist.Status(largest+1)), statuslist.ReasonStatus)
		}
	}
}

func TestCloneIsAlone(t *testing.T) {
	l := newList(t, 8)
	c := l.Clone()
	if err := c.Set(0, statuslist.Revoked); err != nil {
		t.Fatal(err)
	}
	if s, _ := l.Get(0); s != statuslist.Valid {
		t.Error("a change of the copy is seen in the list")
	}
	l.Bytes()[0] = 0xff
	if s, _ := l.Get(0); s != statuslist.Valid {
		t.Error("a change of the bytes is seen in the list")
	}
}

func TestSizes(t *testing.T) {
	for _, c := range []struct {
		bits, size int
		want       statuslist.Reason
	}{
		{2, 1, ""}, {2, 4 << 20, ""}, {1, 8 << 20, ""}, {8, 1 << 20, ""},
		{2, 4<<20 + 1, statuslist.ReasonSize}, {2, 0, statuslist.ReasonSize}, {2, -1, statuslist.ReasonSize},
		{8, math.MaxInt, statuslist.ReasonSize},
		{0, 8, statuslist.ReasonBits}, {3, 8, statuslist.ReasonBits}, {16, 8, statuslist.ReasonBits}, {-1, 8, statuslist.ReasonBits},
	} {
		_, err := statuslist.New(c.bits, c.size)
		wants(t, err, c.want)
	}
	if statuslist.MaxSize(3) != 0 {
		t.Error("a list of 3 bits has a size")
	}
	for _, c := range []struct {
		bits, bytes int
		want        statuslist.Reason
	}{
		{2, 1, ""}, {2, statuslist.MaxListBytes, ""}, {2, 0, statuslist.ReasonSize},
		{2, statuslist.MaxListBytes + 1, statuslist.ReasonSize}, {5, 1, statuslist.ReasonBits},
	} {
		_, err := statuslist.FromBytes(c.bits, make([]byte, c.bytes))
		wants(t, err, c.want)
	}
}

// deflated is a ZLIB stream of zeros.
func deflated(t testing.TB, size int) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	if _, err := w.Write(make([]byte, size)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestDecompressRefuses(t *testing.T) {
	good := deflated(t, 100)
	limit := deflated(t, statuslist.MaxListBytes)
	flipped := func(b []byte, at int) []byte {
		c := bytes.Clone(b)
		c[at] ^= 1
		return c
	}
	var dictionary bytes.Buffer
	w, err := zlib.NewWriterLevelDict(&dictionary, 9, []byte("TEST"))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		bits int
		raw  []byte
		want statuslist.Reason
	}{
		"good":                  {2, good, ""},
		"at the limit":          {2, limit, ""},
		"beyond the limit":      {2, deflated(t, statuslist.MaxListBytes+1), statuslist.ReasonInflated},
		"a bomb":                {2, deflated(t, 8<<20), statuslist.ReasonInflated},
		"longer than any":       {2, make([]byte, statuslist.MaxCompressedBytes+1), statuslist.ReasonTooLarge},
		"no entries":            {2, deflated(t, 0), statuslist.ReasonSize},
		"empty":                 {2, nil, statuslist.ReasonCompression},
		"not ZLIB":              {2, []byte("giấy tờ"), statuslist.ReasonCompression},
		"cut":                   {2, good[:len(good)-1], statuslist.ReasonCompression},
		"cut at the limit":      {2, limit[:len(limit)-1], statuslist.ReasonCompression},
		"checksum":              {2, flipped(good, len(good)-1), statuslist.ReasonCompression},
		"checksum at the limit": {2, flipped(limit, len(limit)-1), statuslist.ReasonCompression},
		"something follows":     {2, append(bytes.Clone(good), 0), statuslist.ReasonCompression},
		"two streams":           {2, append(bytes.Clone(good), good...), statuslist.ReasonCompression},
		"a dictionary":          {2, dictionary.Bytes(), statuslist.ReasonCompression},
		"three bits":            {3, good, statuslist.ReasonBits},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := statuslist.Decompress(c.bits, c.raw)
			wants(t, err, c.want)
			if (l == nil) != (c.want != "") {
				t.Errorf("list %v with error %v", l, err)
			}
		})
	}
}

func TestGetAllocatesNothing(t *testing.T) {
	l := newList(t, 1<<20)
	if n := testing.AllocsPerRun(1000, func() {
		if s, err := l.Get(3); err != nil || s != statuslist.Withheld {
			t.Fatal(s, err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestStatusNames(t *testing.T) {
	for s, want := range map[statuslist.Status]string{0: "valid", 1: "revoked", 2: "suspended", 3: "withheld", 4: "application_specific"} {
		if s.String() != want {
			t.Errorf("%d is %q", s, s)
		}
	}
}
