//go:build unix

package keys_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/verifier"
)

// installEnv makes the test binary an installer that kills itself; its value is
// the folder and after how many changes of a file.
const installEnv = "GIAYTO_TEST_INSTALL"

func TestMain(m *testing.M) {
	if order := os.Getenv(installEnv); order != "" {
		fmt.Fprintln(os.Stderr, installAndDie(order))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// installAndDie installs the package beside the server's folder. It comes back
// only if it was not killed.
func installAndDie(order string) error {
	dir, after, _ := strings.Cut(order, ":")
	n, err := strconv.Atoi(after)
	if err != nil {
		return err
	}
	signed, err := os.ReadFile(filepath.Join(dir, "signed.json"))
	if err != nil {
		return err
	}
	jwk, err := os.ReadFile(filepath.Join(dir, "pinned.jwk"))
	if err != nil {
		return err
	}
	root, err := verifier.ParseKey(jwk)
	if err != nil {
		return err
	}
	ring, err := keys.Open(filepath.Join(dir, "keys"), keys.Options{})
	if err != nil {
		return err
	}
	p, err := keys.NewPublisher(ring, dir, here)
	if err != nil {
		return err
	}
	keys.SetStopBefore(func(string) error {
		if n--; n >= 0 {
			return nil
		}
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	})
	_, err = p.Install(signed, root, start)
	return err
}

// The same with a process that is really killed, at each of its steps.
func TestKilledInFirstInstall(t *testing.T) {
	done := false
	for n := 0; !done; n++ {
		p := newPair(t)
		jwk, err := keys.EncodeKey(p.root.Root())
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(p.dir, "pinned.jwk"), jwk)
		write(t, filepath.Join(p.dir, "signed.json"), p.sign(p.order(start)))
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s:%d", installEnv, p.dir, n))
		said, err := cmd.CombinedOutput()
		status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
		if !ok || err == nil {
			t.Fatal("not a process that ended in a signal or with 1:", err)
		}
		if done = !status.Signaled(); done && strings.TrimSpace(string(said)) != "<nil>" {
			t.Fatalf("%s", said)
		}
		p.restart()
		if _, list := p.publisher.TrustList(); list == nil {
			signed, err := os.ReadFile(filepath.Join(p.dir, "signed.json"))
			if err != nil {
				t.Fatal(err)
			}
			p.install(signed, start.Add(time.Minute))
		}
		p.upkeep(start.Add(time.Minute))
		if err := p.mints(start.Add(time.Minute)); err != nil {
			t.Errorf("killed after %d changes: %v", n, err)
		}
		if n > 30 {
			t.Fatal("never done")
		}
	}
}
