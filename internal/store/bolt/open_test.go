package bolt_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

// wantRefused asks that Open refuses with these words and leaves the file.
func wantRefused(t *testing.T, path, words string) {
	t.Helper()
	before, readErr := os.ReadFile(path)
	s, err := bolt.Open(path, bolt.Options{LockTimeout: time.Millisecond})
	if err == nil {
		_ = s.Close()
		t.Fatal("Open succeeded")
	}
	if !fault.Is(err, fault.CodeUnavailable) || !strings.Contains(err.Error(), words) {
		t.Errorf("Open gave %v, want service.unavailable with %q", err, words)
	}
	if after, err := os.ReadFile(path); readErr == nil && (err != nil || !bytes.Equal(before, after)) {
		t.Errorf("the refused file was changed (%v)", err)
	}
}

func TestOpenMakesAPrivateFile(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0)) // even where files are open to all
	path := newPath(t)
	open(t, path)
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
}

func TestOpenRefusesRightsOfOthers(t *testing.T) {
	path := newPath(t)
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o604, 0o602, 0o601, 0o640, 0o620, 0o610, 0o644, 0o666, 0o777} {
		t.Run(fmt.Sprintf("%04o", mode), func(t *testing.T) {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			wantRefused(t, path, fmt.Sprintf("(mode %04o)", mode))
		})
	}
	for _, mode := range []os.FileMode{0o600, 0o700} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		checkFile(t, path)
	}
}

func TestOpenRefusesASecondProcess(t *testing.T) {
	path := newPath(t)
	s := open(t, path)
	wantRefused(t, path, "the data directory is in use by another giayto process")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	checkFile(t, path)
}

// strange is a file that Open must refuse.
type strange struct {
	name  string
	make  func(t *testing.T, path string)
	words string
}

func strangeFiles() []strange {
	format := func(b []byte) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			s := open(t, path)
			if err := errors.Join(s.Put("meta", "format", b), s.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
	content := func(b []byte) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	version := func(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
	return []strange{
		{"the next format", format(version(bolt.FormatVersion + 1)),
			fmt.Sprintf("format %d and this giayto knows formats up to %d: update giayto", bolt.FormatVersion+1, bolt.FormatVersion)},
		{"a far format", format(version(1 << 31)), "update giayto"},
		{"the format before the first release", format(version(1)), "never released"},
		{"format 0", format(version(0)), "damaged"},
		{"no format", format(nil), "does not say its format"},
		{"a longer format", format(append(version(1), 0)), "does not say its format"},
		{"a bucket is missing", func(t *testing.T, path string) {
			s := open(t, path)
			if err := errors.Join(s.DropBucket("holdings"), s.Close()); err != nil {
				t.Fatal(err)
			}
		}, "damaged: it has no holdings"},
		{"another program's database", func(t *testing.T, path string) {
			db, err := bbolt.Open(path, 0o600, nil)
			if err != nil {
				t.Fatal(err)
			}
			err = db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("theirs")); return err })
			if err := errors.Join(err, db.Close()); err != nil {
				t.Fatal(err)
			}
		}, "belongs to another program"},
		{"text", content([]byte(strings.Repeat("this is not a database\n", 2000))), "not a data file of giayto"},
		{"one byte", content([]byte{0}), "not a data file of giayto"},
		{"zeros", content(make([]byte, 1<<16)), "not a data file of giayto"},
		{"a directory", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "is not a regular file"},
		{"a pipe", func(t *testing.T, path string) {
			if err := syscall.Mkfifo(path, 0o600); err != nil {
				t.Skip("no named pipes here")
			}
		}, "is not a regular file"},
	}
}

func TestOpenRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, tt := range strangeFiles() {
		t.Run(tt.name, func(t *testing.T) {
			path := newPath(t)
			tt.make(t, path)
			if tt.name == "a pipe" {
				if _, err := bolt.Open(path, bolt.Options{}); !fault.Is(err, fault.CodeUnavailable) || !strings.Contains(err.Error(), tt.words) {
					t.Errorf("Open gave %v, want service.unavailable with %q", err, tt.words)
				}
				return
			}
			wantRefused(t, path, tt.words)
		})
	}
}

func TestOpenNeedsItsDirectory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "giayto.db")
	wantRefused(t, path, "cannot be opened")
}

// TestOpenAfterAnInterruptedFirstStart: a process killed after it made the
// file and before it wrote the layout leaves something that can be opened.
func TestOpenAfterAnInterruptedFirstStart(t *testing.T) {
	t.Run("empty file", func(t *testing.T) {
		path := newPath(t)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		checkFile(t, path)
	})
	t.Run("empty database", func(t *testing.T) {
		path := newPath(t)
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		checkFile(t, path)
	})
}

// TestOpenRefusesATruncatedFile: a copy that was cut short must be refused in
// words; the database below would map pages that are not there and crash.
func TestOpenRefusesATruncatedFile(t *testing.T) {
	path := newPath(t)
	s := open(t, path)
	c := wallet.Citizen{ID: "c", Number: "999000000001"}
	err := s.Issue(t.Context(), func(tx issuer.Tx) error { return tx.AddCitizen(c) })
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1; size < len(whole); size += 1 + size/8 {
		cut := newPath(t)
		if err := os.WriteFile(cut, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := bolt.Open(cut, bolt.Options{})
		if err == nil { // only the unused end of the file was cut off
			if _, err := s.CitizenByNumber(t.Context(), c.Number); err != nil {
				t.Errorf("cut to %d of %d bytes: opened, and %v", size, len(whole), err)
			}
			if err := errors.Join(s.Check(), s.Close()); err != nil {
				t.Errorf("cut to %d of %d bytes: %v", size, len(whole), err)
			}
			continue
		}
		if !fault.Is(err, fault.CodeUnavailable) {
			t.Errorf("cut to %d of %d bytes: %v", size, len(whole), err)
		}
	}
}

func TestClosed(t *testing.T) {
	s := open(t, newPath(t))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	_, read := s.Holdings(t.Context(), "c")
	for what, err := range map[string]error{
		"Holdings": read,
		"Issue":    s.Issue(t.Context(), func(issuer.Tx) error { t.Error("Issue ran"); return nil }),
		"Record":   s.Record(t.Context(), entry("c", 1)),
		"Record 2": s.Record(t.Context(), entry("c", 2)),
	} {
		if !fault.Is(err, fault.CodeUnavailable) || !strings.Contains(err.Error(), "closed") {
			t.Errorf("%s after Close: %v", what, err)
		}
	}
}
