package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/giayto/giayto/internal/demo"
)

// registers writes testdata/registers: the fictional registers as of one day,
// their changes, the bad ones and the table of edge cases. Register files of
// earlier runs that are no longer made are removed.
func registers() error {
	root, err := repositoryRoot()
	if err != nil {
		return err
	}
	dir := filepath.Join(root, "testdata", "registers")
	files, err := demo.Files(demo.Snapshot())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	keep := map[string]bool{}
	for _, f := range files {
		keep[f.Name] = true
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Content, 0o644); err != nil {
			return err
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.Contains(e.Name(), ".ndjson") && !keep[e.Name()] {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
