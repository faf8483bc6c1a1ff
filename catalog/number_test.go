package catalog_test

import (
	"testing"

	"github.com/giayto/giayto/catalog"
)

func TestPersonalNumber(t *testing.T) {
	for typed, want := range map[string]string{
		"079305000123": "079305000123", " 079 305 000 123 ": "079305000123", "079.305.000.123": "079305000123",
		"": "", "79305000123": "79305000123", "07930500O123": "07930500O123",
	} {
		if got := catalog.Default().PersonalNumber(typed); got != want {
			t.Errorf("%q became %q, want %q", typed, got, want)
		}
	}
}
