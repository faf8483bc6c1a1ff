package issuer_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/disclosure/sdjwt"
	"github.com/giayto/giayto/internal/keys"
	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/verifier"
)

// childEnv makes the test binary an importer; its value is the data folder.
const childEnv = "GIAYTO_TEST_IMPORT"

func TestMain(m *testing.M) {
	for name, work := range map[string]func(dir string) error{childEnv: importAll, reissueEnv: reissueAll} {
		dir := os.Getenv(name)
		if dir == "" {
			continue
		}
		if err := work(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// The large registers, in three exports. Everybody has a card. Of the first
// people some get another one later in the same export and some come under a
// new number; some have a vehicle, and every fourth of those is sold on. What is
// intricate comes first, so that a test can be killed in it again and again.
const (
	first    = 700
	renewed  = 120
	moved    = 60
	vehicles = 160
	sold     = vehicles / 4
	people   = 4640

	// Line numbers over all exports.
	endOfCards    = first + renewed + moved
	endOfVehicles = endOfCards + vehicles + sold
	records       = people + renewed + moved + vehicles + sold
)

// cut is a register export of the child, in the order of import.
type cut struct {
	agency string
	lines  []string
}

func largeRegisters() []cut {
	who := func(i int) person { return person{number(i), "LÊ VĂN THỬ", "1990-01-01", 1} }
	var cards, cars, rest []string
	for i := range first {
		cards = append(cards, who(i).cardLine())
	}
	for i := range renewed {
		cards = append(cards, line("can_cuoc", who(i).card().with("date_of_issuance", "2025-08-20")))
	}
	for i := first - moved; i < first; i++ {
		p := who(i)
		p.number = number(i + 100_000)
		cards = append(cards, line("can_cuoc", p.card().with("date_of_issuance", "2025-09-20", "legacy_numbers", former(number(i)))))
	}
	for i := range vehicles {
		cars = append(cars, line("dang_ky_xe", who(i).vehicle(fmt.Sprintf("RL4B29F3XR%07d", i), fmt.Sprintf("43 %06d", i))))
	}
	for i := range sold {
		buyer := who(i+vehicles).vehicle(fmt.Sprintf("RL4B29F3XR%07d", i), fmt.Sprintf("44 %06d", i))
		cars = append(cars, line("dang_ky_xe", buyer.with("date_of_registration", "2025-07-01")))
	}
	for i := first; i < people; i++ {
		rest = append(rest, line("can_cuoc", who(i).card().with("address.locality", absent, "address.region", absent, "place_of_origin", absent)))
	}
	return []cut{{"c06", cards}, {"csgt", cars}, {"c06", rest}}
}

// ringKeys are the keys of a deployment, which outlive its processes.
type ringKeys struct{ *keys.Ring }

func (r ringKeys) Credential(agency string, now time.Time) (issuer.SigningKey, error) {
	if _, err := r.Ensure(keys.CredentialPurpose(agency), now, keys.CredentialLifetime); err != nil {
		return issuer.SigningKey{}, err
	}
	return r.Ring.Credential(agency, now)
}

// importAll imports the large registers and prints a line for each outcome,
// which is durable by then.
func importAll(dir string) error {
	store, err := bolt.Open(filepath.Join(dir, "giayto.db"), bolt.Options{})
	if err != nil {
		return err
	}
	lock, err := keys.LocalLock(filepath.Join(dir, "test.key"), noon)
	if err != nil {
		return err
	}
	ring, err := keys.Open(filepath.Join(dir, "keys"), keys.Options{Lock: lock})
	if err != nil {
		return err
	}
	service := issuer.New(issuer.Config{Catalog: catalog.Default(), Store: store, Keys: ringKeys{ring}, Origin: origin,
		Now: func() time.Time { return noon }})
	for _, register := range largeRegisters() {
		_, err := service.Import(context.Background(), register.agency, bytes.NewReader(export(register.lines...)),
			issuer.ImportOptions{Each: func(o issuer.Outcome) { fmt.Println(register.agency, o.Line, o.Status, o.Code) }})
		if err != nil {
			return err
		}
	}
	return store.Close()
}

// runChild imports in a process of its own and kills it (SIGKILL) once it has
// printed a number of lines; it tells whether the import came to its end.
func runChild(t *testing.T, dir string, lines int) (finished bool) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // a child that hangs is a failure
	defer cancel()
	cmd := exec.CommandContext(ctx, exe)
	cmd.Env = append(os.Environ(), childEnv+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := 0
	for sc := bufio.NewScanner(out); sc.Scan(); { // what was printed before the kill is read as well
		if read++; read == lines {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	err = cmd.Wait()
	if ctx.Err() != nil || cmd.ProcessState.Exited() && err != nil || err == nil && read != records {
		t.Fatalf("the importer ended with %v after %d lines", err, read)
	}
	return err == nil
}

// state is what an import comes to: the active papers of everybody by number,
// with the digest of the record. Nobody and nothing is there twice.
func state(t *testing.T, dir string, verify bool) map[string]string {
	t.Helper()
	path := filepath.Join(dir, "giayto.db")
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ring, err := keys.Open(filepath.Join(dir, "keys"), keys.Options{})
	if err != nil {
		t.Fatal(err)
	}
	public := map[string]*verifier.Key{}
	for _, e := range ring.Entries() {
		public[string(e.Purpose)] = e.Key
	}
	found := map[string]string{}
	citizens, holdings := 0, 0
	for i := range people {
		for _, n := range []string{number(i), number(i + 100_000)} {
			citizen, err := store.CitizenByNumber(t.Context(), n)
			if err != nil {
				continue
			}
			citizens++
			active, err := store.Active(t.Context(), citizen.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range active {
				holdings++
				found[n+" "+h.Document+" "+h.RecordKey] = h.RecordDigest
				if !verify {
					continue
				}
				key := public[string(keys.CredentialPurpose(h.Agency))]
				if _, err := sdjwt.Verify(h.Credential, sdjwt.VerifyOptions{Key: key.Public, Now: noon}); err != nil {
					t.Errorf("a %s does not verify: %v", h.Document, err)
				}
			}
		}
	}
	lists := checkPlaces(t, store)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	all := dump(t, path)
	checkDistinct(t, all, lists)
	if count(all, "citizens/") != citizens || count(all, "active_by_owner/") != holdings || len(found) != holdings {
		t.Errorf("%d citizens with %d active holdings are found, %d and %d are stored, %d are distinct",
			citizens, holdings, count(all, "citizens/"), count(all, "active_by_owner/"), len(found))
	}
	return found
}

// checkPlaces reads every status list whole, which counts it over, and returns
// how many positions are taken.
func checkPlaces(t *testing.T, store *bolt.Store) (taken int) {
	t.Helper()
	lists, err := store.StatusLists(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lists {
		if _, _, err := store.StatusList(t.Context(), l.Agency, l.Number); err != nil {
			t.Error(err)
		}
		taken += l.Taken
	}
	return taken
}

// checkDistinct: every credential that there is or was has a place of its own,
// and as many places are taken: none is lost to a kill, none is used twice.
func checkDistinct(t *testing.T, all map[string]string, taken int) {
	t.Helper()
	places := map[string]bool{}
	holdings := 0
	for key, value := range all {
		if _, ok := under("holdings/", key); !ok {
			continue
		}
		holdings++
		var h struct {
			Agency string `json:"agency"`
			List   int    `json:"status_list"`
			Index  int    `json:"status_index"`
		}
		unmarshal(t, value, &h)
		places[fmt.Sprint(h)] = true
	}
	if len(places) != holdings || taken != holdings {
		t.Errorf("%d credentials have %d places, %d are taken", holdings, len(places), taken)
	}
}

// TestKilledImport: however often an import is killed and begun again, it ends
// in the state that an undisturbed one ends in.
func TestKilledImport(t *testing.T) {
	undisturbed, killed := t.TempDir(), t.TempDir()
	var want map[string]string
	t.Run("imports", func(t *testing.T) {
		t.Run("undisturbed", func(t *testing.T) {
			t.Parallel()
			if !runChild(t, undisturbed, -1) {
				t.Fatal("the undisturbed import was disturbed")
			}
			want = state(t, undisturbed, false)
		})
		t.Run("killed", func(t *testing.T) {
			t.Parallel()
			killAndFinish(t, killed)
		})
	})
	if len(want) != people+vehicles {
		t.Fatalf("%d papers, want %d", len(want), people+vehicles)
	}
	if got := state(t, killed, true); !maps.Equal(got, want) {
		t.Errorf("%d papers after the kills, %d undisturbed, and they differ", len(got), len(want))
	}
}

// killAndFinish kills an import again and again, and then lets it finish.
func killAndFinish(t *testing.T, dir string) {
	t.Helper()
	// In the first transaction and around its end, among the renewed, the
	// renumbered, the vehicles and the sold ones, and in a long plain export.
	r := rand.New(rand.NewPCG(19, 79))
	for _, lines := range []int{1, 256, first + r.IntN(renewed), first + renewed + r.IntN(moved),
		endOfCards + r.IntN(vehicles), endOfVehicles - r.IntN(sold), endOfVehicles + r.IntN(first)} {
		if runChild(t, dir, lines) {
			t.Logf("the import had finished before it was killed after %d lines", lines)
		}
	}
	if !runChild(t, dir, -1) {
		t.Fatal("the last import was killed")
	}
}
