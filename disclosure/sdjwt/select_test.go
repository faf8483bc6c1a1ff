package sdjwt_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

func TestSelect(t *testing.T) {
	text := issue(t, addressCredential(t), sdjwt.IssueOptions{Decoys: 2})
	const (
		birth   = `"birth":{"calendar":"gregorian"}`
		classes = `"classes":["B",[]]`
		rest    = `"none":[],"empty":{}`
	)
	tests := []struct {
		name        string
		paths       [][]string
		disclosures int
		want        string
	}{
		{"nothing", nil, 0, birth + "," + classes + "," + rest},
		{"flat", [][]string{{"name"}}, 1, `"name":"Nguyễn Thị Ánh Tuyết",` + birth + "," + classes + "," + rest},
		{"the same twice", [][]string{{"name"}, {"name"}}, 1, `"name":"Nguyễn Thị Ánh Tuyết",` + birth + "," + classes + "," + rest},
		{"plain claim", [][]string{{"iss"}, {"birth", "calendar"}, {"none"}, {"empty"}}, 0, birth + "," + classes + "," + rest},
		{"structured", [][]string{{"birth", "date"}}, 1, `"birth":{"date":"1990-02-28","calendar":"gregorian"},` + classes + "," + rest},
		{"object around", [][]string{{"birth"}}, 1, `"birth":{"date":"1990-02-28","calendar":"gregorian"},` + classes + "," + rest},
		{"recursive, one member", [][]string{{"address", "province"}}, 2, `"address":{"country":"VN","province":"Thừa Thiên Huế"},` + birth + "," + classes + "," + rest},
		{"recursive, plain member", [][]string{{"address", "country"}}, 1, `"address":{"country":"VN"},` + birth + "," + classes + "," + rest},
		{"recursive, two levels", [][]string{{"address", "street", "name"}}, 2, `"address":{"country":"VN","street":{"name":"Đường Lê Lợi"}},` + birth + "," + classes + "," + rest},
		{"recursive, three levels", [][]string{{"address", "street", "number"}}, 3, `"address":{"country":"VN","street":{"number":"12/3","name":"Đường Lê Lợi"}},` + birth + "," + classes + "," + rest},
		{"recursive, whole", [][]string{{"address"}}, 4, `"address":{"country":"VN","province":"Thừa Thiên Huế","street":{"number":"12/3","name":"Đường Lê Lợi"}},` + birth + "," + classes + "," + rest},
		{"element", [][]string{{"classes", "0"}}, 1, birth + `,"classes":["A1","B",[]],` + rest},
		{"plain element", [][]string{{"classes", "1"}}, 0, birth + "," + classes + "," + rest},
		{"element, plain member", [][]string{{"classes", "2", "class"}}, 1, birth + `,"classes":["B",{"class":"C"},[]],` + rest},
		{"element, disclosable member", [][]string{{"classes", "2", "until"}}, 2, birth + `,"classes":["B",{"class":"C","until":"2029-01-01"},[]],` + rest},
		{"element of element", [][]string{{"classes", "3", "0"}}, 1, birth + `,"classes":["B",[1]],` + rest},
		{"every element", [][]string{{"classes", sdjwt.EveryElement}}, 4, birth + `,"classes":["A1","B",{"class":"C","until":"2029-01-01"},[1]],` + rest},
		{"every element with a member", [][]string{{"classes", sdjwt.EveryElement, "class"}}, 1, birth + `,"classes":["B",{"class":"C"},[]],` + rest},
		{"everything", [][]string{{"name"}, {"birth"}, {"address"}, {"classes"}}, 10, addressClaims},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := selectPaths(t, text, test.paths...)
			if s.Disclosures() != test.disclosures {
				t.Errorf("%d disclosures, want %d", s.Disclosures(), test.disclosures)
			}
			claims, err := s.Verify(verifyOptions())
			if err != nil {
				t.Fatal(err)
			}
			if got, want := canonical(t, withoutPlain(claims)), canonicalText(t, "{"+test.want+"}"); got != want {
				t.Errorf("claims\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// A selection is a subsequence of the token: nothing is reordered or rewritten.
func TestSelectKeepsOrderAndText(t *testing.T) {
	text := issue(t, addressCredential(t), sdjwt.IssueOptions{})
	all := strings.Split(text, "~")
	some := strings.Split(selectPaths(t, text, []string{"classes"}, []string{"name"}).String(), "~")
	i := 0
	for _, part := range some[:len(some)-1] {
		at := slices.Index(all[i:], part)
		if at < 0 {
			t.Fatalf("part %q is out of order or new", part)
		}
		i += at + 1
	}
	if got := parse(t, text).String(); got != text {
		t.Error("parsing changed the token")
	}
}

// Indexes mean the same element in a selection of a selection.
func TestSelectAgain(t *testing.T) {
	text := issue(t, addressCredential(t), sdjwt.IssueOptions{})
	first := selectPaths(t, text, []string{"classes", "2"}, []string{"address"})
	second, err := first.Select([]string{"classes", "2", "until"})
	if err != nil {
		t.Fatal(err)
	}
	claims, err := second.UnsafeClaims()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := canonical(t, claims["classes"]), `["B",{"class":"C","until":"2029-01-01"},[]]`; got != want {
		t.Errorf("classes are %s, want %s", got, want)
	}
	_, err = first.Select([]string{"name"})
	wantReason(t, err, sdjwt.ReasonPath)
	_, err = first.Select([]string{"classes", "0"})
	wantReason(t, err, sdjwt.ReasonPath)
}

func TestSelectRefuses(t *testing.T) {
	text := issue(t, addressCredential(t), sdjwt.IssueOptions{Decoys: 2})
	tests := []struct {
		name string
		path []string
	}{
		{"empty path", nil},
		{"unknown claim", []string{"blood_type"}},
		{"other case", []string{"Name"}},
		{"below a leaf", []string{"name", "first"}},
		{"index into a leaf", []string{"name", "0"}},
		{"unknown member", []string{"address", "ward"}},
		{"digests by name", []string{"_sd"}},
		{"digests of a member", []string{"birth", "_sd", "0"}},
		{"digest of an element", []string{"classes", "0", "..."}},
		{"hash algorithm", []string{"_sd_alg"}},
		{"index too high", []string{"classes", "5"}},
		{"decoy element", []string{"classes", "4"}},
		{"negative index", []string{"classes", "-1"}},
		{"index with a zero", []string{"classes", "00"}},
		{"index with a sign", []string{"classes", "+1"}},
		{"index is a name", []string{"classes", "A1"}},
		{"every element of an empty array", []string{"none", sdjwt.EveryElement}},
		{"every element of an object", []string{"address", sdjwt.EveryElement}},
		{"no element has it", []string{"classes", sdjwt.EveryElement, "expires"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := parse(t, text).Select([]string{"name"}, test.path)
			if s != nil {
				t.Error("a token came with the error")
			}
			wantReason(t, err, sdjwt.ReasonPath)
			if !strings.HasSuffix(err.Error(), "path 2") {
				t.Errorf("error %q does not say which path", err)
			}
		})
	}
	_, err := parse(t, text).Select(make([][]string, sdjwt.MaxPaths+1)...)
	wantReason(t, err, sdjwt.ReasonOptions)
}

// What a verifier would refuse the holder's side refuses, too, signature aside.
func TestHolderRefusesWhatVerifiersRefuse(t *testing.T) {
	for _, r := range digestRefusals(t) {
		s, err := sdjwt.Parse(r.text)
		if err != nil {
			wantReason(t, err, r.want)
			continue
		}
		_, err = s.Select()
		wantReason(t, err, r.want)
		claims, err := s.UnsafeClaims()
		if claims != nil {
			t.Errorf("%s: claims came with the error", r.name)
		}
		wantReason(t, err, r.want)
	}
}
