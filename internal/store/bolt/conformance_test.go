package bolt_test

import (
	"path/filepath"
	"testing"

	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/internal/store/storetest"
)

// subject is a store on a file of its own.
type subject struct {
	*bolt.Store
	path string
}

func (s subject) Reopen(t *testing.T) storetest.Subject {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	return subject{Store: open(t, s.path), path: s.path}
}

// open opens a store that is closed, and whose file is checked, when the test
// ends.
func open(t testing.TB, path string) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "giayto.db") }

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Subject {
		path := newPath(t)
		t.Cleanup(func() { checkFile(t, path) }) // runs after the store is closed
		return subject{Store: open(t, path), path: path}
	})
}

// checkFile holds a data file to its own rules once a test is done with it.
func checkFile(t testing.TB, path string) {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Errorf("Open: %v", err)
		return
	}
	if err := s.Check(); err != nil {
		t.Errorf("the data file breaks its own rules: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}
