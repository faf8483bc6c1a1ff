package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/verifier"
)

// maxRoot is the largest file with a root key; a JWK has a few hundred bytes.
const maxRoot = 64 << 10

// answer makes the check. verdict is what the verifier said; err is about files.
// Without --at the moment is taken last, when the text has been read and other
// checks with the same state are over: a code must not be judged by the time at
// which the waiting began.
func answer(o *options) (result *verifier.Result, verdict, err error) {
	root, rawList, err := o.trust()
	if err != nil {
		return nil, nil, err
	}
	if o.state == "" {
		list, verdict := verifier.OpenTrustList(rawList, root)
		if verdict != nil {
			return nil, verdict, nil
		}
		return check(o, list, root, nil)
	}
	var fileErr error
	err = withState(o.state, func(memory *state) {
		var list *verifier.TrustList
		if list, verdict = memory.open(rawList, root); verdict == nil {
			result, verdict, fileErr = check(o, list, root, memory)
		}
	})
	if err = errors.Join(err, fileErr); err != nil { // an answer whose memory could not be kept is no answer
		return nil, nil, err
	}
	return result, verdict, nil
}

// trust reads the root and the text of the trust list.
func (o *options) trust() (root *verifier.Key, list []byte, err error) {
	rawRoot, err := readBounded(o.root, maxRoot+1)
	if err != nil {
		return nil, nil, err
	}
	if len(rawRoot) > maxRoot {
		return nil, nil, fmt.Errorf("%s: a root key has at most %d kB", o.root, maxRoot>>10)
	}
	if root, err = verifier.ParseKey(rawRoot); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", o.root, err)
	}
	if list, err = readBounded(o.trustList, verifier.MaxTrustList+1); err != nil {
		return nil, nil, err
	}
	return root, list, nil
}

// check answers for the text by its form. memory is nil without --state.
func check(o *options, list *verifier.TrustList, root *verifier.Key, memory *state) (result *verifier.Result, verdict, err error) {
	if o.check.Now.IsZero() {
		o.check.Now = time.Now()
	}
	if o.isCredential() {
		return checkCredential(o, list, root, memory)
	}
	var replay verifier.Replay // a nil state in it would not be nil
	if memory != nil {
		replay = memory
	}
	result, verdict = verifier.New(list, verifier.Options{Replay: replay}).Verify(o.text, o.check)
	return result, verdict, nil
}

// readBounded reads a file of at most limit bytes.
func readBounded(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit))
}

// show prints the answer.
func show(w io.Writer, o options, result *verifier.Result, verdict error) error {
	report := verifier.NewReport(result, verdict)
	if o.json {
		b, err := report.JSON()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(w, string(b))
		return err
	}
	_, err := io.WriteString(w, words(report, result, o))
	return err
}

// words writes the answer for a person: the verdict in shape and word, what is
// established, or why not and what to do.
func words(report verifier.Report, result *verifier.Result, o options) string {
	say := func(t catalog.Text) string {
		if o.language == "en" {
			return t.EN
		}
		return t.VI
	}
	var b strings.Builder
	switch report.Verdict {
	case verifier.Established:
		fmt.Fprintf(&b, "[✓] %s\n", say(catalog.Text{VI: "ĐÚNG", EN: "ESTABLISHED"}))
	case verifier.NotEstablished:
		fmt.Fprintf(&b, "<✗> %s\n", say(catalog.Text{VI: "KHÔNG CHẤP NHẬN", EN: "NOT ACCEPTED"}))
	default:
		fmt.Fprintf(&b, "/!\\ %s\n", say(catalog.Text{VI: "CHƯA THỂ KẾT LUẬN", EN: "CANNOT TELL"}))
	}
	if result != nil {
		for _, d := range result.Documents {
			fmt.Fprintf(&b, "\n%s · %s\n", say(d.Label), say(d.Agency))
			for _, c := range d.Claims {
				fmt.Fprintf(&b, "  %s: %s\n", say(c.Label), say(c.Text()))
			}
		}
		b.WriteByte('\n')
		said := codeWords(result, o.check.Now)
		if o.isCredential() {
			said = credentialWords(result)
		}
		for _, t := range said {
			fmt.Fprintln(&b, say(t))
		}
	}
	if report.Why != nil {
		fmt.Fprintf(&b, "\n%s %s\n%s %s\n", say(catalog.Text{VI: "Vì sao?", EN: "Why?"}), say(*report.Why),
			say(catalog.Text{VI: "Nên làm gì?", EN: "What to do?"}), say(*report.Do))
	}
	lack := catalog.Text{VI: "Thiếu", EN: "Missing"}
	if report.Reason != nil && *report.Reason == verifier.ReasonClaimNotMet {
		lack = catalog.Text{VI: "Không", EN: "Not so"}
	}
	for _, name := range report.Missing {
		fmt.Fprintf(&b, "  %s: %s\n", say(lack), say(label(name)))
	}
	if t := report.TrustList; t != nil {
		fmt.Fprintf(&b, "%s\n", say(age(t.Version, time.Duration(t.AgeSeconds)*time.Second)))
	}
	if s := report.Status; s != nil {
		fmt.Fprintf(&b, "%s\n", say(statusAge(time.Duration(s.AgeSeconds)*time.Second)))
	}
	if report.Reason != nil {
		fmt.Fprintf(&b, "(%s)\n", *report.Reason)
	}
	return b.String()
}

// label names a missing claim in words.
func label(name string) catalog.Text {
	document, claim, _ := strings.Cut(name, "/")
	if d := catalog.Default().Document(document); d != nil && d.Claim(claim) != nil {
		c := d.Claim(claim).Labels
		return catalog.Text{VI: d.Labels.VI + ", " + c.VI, EN: d.Labels.EN + ", " + c.EN}
	}
	return catalog.Text{VI: name, EN: name}
}

// codeWords says what the text of a QR does and does not establish.
func codeWords(result *verifier.Result, now time.Time) []catalog.Text {
	return []catalog.Text{remaining(result.ExpiresAt.Sub(now).Round(time.Second)), {
		VI: "Hãy so khuôn mặt với người đưa mã. Mã này không chứa ảnh.",
		EN: "Compare the face with the person. This code holds no portrait."}}
}

func remaining(left time.Duration) catalog.Text {
	if left < 0 {
		return catalog.Text{VI: "Vừa hết hạn, còn trong mức lệch giờ cho phép.", EN: "Just expired, within the allowed difference of clocks."}
	}
	s := int(left / time.Second)
	return catalog.Text{VI: fmt.Sprintf("Còn hiệu lực %d giây.", s), EN: fmt.Sprintf("Valid for another %d seconds.", s)}
}

// age tells how old the trust list is.
func age(version int64, old time.Duration) catalog.Text {
	if old < 0 {
		return catalog.Text{VI: fmt.Sprintf("Danh sách khóa số %d, ghi giờ sau giờ của máy này.", version),
			EN: fmt.Sprintf("List of keys number %d, dated later than this device's clock.", version)}
	}
	vi, en, n := elapsed(old)
	return catalog.Text{VI: fmt.Sprintf("Danh sách khóa số %d, cập nhật %d %s trước.", version, n, vi),
		EN: fmt.Sprintf("List of keys number %d, updated %d %s ago.", version, n, en)}
}

// elapsed counts in the largest unit that fits.
func elapsed(old time.Duration) (vi, en string, n int) {
	switch {
	case old >= 48*time.Hour:
		return "ngày", "days", int(old / (24 * time.Hour))
	case old >= 2*time.Hour:
		return "giờ", "hours", int(old / time.Hour)
	case old >= 2*time.Minute:
		return "phút", "minutes", int(old / time.Minute)
	}
	return "giây", "seconds", int(old / time.Second)
}
