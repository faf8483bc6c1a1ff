package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// lockFile of a folder of keys makes processes take turns: a command may change
// the keys of a server that runs.
const lockFile = ".lock"

// makeFolder makes the folder of keys if it does not exist. One that the group
// or others can read is refused.
func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return private(dir)
}

// sweep removes what a process that was killed while it wrote left behind: a
// private key that nothing names is only there to be found.
func sweep(dir string) error {
	names, err := filepath.Glob(filepath.Join(dir, unfinished))
	for _, name := range names {
		err = errors.Join(err, os.Remove(name))
	}
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}

// private refuses a path that others than its owner can read.
func private(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("keys: %s can be read by others (mode %04o); make sure that nobody copied it, then: chmod go= %s",
			path, info.Mode().Perm(), path)
	}
	return nil
}

// stopBefore lets tests stop the program before it changes a file for good.
var stopBefore = func(path string) error { return nil }

// replaceFile writes content beside path and renames it into place, so that a
// reader or a crash sees the old file or the new one and never a part.
func replaceFile(path string, content []byte, mode os.FileMode) error {
	return placeFile(path, content, mode, os.Rename)
}

// createFile is replaceFile where there is no file yet; else the error is
// fs.ErrExist. (A hard link, other than a rename, replaces nothing.)
func createFile(path string, content []byte, mode os.FileMode) error {
	return placeFile(path, content, mode, os.Link)
}

func placeFile(path string, content []byte, mode os.FileMode, place func(from, to string) error) error {
	if err := stopBefore(path); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), unfinished) // mode 0600
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(content)
	err = errors.Join(err, tmp.Chmod(mode), tmp.Sync(), tmp.Close())
	if err == nil {
		err = place(tmp.Name(), path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}

// remove deletes a file that need not exist.
func remove(path string) error {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := stopBefore(path); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}

// syncDir makes a rename durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// turn waits until no other process changes the folder; done ends the turn.
func turn(dir string) (done func() error, err error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if err := flock(f); err != nil {
		return nil, errors.Join(fmt.Errorf("keys: %s: %w", f.Name(), err), f.Close())
	}
	return f.Close, nil // closing gives the lock back
}
