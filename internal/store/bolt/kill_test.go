package bolt_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

// childEnv makes the test binary a process that writes until it is killed;
// its value is the data file and the number of the round.
const childEnv = "GIAYTO_TEST_WRITE_UNTIL_KILLED"

// childWriters is how many goroutines the child writes with, each in turn
// waiting for the answer to one write before it begins the next.
const childWriters = 4

func TestMain(m *testing.M) {
	if arg := os.Getenv(childEnv); arg != "" {
		path, round, _ := strings.Cut(arg, "|")
		fmt.Fprintln(os.Stderr, writeUntilKilled(path, round))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeUntilKilled gives citizens holdings and records entries, and prints a
// line for each write that was answered with success, before the next begins.
func writeUntilKilled(path, round string) error {
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	failed := make(chan error)
	var mu sync.Mutex // one line at a time
	for w := range childWriters {
		go func() {
			for n := 1; ; n++ {
				for _, step := range childSteps {
					if err := step.do(context.Background(), s, name(round, w, n)); err != nil {
						failed <- err
						return
					}
					mu.Lock()
					_, err := fmt.Printf("%s %d %d\n", step.name, w, n)
					mu.Unlock()
					if err != nil {
						failed <- err
						return
					}
				}
			}
		}()
	}
	return <-failed
}

// name of the n-th citizen of a writer.
func name(round string, w, n int) string { return fmt.Sprintf("r%s-w%d-n%d", round, w, n) }

// childSteps are the writes of one citizen, in order. found tells whether the
// write is there: all of it, none of it, or an error for anything between.
var childSteps = []struct {
	name  string
	do    func(ctx context.Context, s *bolt.Store, c string) error
	found func(ctx context.Context, s *bolt.Store, c string) (bool, error)
}{
	{"issue", childIssue, foundIssue},
	{"record", func(ctx context.Context, s *bolt.Store, c string) error {
		return s.Record(ctx, entry(c, 1, c+"-b"))
	}, func(ctx context.Context, s *bolt.Store, c string) (bool, error) {
		p, err := s.History(ctx, c, "", 10)
		if err == nil && len(p.Entries) == 1 && len(p.Entries[0].Documents) != 1 {
			err = errors.New("the entry has lost its document")
		}
		return allOrNone(err, len(p.Entries), 1)
	}},
	{"activate", func(ctx context.Context, s *bolt.Store, c string) error {
		return s.PutActivation(ctx, session.Activation{Locator: c, Owner: c, ExpiresAt: at(100)})
	}, func(ctx context.Context, s *bolt.Store, c string) (bool, error) {
		_, err := s.BeginAttempt(ctx, c, at(1), 5)
		if fault.Is(err, fault.CodeActivationUnknown) {
			return false, nil
		}
		return err == nil || fault.Is(err, fault.CodeActivationUsed), nil
	}},
	{"enrol", childEnrol, foundEnrol},
}

// childIssue adds a citizen with two holdings and ends the first, in one
// transaction.
func childIssue(ctx context.Context, s *bolt.Store, c string) error {
	return s.Issue(ctx, func(tx issuer.Tx) error {
		if err := tx.AddCitizen(wallet.Citizen{ID: c, Number: c, CreatedAt: at(0)}); err != nil {
			return err
		}
		a, b := holding(c, c+"-a"), holding(c, c+"-b")
		if err := placeIn(tx, &a); err != nil {
			return err
		}
		if err := tx.Add(a, issued(a)); err != nil {
			return err
		}
		if err := tx.MarkStatus(a.Agency, a.Status, wallet.Standing{Status: wallet.Revoked, Reason: "superseded", Since: at(2)}); err != nil {
			return err
		}
		ended := wallet.Event{ID: "x-" + a.ID, Owner: c, Kind: wallet.CredentialSuperseded, Holding: a.ID, At: at(2)}
		if err := tx.End(a.ID, wallet.Superseded, at(2), ended); err != nil {
			return err
		}
		return tx.Add(b, issued(b))
	})
}

// childList is the size of the lists of the child: small, so that it opens many.
const childList = 16

// placeIn gives a holding the first free place of its agency's lists.
func placeIn(tx issuer.Tx, h *wallet.Holding) error {
	l, err := tx.NewestStatusList(h.Agency)
	if err == nil && l.Taken == l.Size {
		l, err = tx.OpenStatusList(h.Agency, childList, at(0))
	}
	if err != nil {
		return err
	}
	h.Status = wallet.StatusRef{List: l.Number, Index: l.Taken}
	free, err := tx.TakeStatus(h.Agency, h.Status)
	if err == nil && !free {
		err = errors.New("a place that was never given away is taken")
	}
	return err
}

func foundIssue(ctx context.Context, s *bolt.Store, c string) (bool, error) {
	_, err := s.CitizenByNumber(ctx, c)
	found := 0
	if err == nil {
		found++
	} else if !fault.Is(err, fault.CodeCitizenUnknown) {
		return false, err
	}
	active, err1 := s.Active(ctx, c)
	events, err2 := s.Events(ctx, c, 10)
	for _, e := range events {
		if e.Kind != wallet.DeviceEnrolled {
			found++
		}
	}
	if old, err := s.Holding(ctx, c, c+"-a"); err == nil && old.State == wallet.Superseded {
		found++
		_, entries, err := s.StatusList(ctx, old.Agency, old.Status.List)
		if err != nil {
			return false, err
		}
		for _, e := range entries {
			if e.Index == old.Status.Index {
				found++
			}
		}
	}
	return allOrNone(errors.Join(err1, err2), found+len(active), 1+1+3+2)
}

func childEnrol(ctx context.Context, s *bolt.Store, c string) error {
	return s.Enrol(ctx, c, at(3), wallet.Device{ID: c, Owner: c, Name: "điện thoại"},
		session.Session{ID: c, Hash: hashOf(c), Owner: c, Device: c, UsedAt: at(3), ExpiresAt: at(100)},
		wallet.Event{ID: "d-" + c, Owner: c, Kind: wallet.DeviceEnrolled, Device: c, At: at(3)})
}

func foundEnrol(ctx context.Context, s *bolt.Store, c string) (bool, error) {
	found := 0
	if _, err := s.Device(c, c); err == nil {
		found++
	}
	if _, err := s.SessionByHash(ctx, hashOf(c)); err == nil {
		found++
	}
	if _, err := s.BeginAttempt(ctx, c, at(1), 5); fault.Is(err, fault.CodeActivationUsed) {
		found++
	}
	events, err := s.Events(ctx, c, 10)
	for _, e := range events {
		if e.Kind == wallet.DeviceEnrolled {
			found++
		}
	}
	return allOrNone(err, found, 4)
}

func allOrNone(err error, found, all int) (bool, error) {
	if err == nil && found != 0 && found != all {
		err = fmt.Errorf("%d of %d parts are there", found, all)
	}
	return found == all, err
}

func hashOf(c string) (h [32]byte) { copy(h[:], c); return h }

// TestKilled: a real process is killed (SIGKILL) while it writes. Every write
// that it had an answer for is there; the one that each writer was in the
// middle of is there or not, but whole; nothing later is.
func TestKilled(t *testing.T) {
	path := newPath(t)
	// A few lines into its work, and deep in it: the points are spread over
	// the steps, and the file is one that was killed before.
	for round, lines := range []int{1, 6, 7, 32, 61, 203} {
		acked := runAndKill(t, path, fmt.Sprint(round), lines)
		s := open(t, path)
		if err := s.Check(); err != nil {
			t.Fatalf("round %d: the data file breaks its own rules: %v", round, err)
		}
		total := 0
		for w := range childWriters {
			total += acked[w]
			checkWriter(t, s, fmt.Sprint(round), w, acked[w])
		}
		if total < lines {
			t.Errorf("round %d: %d writes were answered, want at least %d", round, total, lines)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// runAndKill kills the child after it has printed a number of lines, and gives
// the number of answered writes of each writer.
func runAndKill(t *testing.T, path, round string, lines int) map[int]int {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // a child that hangs is a failure
	defer cancel()
	cmd := exec.CommandContext(ctx, exe)
	cmd.Env = append(os.Environ(), childEnv+"="+path+"|"+round)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	acked := map[int]int{}
	read := 0
	for sc := bufio.NewScanner(out); sc.Scan(); { // what was printed before the kill is read as well
		var step string
		var w, n int
		if _, err := fmt.Sscan(sc.Text(), &step, &w, &n); err != nil {
			break // the line it was killed in
		}
		if want := childSteps[acked[w]%len(childSteps)].name; step != want || n != acked[w]/len(childSteps)+1 {
			t.Fatalf("the child printed %q after %d writes", sc.Text(), acked[w])
		}
		acked[w]++
		if read++; read == lines {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.Exited() {
		t.Fatalf("the child was not killed: %v", cmd.ProcessState)
	}
	return acked
}

// checkWriter looks for every write of a writer, in order.
func checkWriter(t *testing.T, s *bolt.Store, round string, w, acked int) {
	t.Helper()
	for i := range acked + 3 {
		step, c := childSteps[i%len(childSteps)], name(round, w, i/len(childSteps)+1)
		found, err := step.found(t.Context(), s, c)
		switch {
		case err != nil:
			t.Errorf("%s of %s (%d answered): %v", step.name, c, acked, err)
		case i < acked && !found:
			t.Errorf("%s of %s was answered and is not there", step.name, c)
		case i > acked && found:
			t.Errorf("%s of %s is there and was never begun", step.name, c)
		}
	}
}
