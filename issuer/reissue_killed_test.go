package issuer_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/wallet"
)

// reissueEnv makes the test binary sign anew; its value is the data folder.
const reissueEnv = "GIAYTO_TEST_REISSUE"

// classmates turn eighteen on the same day: more than two transactions of them.
const classmates = 600

func classmate(i int) person {
	return person{fmt.Sprintf("001208%06d", i), "LÊ VĂN THỬ", "2008-06-16", 1}
}

func classmateLines() []string {
	lines := make([]string, classmates)
	for i := range lines {
		lines[i] = classmate(i).cardLine()
	}
	return lines
}

// telling prints a line for each transaction that has become durable.
type telling struct{ *bolt.Store }

func (s telling) Issue(ctx context.Context, f func(tx issuer.Tx) error) error {
	err := s.Store.Issue(ctx, f)
	if err == nil {
		fmt.Println("durable")
	}
	return err
}

// openService opens the data folder of a deployment.
func openService(dir string, now time.Time) (*issuer.Service, *bolt.Store, error) {
	store, err := bolt.Open(filepath.Join(dir, "giayto.db"), bolt.Options{})
	if err != nil {
		return nil, nil, err
	}
	lock, err := keys.LocalLock(filepath.Join(dir, "test.key"), noon)
	if err != nil {
		return nil, nil, err
	}
	ring, err := keys.Open(filepath.Join(dir, "keys"), keys.Options{Lock: lock})
	if err != nil {
		return nil, nil, err
	}
	return issuer.New(issuer.Config{Catalog: catalog.Default(), Store: telling{store}, Keys: ringKeys{ring}, Origin: origin,
		Now: func() time.Time { return now }}), store, nil
}

func reissueAll(dir string) error {
	service, store, err := openService(dir, birthday)
	if err != nil {
		return err
	}
	if _, err := service.Reissue(context.Background(), birthday); err != nil {
		return err
	}
	return store.Close()
}

// reissueChild signs anew in a process of its own and kills it (SIGKILL) once it
// has printed a number of lines, or lets it finish.
func reissueChild(t *testing.T, dir string, lines int) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // a child that hangs is a failure
	defer cancel()
	cmd := exec.CommandContext(ctx, exe)
	cmd.Env = append(os.Environ(), reissueEnv+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := 0
	for sc := bufio.NewScanner(out); sc.Scan(); {
		if read++; read == lines {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	err = cmd.Wait()
	if ctx.Err() != nil || cmd.ProcessState.Exited() && err != nil || read == 0 {
		t.Fatalf("the child ended with %v after %d lines", err, read)
	}
}

// allSignedOnce: every classmate has one credential, signed anew exactly once,
// and no place in a status list was lost or given twice.
func allSignedOnce(t *testing.T, path string, store *bolt.Store, ends time.Time) {
	t.Helper()
	for i := range classmates {
		c, err := store.CitizenByNumber(t.Context(), classmate(i).number)
		if err != nil {
			t.Fatal(err)
		}
		active, err := store.Active(t.Context(), c.ID)
		if err != nil || len(active) != 1 || !active[0].CredentialExpiresAt.Equal(ends) {
			t.Fatalf("%d: %d active, %v", i, len(active), err)
		}
		events, err := store.Events(t.Context(), c.ID, 10)
		if err != nil || len(events) != 2 || events[0].Kind != wallet.CredentialRenewed || events[1].Kind != wallet.CredentialIssued {
			t.Fatalf("%d: events %v, %v", i, events, err)
		}
	}
	if taken := checkPlaces(t, store); taken != 2*classmates {
		t.Errorf("%d places are taken for %d credentials", taken, 2*classmates)
	}
	if n := count(dump(t, path), "due/"); n != 0 {
		t.Errorf("%d credentials are still due", n)
	}
}

// TestKilledReissue: however often it is killed and begun again, everything is
// signed anew once.
func TestKilledReissue(t *testing.T) {
	dir := t.TempDir()
	service, store, err := openService(dir, noon)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := service.Import(t.Context(), "c06", bytes.NewReader(export(classmateLines()...)), issuer.ImportOptions{})
	if err != nil || sum.Issued != classmates {
		t.Fatal(sum, err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, lines := range []int{1, 1, -1, -1} {
		reissueChild(t, dir, lines)
	}
	path := filepath.Join(dir, "giayto.db")
	if store, err = bolt.Open(path, bolt.Options{}); err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	allSignedOnce(t, path, store, noon.Add(365*24*time.Hour))
}

// TestTwoReissuesAtOnce, with an import of the same records beside them: each
// credential is signed anew once.
func TestTwoReissuesAtOnce(t *testing.T) {
	d := newDesk(t)
	d.issue("c06", classmateLines()...)
	d.now = birthday
	sums := make([]issuer.Reissued, 2)
	var wait sync.WaitGroup
	for i := range sums {
		wait.Go(func() {
			var err error
			if sums[i], err = d.Reissue(t.Context(), birthday); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Go(func() {
		sum, err := d.Import(t.Context(), "c06", bytes.NewReader(export(classmateLines()...)), issuer.ImportOptions{})
		if err != nil || sum.Unchanged != classmates {
			t.Error(sum, err)
		}
	})
	wait.Wait()
	if sums[0].Signed+sums[1].Signed != classmates || sums[0].Failed+sums[1].Failed+sums[0].Passed+sums[1].Passed != 0 {
		t.Errorf("%+v", sums)
	}
	allSignedOnce(t, d.path, d.store, noon.Add(365*24*time.Hour))
}
