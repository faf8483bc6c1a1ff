package catalog_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/giayto/giayto/catalog"
)

var update = flag.Bool("update", false, "add what is new to testdata/catalog.lock.json; never changes what stands there")

const lockFile = "../testdata/catalog.lock.json"

// The lock holds what printed codes, issued credentials and other people's
// verifiers rely on. It only ever grows.
type lockedDocument struct {
	Code   int                    `json:"code"`
	Claims map[string]lockedClaim `json:"claims"`
}

type lockedClaim struct {
	Key     int                    `json:"key,omitempty"`
	Type    catalog.Type           `json:"type"`
	Length  int                    `json:"length,omitempty"`
	Values  map[string]int         `json:"values,omitempty"` // enum: value -> code
	Item    *lockedClaim           `json:"item,omitempty"`
	Members map[string]lockedClaim `json:"members,omitempty"`
}

func lockOf(c *catalog.Catalog) map[string]lockedDocument {
	out := map[string]lockedDocument{}
	for _, d := range c.Documents() {
		out[d.ID] = lockedDocument{d.Code, lockClaims(d.All())}
	}
	return out
}

func lockClaims(claims []*catalog.Claim) map[string]lockedClaim {
	out := map[string]lockedClaim{}
	for _, cl := range claims {
		out[cl.ID] = lockClaim(cl)
	}
	return out
}

func lockClaim(cl *catalog.Claim) lockedClaim {
	locked := lockedClaim{Key: cl.Key, Type: cl.Type, Length: cl.Length}
	for _, e := range cl.Enum {
		if locked.Values == nil {
			locked.Values = map[string]int{}
		}
		locked.Values[fmt.Sprint(e.Value)] = e.Code
	}
	if cl.Item != nil {
		item := lockClaim(cl.Item)
		locked.Item = &item
	}
	if len(cl.Members) > 0 {
		locked.Members = lockClaims(cl.Members)
	}
	return locked
}

// compare reports what the catalogue changes or drops, and whether it adds.
func compare(locked, now map[string]lockedDocument) (broken []string, added []string) {
	for id, was := range locked {
		is, ok := now[id]
		if !ok || is.Code != was.Code {
			broken = append(broken, fmt.Sprintf("%s: code %d", id, was.Code))
			continue
		}
		b, a := compareClaims(id, was.Claims, is.Claims)
		broken, added = append(broken, b...), append(added, a...)
	}
	for id := range now {
		if _, ok := locked[id]; !ok {
			added = append(added, id)
		}
	}
	slices.Sort(broken)
	slices.Sort(added)
	return broken, added
}

func compareClaims(path string, was, is map[string]lockedClaim) (broken, added []string) {
	for id, old := range was {
		now, ok := is[id]
		if !ok {
			broken = append(broken, path+"."+id+": gone")
			continue
		}
		b, a := compareClaim(path+"."+id, old, now)
		broken, added = append(broken, b...), append(added, a...)
	}
	for id := range is {
		if _, ok := was[id]; !ok {
			added = append(added, path+"."+id)
		}
	}
	return broken, added
}

func compareClaim(path string, was, is lockedClaim) (broken, added []string) {
	if was.Key != is.Key || was.Type != is.Type || was.Length != is.Length || (was.Item == nil) != (is.Item == nil) {
		return []string{path + ": key, type or length"}, nil
	}
	for value, code := range was.Values {
		if now, ok := is.Values[value]; !ok || now != code {
			broken = append(broken, path+": value "+value)
		}
	}
	for value := range is.Values {
		if _, ok := was.Values[value]; !ok {
			added = append(added, path+"="+value)
		}
	}
	b, a := compareClaims(path, was.Members, is.Members)
	broken, added = append(broken, b...), append(added, a...)
	if was.Item != nil {
		b, a := compareClaim(path+"[]", *was.Item, *is.Item)
		broken, added = append(broken, b...), append(added, a...)
	}
	return broken, added
}

// write lays the lock out with one claim on a line, so that a review sees what
// is added.
func write(lock map[string]lockedDocument) []byte {
	ids := slices.SortedFunc(maps.Keys(lock), func(a, b string) int { return lock[a].Code - lock[b].Code })
	var b bytes.Buffer
	b.WriteString("{\n")
	for i, id := range ids {
		fmt.Fprintf(&b, "  %q: {\"code\": %d, \"claims\": {\n", id, lock[id].Code)
		claims := slices.Sorted(maps.Keys(lock[id].Claims))
		for j, claim := range claims {
			line, _ := json.Marshal(lock[id].Claims[claim])
			fmt.Fprintf(&b, "    %q: %s%s\n", claim, line, comma(j, len(claims)))
		}
		fmt.Fprintf(&b, "  }}%s\n", comma(i, len(ids)))
	}
	b.WriteString("}\n")
	return b.Bytes()
}

func comma(i, n int) string {
	if i < n-1 {
		return ","
	}
	return ""
}

func TestCatalogKeepsItsLock(t *testing.T) {
	locked, now := map[string]lockedDocument{}, lockOf(catalog.Default())
	data, err := os.ReadFile(lockFile)
	if err == nil {
		err = json.Unmarshal(data, &locked)
	}
	if err != nil && !(*update && os.IsNotExist(err)) {
		t.Fatal(err)
	}
	broken, added := compare(locked, now)
	if len(broken) > 0 {
		t.Fatalf("the catalogue changes what is locked; names, keys, types and codes are append-only:\n%s", strings.Join(broken, "\n"))
	}
	if len(added) == 0 {
		return
	}
	if !*update {
		t.Fatalf("not in the lock yet; run go test ./catalog -run Lock -update:\n%s", strings.Join(added, "\n"))
	}
	if err := os.WriteFile(lockFile, write(now), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestLockSeesChanges(t *testing.T) {
	now := lockOf(catalog.Default())
	edit := func(change func(map[string]lockedDocument)) map[string]lockedDocument {
		var copied map[string]lockedDocument
		if err := json.Unmarshal(write(now), &copied); err != nil {
			t.Fatal(err)
		}
		change(copied)
		return copied
	}
	claim := func(m map[string]lockedDocument, id string, change func(*lockedClaim)) {
		cl := m["gplx"].Claims[id]
		change(&cl)
		m["gplx"].Claims[id] = cl
	}
	tests := []struct {
		name          string
		change        func(map[string]lockedDocument)
		broken, added int
	}{
		{"nothing", func(map[string]lockedDocument) {}, 0, 0},
		{"a document more", func(m map[string]lockedDocument) { m["x"] = lockedDocument{Code: 9} }, 0, 1},
		{"a document gone", func(m map[string]lockedDocument) { delete(m, "gplx") }, 1, 0},
		{"another code", func(m map[string]lockedDocument) { m["gplx"] = lockedDocument{9, m["gplx"].Claims} }, 1, 0},
		{"a claim more", func(m map[string]lockedDocument) { m["gplx"].Claims["x"] = lockedClaim{} }, 0, 1},
		{"a claim gone", func(m map[string]lockedDocument) { delete(m["gplx"].Claims, "name") }, 1, 0},
		{"another key", func(m map[string]lockedDocument) { claim(m, "name", func(c *lockedClaim) { c.Key = 99 }) }, 1, 0},
		{"another type", func(m map[string]lockedDocument) { claim(m, "name", func(c *lockedClaim) { c.Type = "date" }) }, 1, 0},
		{"another length", func(m map[string]lockedDocument) {
			claim(m, "document_number", func(c *lockedClaim) { c.Length = 11 })
		}, 1, 0},
		{"another code of a value", func(m map[string]lockedDocument) { m["gplx"].Claims["licence_status"].Values["withheld"] = 99 }, 1, 0},
		{"a value more", func(m map[string]lockedDocument) { m["gplx"].Claims["licence_status"].Values["x"] = 99 }, 0, 1},
		{"a value gone", func(m map[string]lockedDocument) { delete(m["gplx"].Claims["licence_status"].Values, "withheld") }, 1, 0},
		{"a member gone", func(m map[string]lockedDocument) {
			delete(m["gplx"].Claims["driving_privileges"].Item.Members, "issue_date")
		}, 1, 0},
		{"a member's value gone", func(m map[string]lockedDocument) {
			delete(m["gplx"].Claims["driving_privileges"].Item.Members["class_scheme"].Values, "2008")
		}, 1, 0},
	}
	for _, test := range tests {
		broken, added := compare(now, edit(test.change))
		if len(broken) != test.broken || len(added) != test.added {
			t.Errorf("%s: broken %v, added %v", test.name, broken, added)
		}
	}
}
