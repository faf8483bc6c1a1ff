package statuslist_test

import (
	"fmt"
	"log"
	"time"

	"github.com/giayto/giayto/disclosure/statuslist"
)

// One list: an agency withholds a licence, and a verifier reads it.
func Example() {
	list, err := statuslist.New(2, 1000)
	if err != nil {
		log.Fatal(err)
	}
	if err := list.Set(42, statuslist.Withheld); err != nil {
		log.Fatal(err)
	}
	token, err := statuslist.Sign(list, statuslist.SignOptions{
		Signer: statusKey, KeyID: "status-1", Subject: listURI,
		IssuedAt: issued, ExpiresAt: issued.Add(24 * time.Hour), TTL: time.Minute,
	})
	if err != nil {
		log.Fatal(err)
	}

	read, err := statuslist.Open(token, statuslist.OpenOptions{Key: &statusKey.PublicKey, Subject: listURI, Now: now})
	if err != nil {
		log.Fatal(err)
	}
	status, err := read.List.Get(42)
	fmt.Println(status, err)
	_, err = read.List.Get(1000)
	fmt.Println(statuslist.ReasonOf(err))
	// Output:
	// withheld <nil>
	// index_out_of_range
}

// All lists: the deployment signs a snapshot, and a checker without network
// answers from the bundle.
func ExampleOpenBundle() {
	list, err := statuslist.New(2, 1000)
	if err != nil {
		log.Fatal(err)
	}
	token, err := statuslist.Sign(list, signOptions())
	if err != nil {
		log.Fatal(err)
	}
	lists := map[string]string{listURI: token}
	snapshot, err := statuslist.SignSnapshot(lists, snapshotOptions())
	if err != nil {
		log.Fatal(err)
	}
	file, err := statuslist.EncodeBundle(snapshot, lists)
	if err != nil {
		log.Fatal(err)
	}

	bundle, err := statuslist.OpenBundle(file, snapshotCheck())
	if err != nil {
		log.Fatal(err)
	}
	answer, err := bundle.Status(listURI, 42, now)
	fmt.Println(answer.Status, answer.Age, err)
	// Output: valid 10m0s <nil>
}
