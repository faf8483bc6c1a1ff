package issuer_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/issuer"
)

// told writes outcomes down shortly: "1 issued", "2 issuer.line_malformed".
func told(outcomes []issuer.Outcome) string {
	var b strings.Builder
	for _, o := range outcomes {
		what := string(o.Status)
		if o.Status == issuer.Rejected {
			what = o.Code
		}
		fmt.Fprintf(&b, "%d %s\n", o.Line, what)
	}
	return b.String()
}

// TestMalformedLines: between two good lines, each bad one is reported under
// its number and code, and stops nothing.
func TestMalformedLines(t *testing.T) {
	const malformed, unknown = fault.CodeLineMalformed, fault.CodeDocumentUnknown
	good := anh.cardLine()
	for _, test := range []struct {
		name, line string
		code       fault.Code
		field      string
	}{
		{"no JSON", "can_cuoc;079305000123", malformed, ""},
		{"cut off", good[:len(good)/2], malformed, ""},
		{"a list", "[" + good + "]", malformed, ""},
		{"a text", `"can_cuoc"`, malformed, ""},
		{"two records", good + good, malformed, ""},
		{"trailing bracket", good + "}", malformed, ""},
		{"unknown member", `{"document":"can_cuoc","claims":{},"agency":"c06"}`, malformed, ""},
		{"member in another letter case", `{"Document":"can_cuoc","claims":{}}`, malformed, ""},
		{"document twice", `{"document":"gplx","document":"can_cuoc","claims":{}}`, malformed, ""},
		{"claims twice", `{"document":"can_cuoc","claims":{"name":"AN"},"claims":{}}`, malformed, ""},
		{"a claim twice", strings.Replace(good, `"name":`, `"name":"BÌNH","name":`, 1), malformed, ""},
		{"a nested claim twice", strings.Replace(good, `"region":`, `"region":"Huế","region":`, 1), malformed, ""},
		{"claims as a list", `{"document":"can_cuoc","claims":[]}`, malformed, ""},
		{"claims nested too deep", `{"document":"can_cuoc","claims":{"name":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}}`, malformed, ""},
		{"invalid UTF-8 outside a text", "{\xff" + good[1:], malformed, ""},
		{"byte order mark", "\xef\xbb\xbf" + good, malformed, ""},
		{"note too long", `{"document":"can_cuoc","note":"` + strings.Repeat("x", issuer.MaxNote+1) + `","claims":{}}`, malformed, "note"},
		{"no document", `{"claims":{}}`, unknown, "document"},
		{"null", `null`, unknown, "document"},
		{"unknown document", `{"document":"ho_chieu","claims":{}}`, unknown, "document"},
		{"invalid UTF-8 in the document", "{\"document\":\"can_cuoc\xff\",\"claims\":{}}", unknown, "document"},
		{"another agency's document", anh.licenceLine(licence), fault.CodeAgencyNotAllowed, "document"},
		{"invalid UTF-8 in a claim", strings.Replace(good, "MINH", "MI\xffNH", 1), fault.CodeClaimRejected, "name"},
		{"invalid UTF-8 in a member name", strings.Replace(good, `"sex"`, "\"s\xffx\"", 1), fault.CodeClaimRejected, "sex"},
		{"no claims", `{"document":"can_cuoc"}`, fault.CodeClaimRejected, "name"},
		{"too long", line("can_cuoc", anh.card().with("name", strings.Repeat("x", issuer.MaxLine))), fault.CodeLineTooLong, ""},
		{"as long as the buffer", strings.Repeat("x", issuer.MaxLine), fault.CodeLineTooLong, ""},
		{"longer than two buffers", strings.Repeat("x", 2*issuer.MaxLine+1), fault.CodeLineTooLong, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t)
			outcomes := d.lines("c06", binh.cardLine(), test.line, lien.cardLine())
			if got, want := told(outcomes), fmt.Sprintf("1 issued\n2 %s\n3 issued\n", test.code); got != want {
				t.Fatalf("got\n%swant\n%s", got, want)
			}
			bad := outcomes[1]
			if bad.Message == "" || bad.Credential != "" {
				t.Errorf("%+v", bad)
			}
			if test.field != "" && !names(bad.Problems, test.field) {
				t.Errorf("the problems %v do not name %s", bad.Problems, test.field)
			}
		})
	}
}

func names(problems []issuer.Problem, field string) bool {
	for _, p := range problems {
		if p.Field == field && p.Code != "" {
			return true
		}
	}
	return false
}

// TestFraming: what separates lines, and what compresses them.
func TestFraming(t *testing.T) {
	a, b := anh.cardLine(), binh.cardLine()
	longest := line("can_cuoc", lien.card())
	longest += strings.Repeat(" ", issuer.MaxLine-len("\n")-len(longest))
	huge := strings.Repeat("x", 3*issuer.MaxLine)
	for name, test := range map[string]struct{ in, want string }{
		"nothing":                  {"", ""},
		"only empty lines":         {"\n\r\n \t\n", ""},
		"empty lines are counted":  {"\n" + a + "\n\n \n" + b + "\n", "2 issued\n5 issued\n"},
		"CRLF":                     {a + "\r\n" + b + "\r\n", "1 issued\n2 issued\n"},
		"last line without an end": {a + "\n" + b, "1 issued\n2 issued\n"},
		"the longest line":         {longest + "\n" + a, "1 issued\n2 issued\n"},
		"too long at the end":      {a + "\n" + huge, "1 issued\n2 issuer.line_too_long\n"},
		"too long in the middle":   {a + "\n" + huge + "\n" + b + "\n", "1 issued\n2 issuer.line_too_long\n3 issued\n"},
		"white space around":       {"  " + a + "\t\n", "1 issued\n"},
	} {
		for form, in := range map[string]io.Reader{
			"plain": strings.NewReader(test.in), "byte by byte": iotest.OneByteReader(strings.NewReader(test.in)),
			"gzip": bytes.NewReader(zipped(t, test.in)), "two gzip members": bytes.NewReader(append(zipped(t, test.in), zipped(t, "")...)),
		} {
			t.Run(name+"/"+form, func(t *testing.T) {
				outcomes, err := newDesk(t).read("c06", in, issuer.ImportOptions{MaxBytes: int64(len(test.in))})
				if got := told(outcomes); err != nil || got != test.want {
					t.Errorf("got\n%s%v\nwant\n%s", got, err, test.want)
				}
			})
		}
	}
}

func zipped(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestUnreadableExports: the error is about the import as a whole, and what had
// not become durable leaves no trace.
func TestUnreadableExports(t *testing.T) {
	text := string(export(anh.cardLine(), binh.cardLine()))
	whole := zipped(t, text)
	damaged := bytes.Clone(whole)
	damaged[len(damaged)-6] ^= 1 // the checksum
	limit := issuer.ImportOptions{MaxBytes: int64(len(text))}
	const bombed = 8 << 20
	bomb := zipped(t, strings.Repeat("\n", bombed))
	for _, test := range []struct {
		name   string
		agency string
		in     io.Reader
		o      issuer.ImportOptions
		code   fault.Code
	}{
		{"unknown agency", "c07", strings.NewReader(text), limit, fault.CodeAgencyUnknown},
		{"no agency", "", strings.NewReader(text), limit, fault.CodeAgencyUnknown},
		{"gzip header alone", "c06", bytes.NewReader(whole[:4]), limit, fault.CodeLineMalformed},
		{"gzip cut off", "c06", bytes.NewReader(whole[:len(whole)-20]), limit, fault.CodeLineMalformed},
		{"gzip without its end", "c06", bytes.NewReader(whole[:len(whole)-1]), limit, fault.CodeLineMalformed},
		{"gzip with a wrong checksum", "c06", bytes.NewReader(damaged), limit, fault.CodeLineMalformed},
		{"gzip followed by something", "c06", bytes.NewReader(append(bytes.Clone(whole), "{}"...)), limit, fault.CodeLineMalformed},
		{"gzip bomb", "c06", bytes.NewReader(bomb), issuer.ImportOptions{MaxBytes: 1 << 20}, fault.CodeRequestTooLarge},
		{"a byte too many", "c06", strings.NewReader(text + "\n"), limit, fault.CodeRequestTooLarge},
		{"a byte too many in gzip", "c06", bytes.NewReader(zipped(t, text+"\n")), limit, fault.CodeRequestTooLarge},
		{"reading fails", "c06", io.MultiReader(strings.NewReader(text), iotest.ErrReader(errors.New("disk"))), limit, fault.CodeLineMalformed},
		{"reading fails in an overlong line", "c06", io.MultiReader(strings.NewReader(strings.Repeat("x", 2*issuer.MaxLine)),
			iotest.ErrReader(errors.New("disk"))), issuer.ImportOptions{}, fault.CodeLineMalformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t)
			before := d.dump()
			if outcomes, err := d.read(test.agency, test.in, test.o); !fault.Is(err, test.code) || len(outcomes) > 0 {
				t.Errorf("%v %v, want %s", outcomes, err, test.code)
			}
			d.unchanged(before)
		})
	}
}

// TestReadTells: progress is told in bytes of the file as it lies on the disk.
func TestReadTells(t *testing.T) {
	for _, in := range [][]byte{export(anh.cardLine()), zipped(t, anh.cardLine())} {
		var last int64
		_, err := newDesk(t).read("c06", bytes.NewReader(in), issuer.ImportOptions{Read: func(n int64) {
			if n < last {
				t.Errorf("%d bytes after %d", n, last)
			}
			last = n
		}})
		if err != nil || last != int64(len(in)) {
			t.Errorf("%d of %d bytes, %v", last, len(in), err)
		}
	}
}
