package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/qr"
)

var update = flag.Bool("update", false, "write the golden files")

var exitOf = map[string]int{"established": exitEstablished, "not_established": exitNotEstablished, "unknown": exitUnknown}

// Every vector that the command line can express ends in its reason and in the
// exit code of its verdict, with a network that fails on use.
func TestVectors(t *testing.T) {
	withoutNetwork(t)
	played := 0
	for _, v := range vectors(t) {
		// The command trims what a scanner adds and has no option for the age.
		if v.Policy.WithoutTrustList || v.Policy.MaxAgeSeconds != 0 || v.Text != strings.TrimSpace(v.Text) {
			continue
		}
		played++
		s := sceneOf(t, v)
		options := []string{"--audience", v.Policy.Audience, "--nonce", v.Policy.Nonce}
		for _, name := range v.Policy.Require {
			options = append(options, "--require", name)
		}
		for _, name := range v.Policy.RequireTrue {
			options = append(options, "--require="+name+"=true")
		}
		for name, held := range []string{v.Policy.EarlierList, v.Policy.PreviousList} {
			if held != "" {
				list := s.list
				s.list = s.file(t, fmt.Sprintf("held-%d.jws", name), []byte(held))
				call("", s.args("--state", s.state, "VN1:")...)
				s.list = list
			}
		}
		for _, before := range []string{v.Policy.AcceptedTwin, map[bool]string{true: v.Text}[v.Policy.AcceptedBefore]} {
			if before != "" {
				if code, stdout, _ := call("", s.args("--state", s.state, before)...); code != exitEstablished {
					t.Fatalf("%s: the first showing: %s", v.Name, stdout)
				}
			}
		}
		if v.Policy.PreviousList != "" || v.Policy.AcceptedTwin != "" || v.Policy.AcceptedBefore {
			options = append(options, "--state", s.state)
		}
		code, answer := report(t, s.args(append(options, "--", v.Text)...)...)
		reason, _ := answer["reason"].(string)
		_, documents := answer["documents"]
		if code != exitOf[v.Want.Verdict] || answer["verdict"] != v.Want.Verdict || reason != v.Want.Reason || documents != (code == exitEstablished) {
			t.Errorf("%s: exit %d, %v", v.Name, code, answer)
		}
	}
	if played < 150 {
		t.Errorf("%d vectors were played", played)
	}
}

// Whatever is wrong with the command line or the files: exit 2, an explanation
// on the error output, and nothing that looks like an answer.
func TestUsage(t *testing.T) {
	s := newScene(t, "can_cuoc: over 18 alone")
	missing := filepath.Join(s.dir, "missing")
	base := s.args()
	with := func(more ...string) []string { return append(append([]string{}, base...), more...) }
	for name, args := range map[string][]string{
		"nothing":                          nil,
		"no text":                          base,
		"no root":                          {"--trust-list", s.list, s.Text},
		"no trust list":                    {"--root", s.root, s.Text},
		"two texts":                        with(s.Text, s.Text),
		"text and image":                   with(s.Text, "--image", s.list),
		"another option":                   with("--online", s.Text),
		"option without its value":         with(s.Text, "--audience"),
		"moment":                           with("--at", "yesterday", s.Text),
		"moment without a zone":            with("--at", "2026-11-23T09:30:00", s.Text),
		"language":                         with("--lang", "fr", s.Text),
		"challenge too short":              with("--nonce", "0102", s.Text),
		"challenge of other digits":        with("--nonce", "010203040506070x", s.Text),
		"preset":                           with("--preset", "everything", s.Text),
		"required claim":                   with("--require", "can_cuoc/shoe_size", s.Text),
		"required claim of no document":    with("--require", "name", s.Text),
		"audience too long":                with("--audience", strings.Repeat("a", 65), s.Text),
		"audience with a control":          with("--audience", "a\nb", s.Text),
		"help":                             {"--help"},
		"help in place of a text":          with("-h"),
		"a text that looks like an option": with("-VN1:"),
		"trust list missing":               {"--trust-list", missing, "--root", s.root, s.Text},
		"trust list is a folder":           {"--trust-list", s.dir, "--root", s.root, s.Text},
		"root missing":                     {"--trust-list", s.list, "--root", missing, s.Text},
		"root is no key":                   {"--trust-list", s.list, "--root", s.list, s.Text},
		"root too large":                   {"--trust-list", s.list, "--root", s.file(t, "large", make([]byte, maxRoot+1)), s.Text},
		"image missing":                    with("--image", missing),
		"state in a folder that is not":    with("--state", filepath.Join(missing, "state"), s.Text),
		"state is a folder":                with("--state", s.dir, s.Text),
	} {
		code, stdout, stderr := call("", args...)
		if code != exitUsage || stdout != "" || stderr == "" {
			t.Errorf("%s: exit %d, %q, %q", name, code, stdout, stderr)
		}
		if strings.Contains(stderr, s.Text) {
			t.Errorf("%s: the text of the code stands in the error", name)
		}
	}
}

// What a scanner read may look like an option; after -- it is a text.
func TestTextThatLooksLikeAnOption(t *testing.T) {
	s := newScene(t, "can_cuoc: over 18 alone")
	for _, text := range []string{"-h", "--help", "--json", "-", ""} {
		code, stdout, _ := call("-h", s.args("--", text)...)
		if code != exitNotEstablished || !strings.Contains(stdout, "(not_giayto)") {
			t.Errorf("%q: exit %d, %s", text, code, stdout)
		}
	}
}

func TestOptionsAnywhere(t *testing.T) {
	s := newScene(t, "made for this audience")
	for _, args := range [][]string{
		s.args("--audience", s.Policy.Audience, s.Text),
		append([]string{s.Text, "--audience=" + s.Policy.Audience}, s.args()...),
		append([]string{"-audience", s.Policy.Audience, s.Text}, s.args()...),
		s.args("--audience", "kha\u0301ch-sa\u0323n-42", s.Text), // as another keyboard composes it
	} {
		if code, stdout, stderr := call("", args...); code != exitEstablished {
			t.Errorf("%q: exit %d, %s%s", args, code, stdout, stderr)
		}
	}
}

func TestStandardInput(t *testing.T) {
	s := newScene(t, "can_cuoc: over 18 alone")
	for name, c := range map[string]struct {
		stdin string
		code  int
		want  string
	}{
		"as it is":             {s.Text, exitEstablished, "Có"},
		"with a line feed":     {s.Text + "\n", exitEstablished, "Có"},
		"as Windows ends it":   {s.Text + "\r\n", exitEstablished, "Có"},
		"a space before":       {" " + s.Text, exitNotEstablished, "(not_giayto)"},
		"a space behind":       {s.Text + " \n", exitNotEstablished, "(malformed)"},
		"empty":                {"", exitNotEstablished, "(not_giayto)"},
		"two codes":            {s.Text + "\n" + s.Text + "\n", exitNotEstablished, "(malformed)"},
		"too long":             {"VN1:" + strings.Repeat("0", 1<<20), exitNotEstablished, "(too_large)"},
		"longer than any code": {"VN1:" + strings.Repeat("0", qr.MaxText-3), exitNotEstablished, "(too_large)"},
		"a code and something after what is read": {s.Text + strings.Repeat(" ", 1<<13) + "x", exitNotEstablished, "(too_large)"},
	} {
		code, stdout, stderr := call(c.stdin, s.args("-")...)
		if code != c.code || !strings.Contains(stdout, c.want) || stderr != "" {
			t.Errorf("%s: exit %d, %s%s", name, code, stdout, stderr)
		}
	}
	var out strings.Builder
	if code := run(s.args("-"), iotest.ErrReader(errors.New("unplugged")), &out, io.Discard); code != exitUsage || out.Len() != 0 {
		t.Errorf("a reader that fails: exit %d, %q", code, out.String())
	}
}

// Without --at the moment is that of the check, not that of the start: who waits
// for a scanner must not accept by the time at which the waiting began.
func TestMomentIsTakenLast(t *testing.T) {
	s := newScene(t, "can_cuoc: over 18 alone")
	o, err := parse([]string{"--trust-list", s.list, "--root", s.root, "-"}, io.Discard)
	if err != nil || !o.check.Now.IsZero() {
		t.Fatalf("%v, %v", o.check.Now, err)
	}
	if err := o.read(strings.NewReader(s.Text)); err != nil || !o.check.Now.IsZero() {
		t.Fatalf("%v, %v", o.check.Now, err)
	}
	if _, verdict, err := answer(&o); err != nil || verdict == nil || o.check.Now.IsZero() {
		t.Fatalf("%v, %v, %v", o.check.Now, verdict, err)
	}
}

// An answer that nobody could read is no answer.
func TestOutputFails(t *testing.T) {
	s := newScene(t, "can_cuoc: over 18 alone")
	for _, args := range [][]string{s.args(s.Text), s.args("--json", s.Text)} {
		if code := run(args, strings.NewReader(""), closed{}, io.Discard); code != exitUsage {
			t.Errorf("exit %d", code)
		}
	}
}

type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestPolicy(t *testing.T) {
	s := newScene(t, "can_cuoc: a false answer is an answer")
	const over18 = "can_cuoc/age_equal_or_over.18"
	for _, c := range []struct {
		args    []string
		missing []any
		reason  string
	}{
		{[]string{"--require", over18}, nil, ""},
		{[]string{"--require", over18 + "=true"}, []any{over18}, "claim_not_met"},
		{[]string{"--preset", "over18_shop"}, []any{over18}, "claim_not_met"},
		{[]string{"--preset", "over18_shop", "--require", over18 + "=true"}, []any{over18}, "claim_not_met"},
		{[]string{"--require", "can_cuoc/name", "--require", "gplx/name"}, []any{"can_cuoc/name", "gplx/name"}, "claim_missing"},
	} {
		code, answer := report(t, s.args(append(c.args, s.Text)...)...)
		if c.missing == nil {
			if code != exitEstablished {
				t.Errorf("%v: exit %d, %v", c.args, code, answer)
			}
			continue
		}
		if diff := cmp.Diff(c.missing, answer["missing"]); code != exitNotEstablished || answer["reason"] != c.reason || diff != "" {
			t.Errorf("%v: exit %d, %v", c.args, code, answer)
		}
	}
}

// The words for a person, whole.
func TestWords(t *testing.T) {
	for _, c := range []struct {
		golden, vector string
		more           []string
	}{
		{"two-documents.vi", "two documents", nil},
		{"two-documents.en", "two documents", []string{"--lang", "en"}},
		{"just-expired.en", "last second of the tolerance", []string{"--lang", "en"}},
		{"bad-signature.vi", "bad_signature: signed for another context", nil},
		{"bad-signature.en", "bad_signature: signed for another context", []string{"--lang", "en"}},
		{"missing.vi", "claim_missing: no birth date", []string{"--require", "can_cuoc/birthdate"}},
		{"missing.en", "claim_missing: no birth date", []string{"--require", "can_cuoc/birthdate", "--lang", "en"}},
		{"clock.vi", "clock_suspect: the clock is before the trust list", nil},
		{"clock.en", "clock_suspect: the clock is before the trust list", []string{"--lang", "en"}},
		{"too-old.vi", "trust_list_too_old: past its days of grace", nil},
		{"not-a-list.en", "trust_list_invalid: not a list", []string{"--lang", "en"}},
	} {
		s := newScene(t, c.vector)
		_, stdout, stderr := call("", s.args(append(c.more, s.Text)...)...)
		path := filepath.Join("testdata", c.golden+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(stdout), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), stdout); diff != "" || stderr != "" {
			t.Errorf("%s (-want +got):\n%s%s", c.golden, diff, stderr)
		}
	}
}

// The contract of --json, member by member.
func TestJSON(t *testing.T) {
	s := newScene(t, "can_cuoc: over 18 alone")
	_, answer := report(t, s.args(s.Text)...)
	text := func(t catalog.Text) map[string]any { return map[string]any{"vi": t.VI, "en": t.EN} }
	d := catalog.Default().Document("can_cuoc")
	want := map[string]any{"verdict": "established", "reason": nil, "expires_at": "2026-11-23T02:31:00Z",
		"trust_list": map[string]any{"version": 3.0, "issued_at": "2026-11-23T00:30:00Z", "age_seconds": 7200.0},
		"documents": []any{map[string]any{"document": "can_cuoc", "label": text(d.Labels),
			"claims": []any{map[string]any{"id": "age_equal_or_over.18", "label": text(d.Claim("age_equal_or_over.18").Labels), "value": true, "text": map[string]any{"vi": "Có", "en": "Yes"}}}}}}
	if diff := cmp.Diff(want, answer); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	_, answer = report(t, s.args("VN1:00")...)
	for _, absent := range []string{"documents", "issued_at", "missing"} {
		if _, found := answer[absent]; found {
			t.Errorf("%s stands in %v", absent, answer)
		}
	}
	if answer["verdict"] != "not_established" || answer["reason"] != "malformed" || answer["expires_at"] != nil {
		t.Errorf("%v", answer)
	}
}
