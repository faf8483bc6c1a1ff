package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// built compiles the program once for the tests that need a process.
func built(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "giayto-verify")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

func exitCode(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if err == nil {
		return 0
	}
	return exit.ExitCode()
}

// aloneInTheWorld is the beginning of a command that runs without any network,
// not even a loopback device. In CI as root the kernel has no excuse.
func aloneInTheWorld(t *testing.T) []string {
	t.Helper()
	for _, begin := range [][]string{{"unshare", "-n", "--"}, {"unshare", "-r", "-n", "--"}} {
		if exec.Command(begin[0], append(begin[1:], "true")...).Run() == nil {
			return begin
		}
	}
	if os.Getenv("CI") == "true" && os.Geteuid() == 0 {
		t.Fatal("unshare -n is refused to root in CI")
	}
	t.Skip("the kernel or the container refuses unshare -n")
	return nil
}

func TestProcess(t *testing.T) {
	program := built(t)
	t.Run("exit codes", func(t *testing.T) {
		s := newScene(t, "can_cuoc: five fields")
		for _, c := range []struct {
			args []string
			want int
		}{
			{s.args(s.Text), 0}, {s.args("VN1:"), 1}, {nil, 2}, {[]string{"-h"}, 2},
			{s.args("--at", "1970-01-01T00:00:00Z", s.Text), 3},
		} {
			if got := exitCode(t, exec.Command(program, c.args...).Run()); got != c.want {
				t.Errorf("%q: exit %d, want %d", c.args, got, c.want)
			}
		}
	})
	t.Run("two at once", func(t *testing.T) {
		s := newScene(t, "can_cuoc: five fields")
		first, second := exec.Command(program, s.args("--state", s.state, s.Text)...), exec.Command(program, s.args("--state", s.state, s.Text)...)
		if err := errors.Join(first.Start(), second.Start()); err != nil {
			t.Fatal(err)
		}
		a, b := exitCode(t, first.Wait()), exitCode(t, second.Wait())
		if a+b != exitEstablished+exitNotEstablished || a == b {
			t.Errorf("exit codes %d and %d, want one 0 and one 1", a, b)
		}
	})
	t.Run("without network", func(t *testing.T) {
		begin := aloneInTheWorld(t)
		s := newScene(t, "can_cuoc: five fields")
		flipped := []byte(s.Text)
		flipped[len(flipped)-8] = map[bool]byte{true: 'A', false: 'B'}[flipped[len(flipped)-8] == 'B']
		for name, c := range map[string]struct {
			args []string
			want int
			says string
		}{
			"established":        {s.args(s.Text), 0, "ĐÚNG"},
			"from a picture":     {s.args("--image", s.file(t, "qr.png", drawn(t, s.Text, 4))), 0, "ĐÚNG"},
			"after its end":      {s.args("--at", "2026-11-23T03:00:00Z", s.Text), 1, "(expired)"},
			"a character turned": {s.args(string(flipped)), 1, "KHÔNG CHẤP NHẬN"},
		} {
			out, err := exec.Command(begin[0], append(append(begin[1:len(begin):len(begin)], program), c.args...)...).Output()
			if code := exitCode(t, err); code != c.want || !strings.Contains(string(out), c.says) {
				t.Errorf("%s: exit %d, %s", name, code, out)
			}
		}
	})
}
