package problem

import (
	_ "embed"
	"encoding/json"
	"sync"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/fault"
)

// textsFile holds one title per code, in both languages. A title says what
// happened and what to do next, in the reader's words.
//
//go:embed texts.json
var textsFile []byte

var texts = sync.OnceValue(func() map[fault.Code]catalog.Text {
	var m map[fault.Code]catalog.Text
	if err := json.Unmarshal(textsFile, &m); err != nil {
		// The file is part of the program and tested with it.
		panic("problem: texts.json is broken: " + err.Error())
	}
	return m
})

// Titles returns what a code says to people, in both languages; false for a
// code that does not exist.
func Titles(code fault.Code) (catalog.Text, bool) {
	t, ok := texts()[code]
	return t, ok
}
