package server_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/giayto/giayto/internal/fault"
)

// Clients switch on codes: openapi.yaml lists each of them, and no other.
func TestSpecListsEveryCode(t *testing.T) {
	doc, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	var listed, known []string
	for _, code := range doc.Components.Schemas["Code"].Value.Enum {
		listed = append(listed, fmt.Sprint(code))
	}
	for _, code := range fault.Codes() {
		known = append(known, string(code))
	}
	slices.Sort(listed)
	if !slices.Equal(listed, known) {
		t.Errorf("openapi.yaml lists %v\nknown are %v", listed, known)
	}
}
