package demo_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/giayto/giayto/internal/demo"
	"github.com/giayto/giayto/qr"
)

// phrases are a text without its places to fill in, and its runs of two words.
func phrases(text string) []string {
	var out []string
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "%s", "%d"), "%d") {
		part = strings.TrimSpace(strings.TrimPrefix(part, "cm"))
		if part == "" {
			continue
		}
		out = append(out, part)
		words := strings.Fields(part)
		for i := 1; i < len(words); i++ {
			out = append(out, words[i-1]+" "+words[i])
		}
	}
	return out
}

// The sizes measured on HeldOut are honest only while its words are unseen.
func TestUnseenWordsAreNotInTheDictionary(t *testing.T) {
	dictionary := qr.Dictionary()
	for _, part := range demo.UnseenNames() {
		if bytes.Contains(dictionary, []byte(part)) {
			t.Errorf("the part of a name %q stands in the dictionary", part)
		}
	}
	for _, text := range demo.UnseenPhrases() {
		for _, phrase := range phrases(text) {
			if bytes.Contains(dictionary, []byte(phrase)) {
				t.Errorf("%q of %q stands in the dictionary", phrase, text)
			}
		}
	}
}

// The same of what is written in the end.
func TestHeldOutTextIsNotInTheDictionary(t *testing.T) {
	dictionary := qr.Dictionary()
	checked := 0
	for _, e := range read(t, demo.HeldOut(snapshot, 500)) {
		var texts []string
		for _, id := range []string{"name", "registered_owner.name", "guardian_name"} {
			texts = append(texts, strings.Fields(e.text(id))...)
		}
		for _, id := range []string{"address.street_address", "place_of_origin", "birth_registration_place", "identifying_features",
			"primary_care_facility.name", "basic_vehicle_info.make", "basic_vehicle_info.commercial_name"} {
			texts = append(texts, e.text(id))
		}
		texts = append(texts, bareName(e.text("address.locality")))
		for _, text := range texts {
			if text == "" {
				continue
			}
			checked++
			if bytes.Contains(dictionary, []byte(text)) {
				t.Errorf("%s:%d: %q stands in the dictionary", e.register, e.line, text)
			}
		}
	}
	if checked < 5000 {
		t.Errorf("only %d texts were checked", checked)
	}
}

func TestHeldOutHasAsManyCitizensAsAsked(t *testing.T) {
	for _, n := range []int{0, 1, 10, 340, 1000} {
		set := demo.HeldOut(snapshot, n)
		numbers := map[string]bool{}
		for _, e := range only(readAll(t, set), "can_cuoc") {
			numbers[e.number()] = true
		}
		if len(numbers) != n {
			t.Errorf("%d citizens, want %d", len(numbers), n)
		}
	}
}

// readAll is read for registers that may be empty.
func readAll(t *testing.T, set []demo.Register) []entry {
	t.Helper()
	var some []demo.Register
	for _, r := range set {
		if len(r.NDJSON) > 0 {
			some = append(some, r)
		}
	}
	return read(t, some)
}

func TestHeldOutPeopleAreNotThoseOfRegisters(t *testing.T) {
	known := map[string]bool{}
	for _, e := range only(read(t, demo.Registers(snapshot)), "can_cuoc") {
		known[e.number()] = true
	}
	for _, e := range only(read(t, demo.HeldOut(snapshot, 500)), "can_cuoc") {
		if known[e.number()] {
			t.Errorf("c06-can-cuoc:%d: the number belongs to somebody of Registers", e.line)
		}
	}
}

// Short texts would make the sizes look better than they are.
func TestHeldOutTextIsAsLongAsOrdinaryText(t *testing.T) {
	median := func(set []demo.Register, id string) int {
		var lengths []int
		for _, e := range only(read(t, set), "can_cuoc") {
			if text := e.text(id); text != "" {
				lengths = append(lengths, utf8.RuneCountInString(text))
			}
		}
		slices.Sort(lengths)
		return lengths[len(lengths)/2]
	}
	ordinary, unseen := demo.Registers(snapshot), demo.HeldOut(snapshot, 340)
	for _, id := range []string{"name", "address.formatted", "place_of_origin", "identifying_features"} {
		want, got := median(ordinary, id), median(unseen, id)
		if got < want*95/100 || got > want*120/100 {
			t.Errorf("%s: median of %d characters, ordinary papers have %d", id, got, want)
		}
	}
}
