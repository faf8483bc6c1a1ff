//go:build unix

package keys

import (
	"errors"
	"os"
	"syscall"
)

// flock waits for the exclusive lock of an open file (flock(2)).
func flock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
