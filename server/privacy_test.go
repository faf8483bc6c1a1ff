package server_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/giayto/giayto/catalog"
)

// noPersonalData greps a log for everything that the persons of the fixtures
// have on record, for tokens, and for paths with ids in them.
func noPersonalData(t *testing.T, log string, tokens ...string) {
	t.Helper()
	if !strings.Contains(log, `"route":"/v1/citizen/credentials/:id"`) {
		t.Fatal("the log lacks the routes: the test would prove nothing")
	}
	for _, secret := range append(tokens, personal()...) {
		if strings.Contains(log, secret) {
			t.Errorf("the log tells %q", secret)
		}
	}
	for name, pattern := range map[string]string{
		"a personal number": `\b[0-9]{12}\b`, "an id": `\b[a-z2-7]{26}\b`, "an address": `127\.0\.0\.1|::1`,
		"a presentation": `VN[12]:`, "a code": `[0-9A-Z]{4}-[0-9A-Z]{4}-`, "a query": `\?[a-z_]+=`,
	} {
		if found := regexp.MustCompile(pattern).FindString(log); found != "" {
			t.Errorf("the log tells %s: %q", name, found)
		}
	}
}

// personal lists every text of the fixtures that could name a person.
func personal() []string {
	list := []string{anh.number, anh.name, anh.birthdate, binh.number, binh.name, binh.birthdate, mai.number, mai.name, mai.birthdate, "ÁNH", "Máy cũ", "Điện thoại", "Thuê nhà", "Khách sạn"}
	for _, id := range documents {
		for _, claim := range catalog.Default().Document(id).Claims {
			if s, ok := claim.Example.(string); ok && len(s) > 6 && claim.Type != catalog.TypeEnum {
				list = append(list, s)
			}
		}
	}
	return list
}
